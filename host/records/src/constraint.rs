//! Explains why an event pattern matches a record or not.

use std::fmt;

use sekisho::Views;
use sekisho_rules::{Limits, Pattern, RuleSet, Scratch};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// The maximum number of values listed for one path.
const MAX_VALUES: usize = 5;

/// One constraint of an event pattern, checked against an event on its own.
///
/// An `$or` is a constraint too, and so is each of its alternatives: they come before the
/// constraints that they enclose. [`Display`](fmt::Display) writes a constraint as a line of text.
#[derive(Clone, Debug, Serialize)]
pub struct Constraint {
    /// Nesting: each alternative is one level below its `$or`, and what it encloses two levels.
    pub depth: usize,
    /// Keys joined by dots. For an `$or` and its alternatives, the path of the enclosing object.
    pub path: String,
    /// The allowed values and operators, as JSON; `None` for an `$or` and its alternatives.
    #[serde(rename = "asks", skip_serializing_if = "Option::is_none")]
    pub expected: Option<Box<RawValue>>,
    /// Whether the event meets this constraint, regardless of the others.
    #[serde(rename = "passes")]
    pub is_met: bool,
    /// The values at the path, as JSON, at most 5. Empty if the path is absent.
    pub found: Vec<Box<RawValue>>,
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(expected) = &self.expected else {
            return match (self.depth % 2, self.path.as_str()) {
                (0, "") => write!(f, "one of these, in the event"),
                (0, path) => write!(f, "one of these, in {path}"),
                _ => write!(f, "all of these"),
            };
        };
        write!(f, "{} {expected}, ", self.path)?;
        match &self.found[..] {
            [] => write!(f, "which is absent"),
            [first, more @ ..] => {
                write!(f, "found {first}")?;
                more.iter().try_for_each(|value| write!(f, ", {value}"))
            }
        }
    }
}

/// Lists the constraints of `pattern`, an EventBridge event pattern as JSON, in its order.
///
/// They are checked against the EventBridge event if the pattern references `detail` or
/// `detail-type` at its top level, otherwise against the input. The list is empty if `pattern` is
/// not a JSON object.
///
/// ```
/// let views = sekisho::Classifier::new().views(br#"{"eventName": "ConsoleLogin"}"#)?;
/// let constraints = sekisho_records::constraints(r#"{"eventName": ["SwitchRole"]}"#, &views);
/// assert!(!constraints[0].is_met);
/// assert_eq!(constraints[0].to_string(), r#"eventName ["SwitchRole"], found "ConsoleLogin""#);
/// # Ok::<(), sekisho::Error>(())
/// ```
#[must_use]
pub fn constraints(pattern: &str, views: &Views) -> Vec<Constraint> {
    let names_event = Pattern::parse_with(pattern.as_bytes(), &Limits::NONE)
        .is_ok_and(|pattern| pattern.references("detail") || pattern.references("detail-type"));
    constraints_in(pattern, if names_event { &views.event } else { &views.input })
}

/// Like [`constraints`], checked against `event`, a JSON object, whatever the pattern references.
///
/// ```
/// let event = br#"{"attempt": {"outcome": "failure"}}"#;
/// let pattern = r#"{"attempt": {"outcome": ["failure"], "user": ["anaya"]}}"#;
/// let constraints = sekisho_records::constraints_in(pattern, event);
/// assert_eq!(constraints[0].to_string(), r#"attempt.outcome ["failure"], found "failure""#);
/// assert_eq!(constraints[1].to_string(), r#"attempt.user ["anaya"], which is absent"#);
/// ```
#[must_use]
pub fn constraints_in(pattern: &str, event: &[u8]) -> Vec<Constraint> {
    let parsed = str::from_utf8(event).ok().and_then(|event| serde_json::from_str(event).ok());
    let mut checker = Checker {
        event,
        parsed: parsed.unwrap_or_default(),
        path: Vec::new(),
        constraints: Vec::new(),
    };
    if let Ok(Value::Object(members)) = serde_json::from_str(pattern) {
        checker.object(&members, 0);
    }
    checker.constraints
}

/// Walks a pattern and checks each constraint alone.
struct Checker<'e> {
    event: &'e [u8],
    /// The same event, to look up values.
    parsed: Value,
    /// The keys that lead to the current part of the pattern.
    path: Vec<String>,
    constraints: Vec<Constraint>,
}

impl Checker<'_> {
    /// Walks an object of the pattern. Recursion is bounded: patterns nest no deeper than
    /// serde_json reads.
    fn object(&mut self, members: &Map<String, Value>, depth: usize) {
        for (key, value) in members {
            match value {
                Value::Array(alternatives) if key == "$or" => self.or(alternatives, depth),
                Value::Object(members) => {
                    self.path.push(key.clone());
                    self.object(members, depth);
                    self.path.pop();
                }
                _ => {
                    self.path.push(key.clone());
                    self.check(Some(value), depth, value);
                    self.path.pop();
                }
            }
        }
    }

    fn or(&mut self, alternatives: &[Value], depth: usize) {
        self.check(None, depth, &json!({"$or": alternatives}));
        for alternative in alternatives {
            if let Value::Object(members) = alternative {
                self.check(None, depth + 1, alternative);
                self.object(members, depth + 2);
            }
        }
    }

    /// Matches the event against a pattern that has only `part`, at the current path.
    fn check(&mut self, expected: Option<&Value>, depth: usize, part: &Value) {
        let alone = self.path.iter().rev().fold(part.clone(), |inner, key| json!({key: inner}));
        let pattern = Pattern::parse_with(alone.to_string().as_bytes(), &Limits::NONE);
        let is_met = pattern.is_ok_and(|pattern| {
            let rules = RuleSet::compile(&[pattern]);
            rules.matches(self.event, &mut Scratch::new()).is_ok_and(|ids| !ids.is_empty())
        });
        let path = self.path.join(".");
        let mut found = Vec::new();
        if expected.is_some() {
            collect(&self.parsed, &path, &mut found);
        }
        let raw = |value: &Value| RawValue::from_string(value.to_string()).ok();
        self.constraints.push(Constraint {
            depth,
            path,
            expected: expected.and_then(raw),
            is_met,
            found: found.into_iter().take(MAX_VALUES).filter_map(raw).collect(),
        });
    }
}

/// Collects the values at a path. Keys may contain dots, and arrays are searched element by element.
fn collect<'v>(value: &'v Value, path: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(elements) => elements.iter().for_each(|value| collect(value, path, found)),
        _ if path.is_empty() => found.push(value),
        Value::Object(members) => {
            for (key, value) in members {
                match path.strip_prefix(key.as_str()) {
                    Some("") => collect(value, "", found),
                    Some(rest) if rest.starts_with('.') => collect(value, &rest[1..], found),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
