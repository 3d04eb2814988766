//! Why there is no answer.

use alloc::string::String;
use core::fmt;

use sekisho_attempts::StateError;
use sekisho_scan::{Expected, Malformed};

use sekisho_rules::PatternErrorKind;

use crate::{MAX_ENVELOPES, MAX_INPUT};

/// Why an input gets no answer. It is to be passed on as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The input is not well-formed, or nests too deep.
    Malformed(Malformed),
    /// JSON text in a string of the input is not well-formed, or nests too deep.
    MalformedText {
        /// Offset of the outermost such string in the input.
        at: usize,
        /// What is wrong; its offset counts from the start of the decoded text.
        malformed: Malformed,
    },
    /// Envelopes stand in one another more than [`MAX_ENVELOPES`] deep.
    TooManyEnvelopes,
    /// The input is longer than [`MAX_INPUT`].
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// The input holds several records: they want a batch.
    Several,
    /// Memory ran out.
    OutOfMemory,
    /// There is no memory left to remember a record by.
    StateFull,
    /// A saved state is not accepted.
    State(StateError),
}

impl Error {
    /// The number that stands for it in the filter ABI.
    #[must_use]
    pub fn code(&self) -> i32 {
        match self {
            Error::Malformed(malformed) | Error::MalformedText { malformed, .. } => {
                match malformed.expected {
                    Expected::DepthLimit => -3,
                    _ => -2,
                }
            }
            Error::TooManyEnvelopes | Error::TooLarge { .. } => -3,
            Error::OutOfMemory => -6,
            Error::State(_) => -4,
            Error::StateFull => -5,
            Error::Several => -7,
        }
    }
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        Error::Malformed(malformed)
    }
}

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        Error::State(error)
    }
}

impl From<alloc::collections::TryReserveError> for Error {
    fn from(_: alloc::collections::TryReserveError) -> Self {
        Error::OutOfMemory
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Malformed(malformed) => malformed.fmt(f),
            Error::MalformedText { at, malformed } => {
                write!(f, "{malformed} of the JSON text in the string at byte {at}")
            }
            Error::TooManyEnvelopes => {
                write!(f, "expected a record in at most {MAX_ENVELOPES} envelopes, found more")
            }
            Error::TooLarge { length } => {
                write!(f, "expected at most {MAX_INPUT} bytes, found {length}")
            }
            Error::Several => {
                f.write_str("expected one record, found several: process them as a batch")
            }
            Error::OutOfMemory => f.write_str("memory ran out; the input was left as it is"),
            Error::StateFull => f.write_str("no memory is left to remember the record by"),
            Error::State(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

/// Why a configuration is refused. The one before stays in force.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// It is not well-formed JSON.
    Malformed(Malformed),
    /// A key's value is not what it should be.
    Value {
        /// The key.
        key: &'static str,
        /// What the value should be.
        expected: &'static str,
        /// Offset of the value.
        at: usize,
    },
    /// A rule's pattern is not valid.
    Pattern {
        /// The rule's id.
        id: String,
        /// Offset of what is wrong.
        at: usize,
        /// What is wrong with the pattern.
        kind: PatternErrorKind,
    },
    /// Two rules have the same id.
    DuplicateRule {
        /// The id.
        id: String,
        /// Offset of the second.
        at: usize,
    },
    /// A counted rule asks for a rule that does not exist, or that is a counted rule itself.
    UnknownRule {
        /// The id.
        id: String,
        /// Offset of the id.
        at: usize,
    },
    /// A key that nobody knows, where `strict` was asked for.
    UnknownKey {
        /// The key.
        key: String,
        /// Offset of its value.
        at: usize,
    },
}

impl From<Malformed> for ConfigurationError {
    fn from(malformed: Malformed) -> Self {
        ConfigurationError::Malformed(malformed)
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigurationError::Malformed(malformed) => write!(f, "configuration: {malformed}"),
            ConfigurationError::Value { key, expected, at } => {
                write!(f, "configuration: expected {expected} as `{key}` at byte {at}")
            }
            ConfigurationError::Pattern { id, at, kind } => {
                write!(f, "configuration: pattern of rule `{id}` at byte {at}: {kind}")
            }
            ConfigurationError::DuplicateRule { id, at } => {
                write!(f, "configuration: a second rule `{id}` at byte {at}: ids must differ")
            }
            ConfigurationError::UnknownRule { id, at } => {
                write!(
                    f,
                    "configuration: expected the id of a rule with a pattern, found `{id}` at byte \
                     {at}"
                )
            }
            ConfigurationError::UnknownKey { key, at } => {
                write!(f, "configuration: `{key}`, whose value is at byte {at}, is not a known key")
            }
        }
    }
}

impl core::error::Error for ConfigurationError {}
