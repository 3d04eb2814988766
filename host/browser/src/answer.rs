//! What is said of one record.

use sekisho::Error;
use serde::Serialize;
use tsify::Tsify;

use crate::{Place, Verdict};

/// What is said of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// It has a verdict.
    Verdict {
        /// The verdict.
        verdict: Verdict,
        /// The same, byte for byte as any host is given it.
        json: String,
    },
    /// It is no sign-in, and no rule matches: it is passed on as it is.
    NotOurs,
    /// It cannot be read, and is passed on as it is.
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
    pub sentence: String,
    /// Where in the text; null if it is nowhere in particular.
    pub place: Option<Place>,
}

impl Refusal {
    /// A refusal at an offset in bytes.
    pub(crate) fn at(record: &[u8], code: i32, sentence: String, at: Option<usize>) -> Self {
        // What is no UTF-8 is refused where that begins.
        let text = match str::from_utf8(record) {
            Ok(text) => text,
            Err(error) => str::from_utf8(&record[..error.valid_up_to()]).unwrap_or_default(),
        };
        Self { code, sentence, place: at.map(|at| Place::of(text, at..at + 1)) }
    }

    pub(crate) fn new(record: &[u8], error: Error) -> Self {
        let at = match error {
            Error::Malformed(malformed) => Some(malformed.offset),
            Error::MalformedText { at, .. } => Some(at),
            _ => None,
        };
        Self::at(record, error.code(), error.to_string(), at)
    }
}
