//! The errors of `sekisho attempts`.

use std::io;

use crate::failure::Failure;

/// Why a run ends early.
#[derive(Debug)]
pub(crate) enum RunError {
    /// The input, the rules, the module or the state cannot be used.
    Failure(Failure),
    /// The output cannot be written.
    Output(io::Error),
}

impl From<Failure> for RunError {
    fn from(failure: Failure) -> Self {
        RunError::Failure(failure)
    }
}

impl From<io::Error> for RunError {
    fn from(error: io::Error) -> Self {
        RunError::Output(error)
    }
}
