//! The rows of `tests/cases/sequences`: streams of records with their attempts.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::attempts::AttemptSettings;
use crate::case_files;

/// A stream of records and the attempts in it.
#[derive(Clone, Debug)]
pub struct Sequence {
    /// Unique among all sequences, in kebab case.
    pub name: String,
    /// The file name, such as `pairs.jsonl`.
    pub file: String,
    /// The line in that file, from 1.
    pub line: usize,
    /// The records, in order of arrival.
    pub records: Vec<Value>,
    /// The settings to run with.
    pub settings: AttemptSettings,
    /// The lines that a host must have emitted after a flush.
    pub attempts: Vec<Value>,
}

/// All rows of the `*.jsonl` files in a folder, by file name and line.
///
/// # Panics
/// As [`rows`](crate::rows).
pub fn sequences(folder: &Path) -> Vec<Sequence> {
    case_files::read(folder, |file, line, source| {
        let row = serde_json::from_str(source).map_err(|error| error.to_string())?;
        let WrittenSequence { name, records, settings, attempts, .. } = row;
        Ok(Sequence { name, file: file.to_owned(), line, records, settings, attempts })
    })
}

/// A sequence in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSequence {
    name: String,
    #[serde(rename = "note")]
    _note: String,
    records: Vec<Value>,
    #[serde(default)]
    settings: AttemptSettings,
    attempts: Vec<Value>,
}
