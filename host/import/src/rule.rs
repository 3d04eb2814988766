//! Imported rules.

use std::ops::Range;

use serde::Serialize;
use serde_json::Value;

use crate::refusal::Refusal;

/// What became of the rules of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// The rules that a rule of sekisho can say exactly, in their order.
    pub rules: Vec<Rule>,
    /// The others.
    pub refusals: Vec<Refusal>,
}

impl Imported {
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Imported { rules: Vec::new(), refusals: vec![refusal] }
    }

    pub(crate) fn add(&mut self, rule: Result<Rule, Refusal>) {
        match rule {
            Ok(rule) => self.rules.push(rule),
            Err(refusal) => self.refusals.push(refusal),
        }
    }
}

/// A rule of a rule file of sekisho. It serializes as an entry of `rules`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Where the rule is in its file, as a range of bytes.
    #[serde(skip)]
    pub span: Range<usize>,
    /// The name in output.
    pub id: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub severity: String,
    /// The title, and the description if there is one.
    pub description: String,
    /// Techniques of MITRE ATT&CK and other tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Pages about the rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// What the rule matches.
    #[serde(flatten)]
    pub definition: Definition,
}

/// What a rule matches.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Definition {
    /// An EventBridge event pattern.
    Pattern(Value),
    /// A correlation of other rules.
    Correlation(Value),
}
