//! Converts YAML to JSON. The tests in `tests/conformance` compile this file, too.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// The JSON of one document. `None` if it is malformed or has tags or aliases.
pub(crate) fn to_json(text: &str) -> Option<Value> {
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
        assert_eq!(to_json(yaml), Some(json));
    }
}
