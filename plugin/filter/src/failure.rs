//! Errors of the exports.

use core::fmt::{self, Display};

use sekisho::{ConfigurationError, Error};
use sekisho_scan::message::{self, Part::*};

/// Why a call failed.
pub(crate) enum Failure {
    /// The range is not inside the input buffer.
    Range {
        ptr: u32,
        len: u32,
    },
    Input(Error),
    Configuration(ConfigurationError),
    Framing(u32),
}

impl Failure {
    /// The error's number in the ABI.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Failure::Range { .. } => -1,
            Failure::Input(error) => error.code(),
            Failure::Configuration(_) | Failure::Framing(_) => -4,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Range { ptr, len } => message::write(
                f,
                "expected a range inside the buffer of sekisho_input, found {} bytes at {}",
                &[len, ptr].map(|number| Number((*number).into())),
            ),
            Failure::Input(error) => error.fmt(f),
            Failure::Configuration(error) => error.fmt(f),
            Failure::Framing(framing) => {
                let message = "expected framing 0, 1 or 2, found {}";
                message::write(f, message, &[Number((*framing).into())])
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Input(error)
    }
}

impl From<ConfigurationError> for Failure {
    fn from(error: ConfigurationError) -> Self {
        Failure::Configuration(error)
    }
}
