//! Rules as somebody types them: one event pattern, or a whole configuration.

use sekisho::{ConfigurationError, Engine};
use sekisho_rules::Pattern;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use tsify::Tsify;

use crate::Place;

/// The id of a pattern that stands alone.
const ALONE: &str = "pattern";

/// What became of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CompiledRules {
    /// They are in force.
    Compiled {
        /// All of them, in the order in which they are written.
        rules: Vec<Rule>,
    },
    /// They are not valid; those before stay in force.
    Refused {
        /// What is wrong.
        problem: RuleProblem,
    },
}

/// A rule in force.
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
    /// What other rules match, counted.
    Count,
}

/// Why rules are refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
pub struct RuleProblem {
    /// What is wrong, in words.
    pub sentence: String,
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
    /// What its pattern asks for, in its order.
    pub asked: Vec<Asked>,
}

/// Something that a pattern asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Asked {
    /// How many `$or`s and alternatives it is in.
    pub depth: usize,
    /// The path; of a `$or` or one of its alternatives the path of the object it is in.
    pub path: String,
    /// The values and operators that are asked for there, as JSON; null for a `$or` (at an even
    /// depth) and for each of its alternatives (at an odd one).
    pub asks: Option<String>,
    /// Whether an event with nothing else asked of it would match.
    pub passes: bool,
    /// What stands at the path, as JSON; empty where it is absent.
    pub found: Vec<String>,
}

impl From<sekisho_records::Asked> for Asked {
    fn from(asked: sekisho_records::Asked) -> Self {
        let json = |raw: &RawValue| raw.get().to_owned();
        Self {
            depth: asked.depth,
            path: asked.path,
            asks: asked.asks.as_deref().map(json),
            passes: asked.passes,
            found: asked.found.iter().map(|found| json(found)).collect(),
        }
    }
}

/// Valid rules.
#[derive(Debug)]
pub(crate) struct Rules {
    /// What configures an engine.
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
    pub(crate) fn configure(text: &str, engine: &mut Engine) -> Result<Self, RuleProblem> {
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
        engine.configure(rules.configuration.as_bytes()).map_err(|error| problem(text, &error))?;
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
    let (at, sentence) = match error {
        ConfigurationError::Malformed(malformed) => (malformed.offset, malformed.to_string()),
        ConfigurationError::Pattern { id, at, kind } => (*at, format!("rule `{id}`: {kind}")),
        ConfigurationError::Value { at, key, expected } => {
            (*at, format!("expected {expected} as `{key}`"))
        }
        ConfigurationError::DuplicateRule { id, at } => {
            (*at, format!("a second rule `{id}`: ids must differ"))
        }
        ConfigurationError::UnknownRule { id, at } => {
            (*at, format!("expected the id of a rule with a pattern, found `{id}`"))
        }
        ConfigurationError::UnknownKey { key, at } => (*at, format!("`{key}` is not a known key")),
        other => (0, other.to_string()),
    };
    RuleProblem::new(text, at, sentence)
}

impl RuleProblem {
    fn new(text: &str, at: usize, sentence: String) -> Self {
        let behind = text.get(at..).unwrap_or_default();
        let line = behind.lines().next().unwrap_or_default();
        Self { sentence, place: Place::of(text, at..at + line.trim_end().len()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, Place) {
        let problem = Rules::configure(text, &mut Engine::new()).expect_err(text);
        (problem.sentence, problem.place)
    }

    #[test]
    fn a_pattern_alone_is_a_rule() {
        let mut engine = Engine::new();
        let pattern = " {\"eventName\": [\"ConsoleLogin\"]}\n";
        let rules = Rules::configure(pattern, &mut engine).expect("it is valid");
        assert_eq!(rules.definitions[0].id, "pattern");
        assert_eq!(rules.definitions[0].kind(), RuleKind::Record);
        assert_eq!(engine.configuration().rules(), Some(1));
    }

    #[test]
    fn rules_of_all_kinds() {
        let text = r#"{"rules": [
            {"id": "a", "pattern": {"signin": {"outcome": ["failure"]}}},
            {"id": "b", "pattern": {"attempt": {"outcome": ["failure"]}}},
            {"id": "c", "correlation": {"type": "event_count", "rules": ["b"], "timespan": "1h", "condition": {"gte": 3}}}
        ]}"#;
        let rules = Rules::configure(text, &mut Engine::new()).expect("they are valid");
        let kinds: Vec<_> = rules.definitions.iter().map(Definition::kind).collect();
        assert_eq!(kinds, [RuleKind::Record, RuleKind::Attempt, RuleKind::Count]);
    }

    #[test]
    fn blank_text_is_no_rules() {
        let rules = Rules::configure(" \n", &mut Engine::new()).expect("nothing is wrong");
        assert!(rules.definitions.is_empty());
    }

    #[test]
    fn a_problem_has_its_place() {
        let (sentence, place) = refused("{\"関\": [],\n \"b\": [1]}");
        assert_eq!(place, Place { from: 6, to: 9 }, "{sentence}");
        let (sentence, place) = refused(r#"{"a": ["b"]"#);
        assert_eq!(place, Place { from: 11, to: 11 }, "{sentence}");
        let text = r#"{"rules": [{"id": "x", "pattern": {"a": [{"prefixx": "b"}]}}]}"#;
        let (sentence, place) = refused(text);
        assert!(sentence.starts_with("rule `x`: "), "{sentence}");
        assert!(text[place.from as usize..].contains("prefixx"), "{place:?}");
    }
}
