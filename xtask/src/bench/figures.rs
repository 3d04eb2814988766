//! The results of criterion, read from its folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::Failed;

/// All figures, by the name of their group.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<String, Group>);

/// What was measured side by side, by name.
pub(crate) type Group = BTreeMap<String, Figure>;

/// The times of one candidate.
#[derive(Default)]
pub(crate) struct Figure {
    /// Nanoseconds by the name of the round; for each record, if records were read.
    rounds: BTreeMap<String, f64>,
    /// The mean length of a record.
    pub(crate) bytes: Option<f64>,
}

impl Figures {
    /// Reads every `<group>/<name>/new` of a folder.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failed> {
        let mut figures = Self::default();
        for group in entries(folder)? {
            for benchmark in entries(&group)? {
                figures.add(&benchmark.join("new"))?;
            }
        }
        Ok(figures)
    }

    fn add(&mut self, results: &Path) -> Result<(), Failed> {
        let benchmark = json(&results.join("benchmark.json"))?;
        let estimates = json(&results.join("estimates.json"))?;
        let [group, name] = ["group_id", "function_id"].map(|key| text(&benchmark[key]));
        let (group, round) = group.rsplit_once(", round ").unwrap_or((group, ""));
        let throughput = &benchmark["throughput"]["ElementsAndBytes"];
        let records = throughput["elements"].as_f64().unwrap_or(1.0);
        let nanoseconds = estimates["median"]["point_estimate"].as_f64().unwrap_or(f64::NAN);
        let figure =
            self.0.entry(group.to_owned()).or_default().entry(name.to_owned()).or_default();
        figure.bytes = throughput["bytes"].as_f64().map(|bytes| bytes / records);
        figure.rounds.insert(round.to_owned(), nanoseconds / records);
        Ok(())
    }

    /// `None` if the group was not measured.
    pub(crate) fn group(&self, name: &str) -> Option<&Group> {
        self.0.get(name)
    }
}

impl Figure {
    pub(crate) fn median(&self) -> f64 {
        median(self.rounds.values().copied().collect())
    }

    /// The ratio of this time to that of `base`: the median over all rounds.
    pub(crate) fn ratio(&self, base: &Figure) -> f64 {
        let rounds = self.rounds.values().zip(base.rounds.values());
        median(rounds.map(|(one, base)| one / base).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let failed = |error| Failed::File(folder.to_owned(), error);
    let entries = fs::read_dir(folder).map_err(failed)?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(failed)).collect()
}

fn json(path: &Path) -> Result<Value, Failed> {
    let text = fs::read(path).map_err(|error| Failed::File(path.to_owned(), error))?;
    serde_json::from_slice(&text).map_err(|error| Failed::File(path.to_owned(), error.into()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
