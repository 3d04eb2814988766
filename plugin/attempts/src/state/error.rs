//! Why a saved state is rejected.

use core::fmt;

use sekisho_scan::message::{self, Part::*};

/// The version of the format that this build writes. It reads this one and all earlier ones.
pub(crate) const VERSION: u32 = 2;

/// Why a saved state is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// The bytes do not start with the header of a saved state.
    NotAState,
    /// The state has another version of the format.
    Version {
        /// Its version.
        found: u32,
    },
    /// Bytes are missing at the end, or there are too many.
    Length {
        /// The number of bytes after the header, as the header gives it.
        expected: u64,
        /// The number of bytes after the header.
        found: u64,
    },
    /// The checksum does not match: the bytes have changed since they were saved.
    Checksum,
    /// The checksum matches, but a value is invalid.
    Invalid {
        /// The offset of the value in bytes, counted from the end of the header.
        offset: usize,
        /// What a valid state has at this offset.
        expected: &'static str,
    },
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (message, parts) = match *self {
            StateError::NotAState => {
                return f.write_str("state: expected a saved state, found other bytes");
            }
            StateError::Version { found } => (
                "state: expected version 1 to {}, found {}",
                [Number(VERSION.into()), Number(found.into())],
            ),
            StateError::Length { expected, found } => (
                "state: expected {} bytes after its header, found {}",
                [Number(expected), Number(found)],
            ),
            StateError::Checksum => {
                return f.write_str(
                    "state: expected the bytes as they were saved, found a wrong checksum",
                );
            }
            StateError::Invalid { offset, expected } => (
                "state: expected {} at byte {} after its header",
                [Text(expected), Number(offset as u64)],
            ),
        };
        message::write(f, message, &parts)
    }
}

impl core::error::Error for StateError {}
