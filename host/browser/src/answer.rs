//! The result for one record.

use sekisho::Error;
use serde::Serialize;
use tsify::Tsify;

use crate::{Place, Verdict};

/// The result for one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// It has a verdict.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// The same as JSON, byte for byte as every host gets it.
        json: String,
    },
    /// It is not a sign-in and no rule matches: hosts pass it on unchanged.
    NotOurs,
    /// It cannot be read: hosts pass it on unchanged.
    Refused {
        /// Why.
        refusal: Refusal,
    },
}

/// Why a record cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Refusal {
    /// The error's number in the filter ABI.
    pub code: i32,
    /// The reason in words.
    pub message: String,
    /// Where in the text; null if the error has no place.
    pub place: Option<Place>,
}

impl Refusal {
    /// A refusal at a byte offset.
    pub(crate) fn at(record: &[u8], code: i32, message: String, at: Option<usize>) -> Self {
        // Bytes after the first that is not UTF-8 have no place in a string.
        let text = match str::from_utf8(record) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&record[..error.valid_up_to()]).unwrap_or_default(),
        };
        Self { code, message, place: at.map(|at| Place::of(text, at..at + 1)) }
    }

    pub(crate) fn new(record: &[u8], error: Error) -> Self {
        let at = match error {
            Error::Malformed(malformed) => Some(malformed.offset),
            Error::MalformedText { offset, .. } => Some(offset),
            _ => None,
        };
        Self::at(record, error.code(), error.to_string(), at)
    }
}
