//! Why a pattern matches or does not: what it asks for, place by place, and what stands there.

use sekisho::Views;
use sekisho_rules::{Limits, Pattern, RuleSet, Scratch};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

/// So many values that stand at a path are shown.
const VALUES_MAX: usize = 5;

/// Something that a pattern asks for.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// How many `$or`s and alternatives it is in.
    pub depth: usize,
    /// The path; of a `$or` or one of its alternatives the path of the object it is in.
    pub path: String,
    /// The values and operators that are asked for there, as JSON; of an `$or` nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asks: Option<Box<RawValue>>,
    /// Whether an event with nothing else asked of it would match.
    pub passes: bool,
    /// What stands at the path, as JSON; empty where it is absent.
    pub found: Vec<Box<RawValue>>,
}

impl Asked {
    /// What is asked for and found, in words.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Some(asks) = &self.asks else {
            let place = if self.path.is_empty() { "the event" } else { &self.path };
            return match self.depth % 2 {
                0 => format!("one of these, in {place}"),
                _ => "all of these".to_owned(),
            };
        };
        let found: Vec<&str> = self.found.iter().map(|value| value.get()).collect();
        match found.is_empty() {
            true => format!("{} {asks}, which is absent", self.path),
            false => format!("{} {asks}, found {}", self.path, found.join(", ")),
        }
    }
}

/// What a pattern, given as JSON, asks for of a record, in its order: which of the two views it is
/// matched against depends on what it names.
#[must_use]
pub fn reasons(pattern: &str, views: &Views) -> Vec<Asked> {
    let names_event = Pattern::parse_with(pattern.as_bytes(), &Limits::NONE)
        .is_ok_and(|pattern| pattern.references("detail") || pattern.references("detail-type"));
    reasons_in(pattern, if names_event { &views.event } else { &views.input })
}

/// What a pattern asks for of the object that it is matched against.
#[must_use]
pub fn reasons_in(pattern: &str, view: &[u8]) -> Vec<Asked> {
    let mut reasons = Reasons {
        view,
        event: str::from_utf8(view)
            .ok()
            .and_then(|view| serde_json::from_str(view).ok())
            .unwrap_or_default(),
        path: Vec::new(),
        asked: Vec::new(),
    };
    if let Ok(Value::Object(members)) = serde_json::from_str(pattern) {
        reasons.object(&members, 0);
    }
    reasons.asked
}

struct Reasons<'v> {
    /// The event that the pattern is matched against.
    view: &'v [u8],
    /// The same, to look values up.
    event: Value,
    path: Vec<String>,
    asked: Vec<Asked>,
}

impl Reasons<'_> {
    /// Goes through an object of the pattern. Patterns nest no deeper than the scanner allows.
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
                    self.ask(Some(value), depth, value);
                    self.path.pop();
                }
            }
        }
    }

    fn or(&mut self, alternatives: &[Value], depth: usize) {
        self.ask(None, depth, &json!({"$or": alternatives}));
        for alternative in alternatives {
            if let Value::Object(members) = alternative {
                self.ask(None, depth + 1, alternative);
                self.object(members, depth + 2);
            }
        }
    }

    /// Notes whether the event matches a pattern that asks for `part` at the current path only.
    fn ask(&mut self, asks: Option<&Value>, depth: usize, part: &Value) {
        let alone = self.path.iter().rev().fold(part.clone(), |inner, key| json!({key: inner}));
        let pattern = Pattern::parse_with(alone.to_string().as_bytes(), &Limits::NONE);
        let passes = pattern.is_ok_and(|pattern| {
            let rules = RuleSet::compile(&[pattern]);
            rules.matches(self.view, &mut Scratch::new()).is_ok_and(|ids| !ids.is_empty())
        });
        let mut found = Vec::new();
        if asks.is_some() {
            let path = self.path.join(".");
            collect(&self.event, &path, &mut found);
        }
        let raw = |value: &Value| RawValue::from_string(value.to_string()).ok();
        self.asked.push(Asked {
            depth,
            path: self.path.join("."),
            asks: asks.and_then(raw),
            passes,
            found: found.into_iter().take(VALUES_MAX).filter_map(raw).collect(),
        });
    }
}

/// The values at a path, whose keys may hold dots and whose objects may stand in arrays.
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
