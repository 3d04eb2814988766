//! Rules as a user types them: one event pattern, or a whole configuration.

use sekisho::{Classifier, Configuration as EngineConfiguration, ConfigurationError};
use sekisho_rules::Pattern;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tsify::Tsify;

use crate::Place;

/// The id of a single pattern.
const ALONE: &str = "pattern";

/// The result of compiling rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CompiledRules {
    /// They are in effect.
    Compiled {
        /// All of them, in the order of the text.
        rules: Vec<Rule>,
    },
    /// They are invalid; the previous ones stay in effect.
    Refused {
        /// What is wrong.
        problem: RuleProblem,
    },
}

/// A compiled rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it is matched against.
    pub kind: RuleKind,
}

/// What a rule is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum RuleKind {
    /// Single records.
    Record,
    /// Attempts, which are one record or several.
    Attempt,
    /// The matches of other rules: a correlation rule.
    Count,
}

/// Why rules are invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct RuleProblem {
    /// What is wrong, in words.
    pub message: String,
    /// Where in the text it begins, and the end of that line.
    pub place: Place,
}

/// Whether a rule matches a record, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct RuleMatch {
    /// Its id.
    pub id: String,
    /// Whether it matches.
    pub matches: bool,
    /// The constraints of its pattern, in order.
    pub constraints: Vec<Constraint>,
}

/// A constraint of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Constraint {
    /// How many `$or`s and alternatives enclose it.
    pub depth: usize,
    /// The path; for a `$or` or one of its alternatives, the path of the enclosing object.
    pub path: String,
    /// The accepted values and operators as JSON; null for a `$or` (at an even depth) and for each
    /// of its alternatives (at an odd depth).
    pub expected: Option<String>,
    /// Whether the event satisfies it.
    pub passes: bool,
    /// The values at the path as JSON; empty if absent.
    pub found: Vec<String>,
}

impl From<sekisho_records::Constraint> for Constraint {
    fn from(constraint: sekisho_records::Constraint) -> Self {
        let json = |raw: &RawValue| raw.get().to_owned();
        Self {
            depth: constraint.depth,
            path: constraint.path,
            expected: constraint.expected.as_deref().map(json),
            passes: constraint.is_met,
            found: constraint.found.iter().map(|found| json(found)).collect(),
        }
    }
}

/// Valid rules.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The JSON that configures the classifier.
    pub(crate) configuration: String,
    pub(crate) definitions: Vec<Definition>,
}

impl Default for Rules {
    fn default() -> Self {
        Self { configuration: "{}".to_owned(), definitions: Vec::new() }
    }
}

/// A rule as it is written, as far as it is shown.
#[derive(Debug, Deserialize)]
pub(crate) struct Definition {
    pub(crate) id: String,
    /// None in a counted rule.
    pub(crate) pattern: Option<Box<RawValue>>,
}

impl Definition {
    pub(crate) fn kind(&self) -> RuleKind {
        let Some(pattern) = &self.pattern else { return RuleKind::Count };
        match Pattern::parse(pattern.get().as_bytes()) {
            Ok(pattern) if pattern.references("attempt") => RuleKind::Attempt,
            _ => RuleKind::Record,
        }
    }
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    rules: Vec<Definition>,
}

impl Rules {
    /// Reads rules and puts them in force; blank text is no rules.
    pub(crate) fn configure(text: &str, classifier: &mut Classifier) -> Result<Self, RuleProblem> {
        let rules = match text.trim() {
            "" => Self::default(),
            _ if is_configuration(text) => {
                // What this cannot read the engine refuses, and says where.
                let read = serde_json::from_str::<Configuration>(text);
                let definitions = read.map(|read| read.rules).unwrap_or_default();
                Self { configuration: text.to_owned(), definitions }
            }
            _ => alone(text)?,
        };
        let configuration = EngineConfiguration::parse(rules.configuration.as_bytes());
        classifier.configure(configuration.map_err(|error| problem(text, &error))?);
        Ok(rules)
    }
}

/// Whether a text is an object with `rules`. In an event pattern `rules` would be a field that AWS
/// sends nowhere.
fn is_configuration(text: &str) -> bool {
    let object: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(text);
    object.is_ok_and(|object| object.contains_key("rules"))
}

