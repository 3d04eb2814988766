//! A table of CSV.

use std::mem;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memmem;
use serde_json::Value;

use super::piece::{MAX_ITEM_BYTES, SplitError};

/// More values are not told apart: no header has as many names.
const MAX_COLUMNS: usize = 64 << 10;

/// Columns of a record that hold JSON text themselves, without `_`, in lower case.
const OBJECT_COLUMNS: [&str; 5] = [
    "useridentity",
    "requestparameters",
    "responseelements",
    "additionaleventdata",
    "serviceeventdetails",
];

/// Columns that may be named as in a record. With these names a row is read as a record with objects;
/// in lower case, as a row of columns, if it has one more of a record.
const OWN_COLUMNS: [&str; 2] = ["eventSource", "eventName"];

/// How the names of more columns of a record begin, without `_`, in lower case.
const OTHER_COLUMNS: [&str; 5] =
    ["useridentity", "eventversion", "eventtime", "awsregion", "recipientaccountid"];

/// Whether a column's value is the JSON text of a whole record, or of what encloses it.
fn holds_record(name: &str, text: &[u8]) -> bool {
    let name = name.replace('_', "");
    text.starts_with(b"{")
        && memmem::find(text, b"eventSource").is_some()
        && !OBJECT_COLUMNS.iter().any(|column| name.eq_ignore_ascii_case(column))
}

/// A table whose rows are read one after the other.
#[derive(Debug)]
pub(super) struct Table {
    parser: Reader,
    names: Vec<String>,
    /// Whether it has columns of a record beside source and name.
    has_other: bool,
    /// The values of the row, one after the other, and where each ends.
    values: Vec<u8>,
    values_len: usize,
    ends: Vec<usize>,
    ends_len: usize,
    /// The row as JSON.
    json: Vec<u8>,
}

/// Why reading in a table stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stop {
    NeedsMore,
    Row,
    End,
}

impl Table {
    /// The table after the header in `line`.
    pub(super) fn new(line: &[u8], delimiter: u8) -> Self {
        let mut table = Self {
            parser: ReaderBuilder::new().delimiter(delimiter).build(),
            names: Vec::new(),
            has_other: false,
            values: vec![0; 4 << 10],
            values_len: 0,
            ends: vec![0; 32],
            ends_len: 0,
            json: Vec::new(),
        };
        table.read(line);
        let names = table.row().map(|name| String::from_utf8_lossy(name).into_owned());
        table.names = names.collect();
        table.has_other = table.has_other_columns();
        table.parser.reset();
        table.clear();
        table
    }

    /// The names of its columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it has this column. The case of letters and `_` do not count.
    pub(super) fn has(&self, column: &str) -> bool {
        self.names.iter().any(|name| name.replace('_', "").eq_ignore_ascii_case(column))
    }

    /// Whether it has columns of a record beside source and name.
    fn has_other_columns(&self) -> bool {
        let mut names = self.names.iter().map(|name| name.replace('_', "").to_lowercase());
        names.any(|name| OTHER_COLUMNS.iter().any(|other| name.starts_with(other)))
    }

    /// The row that was read last, as JSON.
    pub(super) fn json(&self) -> &[u8] {
        &self.json
    }

    /// Reads on in a row. Returns how many bytes of `input` were read. No input is the end.
    pub(super) fn read(&mut self, input: &[u8]) -> (usize, Stop) {
        let mut read = 0;
        loop {
            let (result, input_len, values_len, ends_len) = self.parser.read_record(
                &input[read..],
                &mut self.values[self.values_len..],
                &mut self.ends[self.ends_len..],
            );
            read += input_len;
            self.values_len += values_len;
            self.ends_len += ends_len;
            match result {
                ReadRecordResult::InputEmpty => return (read, Stop::NeedsMore),
                // Of a row that is too long for an item, the values are not needed.
                ReadRecordResult::OutputFull if self.values_len > MAX_ITEM_BYTES => {
                    self.values_len = 0;
                }
                ReadRecordResult::OutputFull => self.values.resize(self.values.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if self.ends_len > MAX_COLUMNS => {
                    self.ends_len = MAX_COLUMNS;
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record => return (read, Stop::Row),
                ReadRecordResult::End => return (read, Stop::End),
            }
        }
    }

    /// The values of the row.
    fn row(&self) -> impl Iterator<Item = &[u8]> {
        let ends = &self.ends[..self.ends_len];
        let starts = [0].into_iter().chain(ends.iter().copied());
        starts.zip(ends).map(|(start, end)| &self.values[start..*end])
    }

    /// Forgets the values of the row.
    pub(super) fn clear(&mut self) {
        self.values_len = 0;
        self.ends_len = 0;
    }

    /// Writes the row as JSON: the one record in it, or an object of all values.
    pub(super) fn write_json(&mut self) -> Result<(), SplitError> {
        let (expected, found) = (self.names.len(), self.ends_len);
        if found != expected {
            return Err(SplitError::Row { expected, found });
        }
        let mut json = mem::take(&mut self.json);
        json.clear();
        self.write_values(&mut json);
        self.json = json;
        Ok(())
    }

    fn write_values(&self, json: &mut Vec<u8>) {
        let columns = || self.names.iter().zip(self.row().map(<[u8]>::trim_ascii));
        let mut records = columns().filter(|(name, value)| holds_record(name, value));
        match (records.next(), records.next()) {
            (Some((_, record)), None) => json.extend_from_slice(record),
            _ => {
                for (name, value) in columns().filter(|(_, value)| !value.is_empty()) {
                    json.push(if json.is_empty() { b'{' } else { b',' });
                    let value = Value::from(String::from_utf8_lossy(value));
                    let name = match self.has_other && OWN_COLUMNS.contains(&name.as_str()) {
                        true => name.to_lowercase(),
                        false => name.clone(),
                    };
                    let member = format!("{}:{value}", Value::from(name));
                    json.extend_from_slice(member.as_bytes());
                }
                json.extend_from_slice(if json.is_empty() { b"{}" } else { b"}" });
            }
        }
    }
}
