//! An explanation as a line of JSON.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::explained::{Explained, RuleMatch};
use crate::input::position::Position;

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    record: u64,
    offset: u64,
    /// Empty if the record is not a sign-in.
    values: Vec<Value<'a>>,
    /// Omitted if there are no rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<&'a [RuleMatch]>,
    /// Positions of entries. Omitted if the record is not silenced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    silenced_by: Vec<usize>,
    /// What the record does not say is omitted.
    #[serde(serialize_with = "object")]
    actor: Vec<(&'static str, String)>,
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
    /// Omitted if the field is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
    /// In the decompressed file; null if the field is absent or inside JSON text.
    offset: Option<u64>,
}

/// Writes the explanation of a record.
///
/// # Errors
/// The error of the writer.
pub(super) fn write(out: &mut impl Write, explained: &Explained<'_>) -> io::Result<()> {
    let mut values = Vec::new();
    for value in explained.explanation.iter().flat_map(|explanation| &explanation.values) {
        let fields = value.fields.iter().map(|field| {
            let value = field.value.clone().map(RawValue::from_string).transpose()?;
            Ok(Field { path: &field.path, value, offset: explained.offset(field) })
        });
        let fields = fields.collect::<serde_json::Result<_>>()?;
        values.push(Value { key: value.key, value: value.value, line: value.line, fields });
    }
    let Position { file, record, offset, .. } = explained.position;
    let rules = explained.matches.as_deref();
    let silenced_by = explained.silenced_by.iter().map(|entry| entry.position).collect();
    let actor = explained.actor();
    let line = Line { file, record, offset, values, rules, silenced_by, actor };
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}

fn object<S: Serializer>(members: &[(&str, String)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(members.iter().map(|(key, value)| (key, value)))
}
