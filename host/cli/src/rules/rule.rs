//! Valid rules and their tests.

use sekisho::Views;
use sekisho_records::{Constraint, constraints};
use serde_json::value::RawValue;

use super::diagnostic::{Location, SourceText};
use super::file::Severity;

/// Valid rules, in the order of their files.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// The files.
    pub(crate) sources: Vec<SourceText>,
    /// The name of the field with the verdict in annotated records, if a file sets one.
    pub(crate) field: Option<String>,
    /// The rules of all files.
    pub(crate) rules: Vec<Rule>,
}

/// A valid rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The unique id.
    pub(crate) id: String,
    /// How important a match is.
    pub(crate) severity: Severity,
    /// What the rule matches.
    pub(crate) definition: Definition,
    /// The tests.
    pub(crate) tests: Vec<Test>,
}

impl Rule {
    /// Whether the rule matches single records.
    pub(crate) fn matches_records(&self) -> bool {
        matches!(self.definition, Definition::Record(_))
    }

    /// The constraints of the pattern, checked against a record; none if the rule does not match
    /// records.
    pub(crate) fn constraints(&self, views: &Views) -> Vec<Constraint> {
        match &self.definition {
            Definition::Record(pattern) => constraints(pattern.get(), views),
            Definition::Attempt(_) | Definition::Correlation(_) => Vec::new(),
        }
    }
}

/// What a rule matches, as JSON.
#[derive(Debug)]
pub(crate) enum Definition {
    /// A pattern for records.
    Record(Box<RawValue>),
    /// A pattern for attempts.
    Attempt(Box<RawValue>),
    /// A correlation of the matches of other rules.
    Correlation(Box<RawValue>),
}

/// A test of a rule.
#[derive(Debug)]
pub(crate) struct Test {
    /// What the test shows.
    pub(crate) name: Option<String>,
    /// The input of the rule.
    pub(crate) input: TestInput,
    /// The expected result.
    pub(crate) expected: TestResult,
    /// Where the input is.
    pub(crate) location: Location,
}

/// The input of a test.
#[derive(Debug)]
pub(crate) enum TestInput {
    /// An event, as JSON.
    Event(Box<RawValue>),
    /// Events in order, each as JSON.
    Events(Vec<String>),
}

/// The result of a test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TestResult {
    /// Whether the rule matches.
    Match(bool),
    /// The number of findings.
    Findings(u64),
}
