//! An explanation as a line of JSON.

use std::io::{self, Write};

use sekisho::{Explained, ExplainedField, Explanation};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{RuleMatch, offset};
use crate::input::items::Position;

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    record: u64,
    offset: u64,
    /// Empty where the record is no sign-in.
    values: Vec<Value<'a>>,
    /// Left out where no rules were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<&'a [RuleMatch]>,
}

#[derive(Serialize)]
struct Value<'a> {
    key: &'a str,
    value: Option<&'a str>,
    line: &'a str,
    fields: Vec<Field<'a>>,
}

#[derive(Serialize)]
struct Field<'a> {
    path: &'a str,
    /// Left out where the field is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
    /// In the decompressed file; null where the field is absent or inside JSON text.
    offset: Option<u64>,
}

/// Writes what is told of a record.
pub(super) fn write(out: &mut impl Write, explained: &super::Explained<'_>) -> io::Result<()> {
    let mut values = Vec::new();
    if let Some(explanation) = explained.explanation {
        for Explained { key, value, line, fields } in &explanation.values {
            let fields = fields.iter().map(|field| located(field, explanation, explained.position));
            let fields = fields.collect::<Result<_, _>>()?;
            values.push(Value { key, value: *value, line, fields });
        }
    }
    let Position { file, record, offset, .. } = explained.position;
    let rules = explained.matches.as_deref();
    serde_json::to_writer(&mut *out, &Line { file, record, offset, values, rules })?;
    writeln!(out)
}

fn located<'a>(
    field: &'a ExplainedField,
    explanation: &Explanation<'_>,
    position: Position<'_>,
) -> serde_json::Result<Field<'a>> {
    let value = field.value.clone().map(RawValue::from_string).transpose()?;
    Ok(Field { path: &field.path, value, offset: offset(field, explanation, position) })
}
