//! Errors: of an input, and of a configuration.

use alloc::string::String;
use core::fmt;

use sekisho_attempts::StateError;
use sekisho_rules::PatternErrorKind;
use sekisho_scan::message::{self, Part::*};
use sekisho_scan::{Expected, Malformed};

use crate::limits::{MAX_ENVELOPES, MAX_INPUT};

/// Why an input has no result. Forward the record unchanged, and count it.
///
/// ```
/// use sekisho::{Classifier, Error};
///
/// let error = Classifier::new().classify(br#"{"eventSource":"#).unwrap_err();
/// assert!(matches!(error, Error::Malformed(_)));
/// assert_eq!((error.code(), error.code_name()), (-2, "malformed"));
/// assert_eq!(error.to_string(), "expected a JSON value, found the end of the input at byte 15");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The input is not well-formed, or nests too deep.
    Malformed(Malformed),
    /// JSON text in a string of the input is not well-formed, or nests too deep.
    MalformedText {
        /// Offset of the outermost such string in the input.
        offset: usize,
        /// The fault. Its offset counts from the start of the decoded text.
        malformed: Malformed,
    },
    /// The record is in more than [`MAX_ENVELOPES`] envelopes.
    TooManyEnvelopes,
    /// The input is longer than [`MAX_INPUT`].
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// The input holds several records. Use
    /// [`process_batch`](crate::Classifier::process_batch).
    SeveralRecords,
    /// Memory ran out.
    OutOfMemory,
    /// No memory is left to remember a record in a stream.
    StateFull,
    /// A saved state is refused.
    State(StateError),
}

impl Error {
    /// The error's number in the filter ABI: always negative.
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
            Error::State(_) => -4,
            Error::StateFull => -5,
            Error::OutOfMemory => -6,
            Error::SeveralRecords => -7,
        }
    }

    /// The name of its [`code`](Error::code) in the filter ABI: `malformed`, `too_large`,
    /// `refused`, `state_full`, `internal` or `several_records`.
    #[must_use]
    pub fn code_name(&self) -> &'static str {
        match self.code() {
            -2 => "malformed",
            -3 => "too_large",
            -4 => "refused",
            -5 => "state_full",
            -7 => "several_records",
            _ => "internal",
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
            Error::MalformedText { offset, malformed } => {
                malformed.fmt(f)?;
                let message = " of the JSON text in the string at byte {}";
                message::write(f, message, &[Number(*offset as u64)])
            }
            Error::TooManyEnvelopes => {
                let message = "expected a record in at most {} envelopes, found more";
                message::write(f, message, &[Number(MAX_ENVELOPES as u64)])
            }
            Error::TooLarge { length } => {
                let parts = [MAX_INPUT, *length].map(|bytes| Number(bytes as u64));
                message::write(f, "expected at most {} bytes, found {}", &parts)
            }
            Error::SeveralRecords => {
                f.write_str("expected one record, found several: process them as a batch")
            }
            Error::OutOfMemory => f.write_str("memory ran out; the input was not processed"),
            Error::StateFull => f.write_str("no memory is left to remember the record"),
            Error::State(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

/// Why a configuration is refused. Offsets count in bytes from the start of its JSON.
///
/// ```
/// use sekisho::{Configuration, ConfigurationError};
///
/// let error = Configuration::parse(br#"{"rules":[{"id":"a","pattern":{"b":7}}]}"#).unwrap_err();
/// assert!(matches!(error, ConfigurationError::Pattern { offset: 35, .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// It is not well-formed JSON.
    Malformed(Malformed),
    /// A key has a value that it cannot have.
    Value {
        /// The key.
        key: &'static str,
        /// What the value must be.
        expected: &'static str,
        /// Offset of the value.
        offset: usize,
    },
    /// A rule's pattern is not valid.
    Pattern {
        /// The rule's id.
        id: String,
        /// Offset of the fault.
        offset: usize,
        /// The fault.
        kind: PatternErrorKind,
    },
    /// Two rules have the same id.
    DuplicateRule {
        /// The id.
        id: String,
        /// Offset of the second one.
        offset: usize,
    },
    /// A correlation names a rule that does not exist, or that is a correlation itself.
    UnknownRule {
        /// The id.
        id: String,
        /// Offset of the id.
        offset: usize,
    },
    /// An entry of `silence` or `tune` names a rule that does not exist.
    NoSuchRule {
        /// The id.
        id: String,
        /// Offset of the id.
        offset: usize,
    },
    /// A key is unknown, and `strict` is set.
    UnknownKey {
        /// The key.
        key: String,
        /// Offset of its value.
        offset: usize,
    },
}

impl From<Malformed> for ConfigurationError {
    fn from(malformed: Malformed) -> Self {
        ConfigurationError::Malformed(malformed)
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (message, name, offset) = match self {
            ConfigurationError::Malformed(malformed) => {
                f.write_str("configuration: ")?;
                return malformed.fmt(f);
            }
            ConfigurationError::Value { key, expected, offset } => {
                let parts = [Text(expected), Text(key), Number(*offset as u64)];
                return message::write(f, "configuration: expected {} as `{}` at byte {}", &parts);
            }
            ConfigurationError::Pattern { id, offset, .. } => {
                ("configuration: pattern of rule `{}` at byte {}: ", id, offset)
            }
            ConfigurationError::DuplicateRule { id, offset } => {
                ("configuration: a second rule `{}` at byte {}: ids must differ", id, offset)
            }
            ConfigurationError::UnknownRule { id, offset } => (
                "configuration: expected the id of a rule with a pattern, found `{}` at byte {}",
                id,
                offset,
            ),
            ConfigurationError::NoSuchRule { id, offset } => {
                ("configuration: expected the id of a rule, found `{}` at byte {}", id, offset)
            }
            ConfigurationError::UnknownKey { key, offset } => {
                ("configuration: `{}`, whose value is at byte {}, is not a known key", key, offset)
            }
        };
        message::write(f, message, &[Text(name), Number(*offset as u64)])?;
        match self {
            ConfigurationError::Pattern { kind, .. } => kind.fmt(f),
            _ => Ok(()),
        }
    }
}

impl core::error::Error for ConfigurationError {}
