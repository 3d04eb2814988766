//! What an input is, by its first bytes.

use memchr::{memchr, memmem};

use super::piece::SplitError;
use super::table::Table;

/// If this many bytes do not tell, the input is read as JSON.
const HEAD_BYTES: usize = 64 << 10;

/// Columns that hold whole records, named as in [`Table::has`].
const RECORD_COLUMNS: [&str; 4] = ["@message", "raw", "eventjson", "cloudtrailevent"];

/// The format of an input.
#[derive(Debug)]
pub(super) enum Format {
    /// JSON, or lines of text.
    Json,
    /// CSV with a header of this many bytes.
    Csv(Box<Table>, usize),
    /// A format that is not read.
    Refused(SplitError),
}

/// The format of an input that begins with `head`, which is all of it if it `ended`. `None` if more
/// is needed.
pub(super) fn detect(head: &[u8], ended: bool) -> Option<Format> {
    const PARQUET: &[u8] = b"PAR1";
    if head.starts_with(PARQUET) {
        return Some(Format::Refused(SplitError::Parquet));
    }
    if matches!(head.trim_ascii_start().first(), Some(b'{' | b'[')) {
        return Some(Format::Json);
    }
    match of_table(head) {
        None if !ended && head.len() < HEAD_BYTES => None,
        format => format.or(Some(Format::Json)),
    }
}

/// Whether a file that begins with this text is CSV that a [`Splitter`](crate::Splitter) reads.
///
/// ```
/// assert!(sekisho_records::is_csv_of_records(b"@timestamp,@message\n"));
/// assert!(!sekisho_records::is_csv_of_records(b"name,price\nbread,3\n"));
/// ```
#[must_use]
pub fn is_csv_of_records(text: &[u8]) -> bool {
    matches!(detect(text, true), Some(Format::Csv(..)))
}

/// The format of a text that may begin with a header of CSV.
fn of_table(head: &[u8]) -> Option<Format> {
    let header_len = memchr(b'\n', head)? + 1;
    let header = &head[..header_len];
    let delimiter = [b',', b'\t', b';'].into_iter().find(|byte| header.contains(byte));
    let delimiter = delimiter.unwrap_or(b',');
    let table = Table::new(header, delimiter);
    if !table.names().iter().all(|name| can_be_name(name)) {
        return Some(Format::Json);
    }
    if table.has("event source") && table.has("event name") {
        return Some(Format::Refused(SplitError::EventHistory));
    }
    let has_records = table.has("eventsource") && table.has("eventname")
        || RECORD_COLUMNS.iter().any(|column| table.has(column))
        || begins_with_object(&head[header_len..], delimiter)?;
    Some(match has_records {
        true => Format::Csv(Box::new(table), header_len),
        false => Format::Json,
    })
}

/// Whether a text can be the name of a column.
fn can_be_name(text: &str) -> bool {
    // Letters of other scripts are not told from signs: that would take tables.
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    text.bytes().next().is_some_and(|first| is_letter(first) || matches!(first, b'_' | b'@'))
        && text.bytes().all(|byte| is_letter(byte) || b"_@.:-/(){}[]# ".contains(&byte))
}

/// Whether a value in the first row is a quoted JSON object. `None` if more bytes are needed.
fn begins_with_object(rows: &[u8], delimiter: u8) -> Option<bool> {
    let line_end = memchr(b'\n', rows);
    let line = &rows[..line_end.unwrap_or(rows.len())];
    for start in memmem::find_iter(line, b"\"{") {
        if start > 0 && line[start - 1] != delimiter {
            continue;
        }
        let mut key = rows[start + 2..].trim_ascii_start().iter();
        match (key.next(), key.next()) {
            (Some(b'"'), Some(b'"')) => return Some(true),
            (None, _) | (Some(b'"'), None) => return None,
            _ => {}
        }
    }
    line_end.map(|_| false)
}
