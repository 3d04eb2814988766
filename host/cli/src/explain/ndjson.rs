//! An explanation as a line of JSON.

use std::io::{self, Write};

use sekisho::{Explained, ExplainedField, Explanation};
use serde::Serialize;
use serde_json::value::RawValue;

use super::offset;
use crate::input::items::Position;

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    record: u64,
    offset: u64,
    values: Vec<Value<'a>>,
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

/// Writes an explanation.
pub(super) fn write(
    out: &mut impl Write,
    position: Position<'_>,
    explanation: &Explanation<'_>,
) -> io::Result<()> {
    let mut values = Vec::with_capacity(explanation.values.len());
    for Explained { key, value, line, fields } in &explanation.values {
        let fields = fields.iter().map(|field| located(field, explanation, position));
        values.push(Value { key, value: *value, line, fields: fields.collect::<Result<_, _>>()? });
    }
    let Position { file, record, offset, .. } = position;
    serde_json::to_writer(&mut *out, &Line { file, record, offset, values })?;
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
