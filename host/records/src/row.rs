//! Rows of tables: names and values.

use memchr::memmem;
use sekisho_scan::{Reader, Text, Value, ValueKind};

/// A row of a query's result.
#[derive(Debug, Default)]
pub(crate) struct Row<'a> {
    /// JSON text: names without their quotes, and values.
    members: Vec<Member<'a>>,
}

type Member<'a> = (&'a [u8], &'a [u8]);

/// Columns of a record that hold JSON text themselves, without `_`, in lower case.
const RECORD_COLUMNS: [&str; 5] = [
    "useridentity",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "serviceeventdetails",
];

/// Whether a column's value is the JSON text of a whole record, or of what encloses it.
pub(crate) fn holds_record(name: &str, text: &[u8]) -> bool {
    let name = name.replace('_', "");
    text.starts_with(b"{")
        && memmem::find(text, b"eventSource").is_some()
        && !RECORD_COLUMNS.iter().any(|column| name.eq_ignore_ascii_case(column))
}

impl<'a> Row<'a> {
    /// The row in an array of objects with one member each, or with a `field` and its `value`.
    /// `None` if it is another array.
    pub(crate) fn of_array(array: Value<'a>) -> Option<Self> {
        if array.kind != ValueKind::Array {
            return None;
        }
        let mut members = Vec::new();
        let mut reader = Reader::new(array.raw);
        reader.enter().ok()?;
        while reader.next_element().ok()? {
            let (name, value) = member(&mut reader)?;
            if members.iter().any(|(other, _)| *other == name) {
                return None;
            }
            if !matches!(value, b"\"\"" | b"null") {
                members.push((name, value));
            }
        }
        let is_record = |(name, value): &Member<'_>| {
            let text = value.strip_prefix(b"\"").unwrap_or_default();
            holds_record(&String::from_utf8_lossy(name), text)
        };
        let records: Vec<_> = members.iter().copied().filter(is_record).collect();
        match records.len() {
            0 if members.is_empty() => None,
            0 => Some(Self { members }),
            1 => Some(Self { members: records }),
            _ => None,
        }
    }

    /// Appends the object with these members.
    pub(crate) fn write(&self, buffer: &mut Vec<u8>) {
        for (index, (name, value)) in self.members.iter().enumerate() {
            buffer.extend_from_slice(if index == 0 { b"{\"" } else { b",\"" });
            buffer.extend_from_slice(name);
            buffer.extend_from_slice(b"\":");
            buffer.extend_from_slice(value);
        }
        buffer.push(b'}');
    }
}

/// The name and the scalar value in the next element.
fn member<'a>(reader: &mut Reader<'a>) -> Option<Member<'a>> {
    if reader.peek().ok()? != ValueKind::Object {
        return None;
    }
    reader.enter().ok()?;
    let (first, first_value) = next_member(reader)?;
    let (name, value) = match next_member(reader) {
        None => (first.raw(), first_value),
        Some((second, second_value)) => {
            let (name, value) = match first == "field" && second == "value" {
                true => (first_value, second_value),
                false if first == "value" && second == "field" => (second_value, first_value),
                false => return None,
            };
            if next_member(reader).is_some() {
                return None;
            }
            (name.text()?.raw(), value)
        }
    };
    let is_scalar = !matches!(value.kind, ValueKind::Object | ValueKind::Array);
    is_scalar.then_some((name, value.raw))
}

fn next_member<'a>(reader: &mut Reader<'a>) -> Option<(Text<'a>, Value<'a>)> {
    let key = reader.next_key().ok()??;
    Some((key, reader.value().ok()?))
}
