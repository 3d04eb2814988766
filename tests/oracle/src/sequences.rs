//! The rows of `tests/cases/sequences`: streams of records with their attempts and findings.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::attempts::{AttemptSettings, attempts};
use crate::case_files;
use crate::findings::lines_with_rules;

/// A stream of records, and the attempts and findings in it.
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
    /// The rules to run with, and how their findings are emitted; null for none.
    pub configuration: Value,
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
        let WrittenSequence { name, records, settings, configuration, attempts, .. } = row;
        let file = file.to_owned();
        Ok(Sequence { name, file, line, records, settings, configuration, attempts })
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
    #[serde(default)]
    configuration: Value,
    attempts: Vec<Value>,
}

impl Sequence {
    /// The lines that the oracle expects, in which findings have no `id`.
    pub fn expected(&self) -> Vec<Value> {
        match &self.configuration {
            Value::Null => attempts(&self.records, self.settings),
            rules => lines_with_rules(&self.records, self.settings, rules),
        }
    }
}
