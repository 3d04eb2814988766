//! The rows of `tests/cases/sequences`.

use std::fs;
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
/// If the folder cannot be read, or a row does not have the form that the README of
/// `tests/cases` describes; the message names file and line.
pub fn rows(folder: &Path) -> Vec<Row> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| {
        panic!("a folder of rows expected at {}: {error}", folder.display());
    });
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a folder entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    files.iter().flat_map(|path| rows_of_file(path)).collect()
}

fn rows_of_file(path: &Path) -> Vec<Row> {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{file}: lines of UTF-8 expected: {error}"));
    let numbered = text.lines().zip(1..);
    let read = |(source, line)| match serde_json::from_str(source) {
        Ok(WrittenRow { name, records, settings, attempts, .. }) => {
            Row { name, file: file.to_string(), line, records, settings, attempts }
        }
        Err(error) => panic!("{file}, line {line}: {error}"),
    };
    numbered.map(read).collect()
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
