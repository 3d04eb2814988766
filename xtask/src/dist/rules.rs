//! The built-in rules as JSON, for hosts that read no YAML.

use std::fs;
use std::path::Path;

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

use crate::command::{Failed, root};

/// The name of the file.
pub(super) const FILE: &str = "rules.json";

pub(super) fn write(folder: &Path) -> Result<(), Failed> {
    let source = root().join("plugin/rules/signin.yaml");
    let yaml = fs::read_to_string(&source).map_err(|error| Failed::File(source, error))?;
    let rules = from_yaml(&yaml)
        .ok_or_else(|| Failed::Other("the built-in rules are not the YAML of JSON".to_owned()))?;
    let path = folder.join(FILE);
    let json = format!("{:#}\n", without_tests(rules));
    fs::write(&path, json).map_err(|error| Failed::File(path, error))
}

/// Tests are for whoever changes the rules.
fn without_tests(mut file: Value) -> Value {
    for rule in file["rules"].as_array_mut().into_iter().flatten() {
        if let Some(rule) = rule.as_object_mut() {
            rule.shift_remove("tests");
        }
    }
    file
}

/// One document without tags and aliases.
fn from_yaml(text: &str) -> Option<Value> {
    let mut events = Parser::new_from_str(text).map_while(|event| Some(event.ok()?.0));
    let start =
        events.find(|event| !matches!(event, Event::StreamStart | Event::DocumentStart(..)))?;
    value(start, &mut events)
}

fn value<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>) -> Option<Value> {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, ..) => {
            Some(serde_json::from_str(&text).unwrap_or_else(|_| text.into_owned().into()))
        }
        Event::Scalar(text, ..) => Some(text.into_owned().into()),
        Event::SequenceStart(..) => {
            let mut list = Vec::new();
            loop {
                match events.next()? {
                    Event::SequenceEnd => return Some(list.into()),
                    event => list.push(value(event, events)?),
                }
            }
        }
        Event::MappingStart(..) => {
            let mut object = Map::new();
            loop {
                match events.next()? {
                    Event::MappingEnd => return Some(object.into()),
                    Event::Scalar(key, ..) => {
                        let event = events.next()?;
                        object.insert(key.into_owned(), value(event, events)?);
                    }
                    _ => return None,
                }
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn converts_yaml() {
        let yaml =
            "# rules\nrules:\n  - id: a\n    n: 2\n    s: '2'\n    p: {\"b\": [true, null, x y]}\n";
        let json =
            json!({"rules": [{"id": "a", "n": 2, "s": "2", "p": {"b": [true, null, "x y"]}}]});
        assert_eq!(from_yaml(yaml), Some(json));
    }
}
