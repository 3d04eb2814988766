//! Why a record has its verdict.

use sekisho::{Explained, ExplainedField};
use serde::Serialize;
use tsify::Tsify;

use crate::Place;

/// Why a record has its verdict, value by value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Explanation {
    /// The six values, in the order of the verdict.
    pub values: Vec<Decided>,
}

/// Why one value was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Decided {
    /// Its key in the verdict.
    pub key: &'static str,
    /// The value.
    pub value: Option<&'static str>,
    /// The line of the truth table that applies, in words.
    pub line: &'static str,
    /// The fields that the line reads.
    pub fields: Vec<Field>,
}

/// A field that decided a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Field {
    /// Path from the top of the record, the keys joined by dots.
    pub path: String,
    /// Its value as JSON; null if it is absent.
    pub value: Option<String>,
    /// Where its value is in the text; null if it is absent, or inside a string of JSON text.
    pub place: Option<Place>,
}

impl Explanation {
    pub(crate) fn new(text: &str, explanation: &sekisho::Explanation<'_>) -> Self {
        let field = |field: &ExplainedField| Field {
            path: field.path.clone(),
            value: field.value.clone(),
            place: place(text, explanation.record_offset, field),
        };
        let decided = |Explained { key, value, line, fields, .. }: &Explained| Decided {
            key,
            value: *value,
            line,
            fields: fields.iter().map(field).collect(),
        };
        Self { values: explanation.values.iter().map(decided).collect() }
    }
}

fn place(text: &str, record_offset: Option<usize>, field: &ExplainedField) -> Option<Place> {
    let at = record_offset? + field.offset?;
    Some(Place::of(text, at..at + field.value.as_ref()?.len()))
}