/// A single pattern as a rule.
fn alone(text: &str) -> Result<Rules, RuleProblem> {
    Pattern::parse(text.as_bytes())
        .map_err(|error| RuleProblem::new(text, error.offset, error.kind.to_string()))?;
    let pattern = RawValue::from_string(text.to_owned())
        .map_err(|error| RuleProblem::new(text, 0, error.to_string()))?;
    let configuration = json!({"rules": [{"id": ALONE, "pattern": &*pattern}]}).to_string();
    let definition = Definition { id: ALONE.to_owned(), pattern: Some(pattern) };
    Ok(Rules { configuration, definitions: vec![definition] })
}

fn problem(text: &str, error: &ConfigurationError) -> RuleProblem {
    let (at, message) = match error {
        ConfigurationError::Malformed(malformed) => (malformed.offset, malformed.to_string()),
        ConfigurationError::Pattern { id, offset, kind } => {
            (*offset, format!("rule `{id}`: {kind}"))
        }
        ConfigurationError::Value { offset, key, expected } => {
            (*offset, format!("expected {expected} as `{key}`"))
        }
        ConfigurationError::DuplicateRule { id, offset } => {
            (*offset, format!("a second rule `{id}`: ids must differ"))
        }
        ConfigurationError::UnknownRule { id, offset } => {
            (*offset, format!("expected the id of a rule with a pattern, found `{id}`"))
        }
        ConfigurationError::NoSuchRule { id, offset } => {
            (*offset, format!("expected the id of a rule, found `{id}`"))
        }
        ConfigurationError::UnknownKey { key, offset } => {
            (*offset, format!("`{key}` is not a known key"))
        }
        other => (0, other.to_string()),
    };
    RuleProblem::new(text, at, message)
}

impl RuleProblem {
    fn new(text: &str, at: usize, message: String) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        Self { message, place: Place::of(text, at..at + line.trim_end().len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, Place) {
        let problem = Rules::configure(text, &mut Classifier::new()).expect_err(text);
        (problem.message, problem.place)
    }

    #[test]
    fn a_single_pattern_is_a_rule() {
        let mut classifier = Classifier::new();
        let pattern = " {\"eventName\": [\"ConsoleLogin\"]}\n";
        let rules = Rules::configure(pattern, &mut classifier).expect("valid");
        assert_eq!(rules.definitions[0].id, "pattern");
        assert_eq!(rules.definitions[0].kind(), RuleKind::Record);
        assert_eq!(classifier.configuration().rules(), Some(1));
    }

    #[test]
    fn rules_have_kinds() {
        let text = r#"{"rules": [
            {"id": "a", "pattern": {"signin": {"outcome": ["failure"]}}},
            {"id": "b", "pattern": {"attempt": {"outcome": ["failure"]}}},
            {"id": "c", "correlation": {"type": "event_count", "rules": ["b"], "timespan": "1h", "condition": {"gte": 3}}}
        ]}"#;
        let rules = Rules::configure(text, &mut Classifier::new()).expect("valid");
        let kinds: Vec<_> = rules.definitions.iter().map(Definition::kind).collect();
        assert_eq!(kinds, [RuleKind::Record, RuleKind::Attempt, RuleKind::Count]);
    }

    #[test]
    fn blank_text_means_no_rules() {
        let rules = Rules::configure(" \n", &mut Classifier::new()).expect("valid");
        assert!(rules.definitions.is_empty());
    }

    #[test]
    fn a_problem_has_a_place() {
        let (message, place) = refused("{\"関\": [],\n \"b\": [1]}");
        assert_eq!(place, Place { from: 6, to: 9 }, "{message}");
        let (message, place) = refused(r#"{"a": ["b"]"#);
        assert_eq!(place, Place { from: 11, to: 11 }, "{message}");
        let text = r#"{"rules": [{"id": "x", "pattern": {"a": [{"prefixx": "b"}]}}]}"#;
        let (message, place) = refused(text);
        assert!(message.starts_with("rule `x`: "), "{message}");
        assert!(text[place.from as usize..].contains("prefixx"), "{place:?}");
    }
}
