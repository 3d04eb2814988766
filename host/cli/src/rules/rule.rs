//! Valid rules and their tests.

use sekisho::Views;
use sekisho_attempts::{Time, write_time};
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
    /// The paths of records, if a file sets them.
    pub(crate) record: Option<Vec<String>>,
    /// The rules of all files, with what later entries of `tune` change of severity and enabling.
    pub(crate) rules: Vec<Rule>,
    /// The entries of `silence`.
    pub(crate) silence: Vec<Silence>,
    /// The entries of `tune`, as JSON.
    pub(crate) tune: Vec<Box<RawValue>>,
}

impl Rules {
    /// The rules as they are written, for their tests: nothing is silenced or changed.
    pub(crate) fn without_changes(self) -> Self {
        Self { silence: Vec::new(), tune: Vec::new(), ..self }
    }

    /// The rules that are not switched off.
    pub(crate) fn enabled(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(|rule| rule.is_enabled)
    }

    /// Each entry of `silence` for people: its reason, its end and its position.
    pub(crate) fn silence_entries(&self) -> Vec<String> {
        let describe = |entry: &Silence| {
            let position = self.sources[entry.location.source].position(entry.location.span.start);
            format!("{}, until {}, {position}", entry.reason, entry.end())
        };
        self.silence.iter().map(describe).collect()
    }
}

/// A valid entry of `silence`.
#[derive(Debug)]
pub(crate) struct Silence {
    /// The entry.
    pub(crate) json: Box<RawValue>,
    /// Why it silences.
    pub(crate) reason: String,
    /// When it ends.
    pub(crate) until: Time,
    /// Where it is.
    pub(crate) location: Location,
}

impl Silence {
    /// When it ends, as text.
    pub(crate) fn end(&self) -> String {
        let mut text = Vec::new();
        write_time(self.until, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// A valid rule.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The unique id.
    pub(crate) id: String,
    /// How important a match is.
    pub(crate) severity: Severity,
    /// What a match means.
    pub(crate) description: String,
    /// What it is about.
    pub(crate) tags: Vec<String>,
    /// What the rule matches.
    pub(crate) definition: Definition,
    /// The tests.
    pub(crate) tests: Vec<Test>,
    /// Whether it is not switched off.
    pub(crate) is_enabled: bool,
    /// Where it is.
    pub(crate) location: Location,
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

impl Definition {
    /// The pattern, if the rule has one.
    pub(crate) fn pattern(&self) -> Option<&RawValue> {
        match self {
            Definition::Record(pattern) | Definition::Attempt(pattern) => Some(pattern),
            Definition::Correlation(_) => None,
        }
    }
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
