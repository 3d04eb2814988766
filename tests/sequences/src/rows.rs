//! The rows of `tests/cases/sequences`.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::Settings;

/// A sequence of records and the attempts that are due to it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Unique among all rows, in kebab case.
    pub name: String,
    /// The file name, such as `pairs.jsonl`.
    pub file: String,
    /// The line in that file, from 1.
    pub line: usize,
    /// In the order in which they arrive.
    pub records: Vec<Value>,
    /// With which they are to be read.
    pub settings: Settings,
    /// The lines that must have been told after a flush.
    pub attempts: Vec<Value>,
}

/// All rows of the `*.jsonl` files in a folder, by file name and line.
///
/// # Panics
/// As [`sekisho_oracle::read_rows`].
pub fn rows(folder: &Path) -> Vec<Row> {
    sekisho_oracle::read_rows(folder, |file, line, source| {
        let row = serde_json::from_str(source).map_err(|error| error.to_string())?;
        let WrittenRow { name, records, settings, attempts, .. } = row;
        Ok(Row { name, file: file.to_owned(), line, records, settings, attempts })
    })
}

/// A row as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRow {
    name: String,
    #[serde(rename = "note")]
    _note: String,
    records: Vec<Value>,
    #[serde(default)]
    settings: Settings,
    attempts: Vec<Value>,
}
