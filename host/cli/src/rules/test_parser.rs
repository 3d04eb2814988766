//! Parses the tests of rules.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::document::Document;
use super::file;
use super::rule::{Definition, Test, TestInput, TestResult};
use super::test_events::TestEvents;

/// Parses a test of a rule with this definition. Errors are reported to the document.
pub(super) fn parse_test<'a>(
    document: &mut Document<'a>,
    part: &'a str,
    definition: &Definition,
) -> Option<Test> {
    let file::Test { name, event, events, matches, findings } = document.object(part)?;
    let (input, expected) = match (definition, event, events, matches, findings) {
        (Definition::Record(_), Some(event), None, Some(matches), None) => {
            (event, TestResult::Match(matches))
        }
        (
            Definition::Attempt(_) | Definition::Correlation(_),
            None,
            Some(events),
            Some(matches),
            None,
        ) => (events, TestResult::Match(matches)),
        (Definition::Correlation(_), None, Some(events), None, Some(findings)) => {
            (events, TestResult::Findings(findings))
        }
        _ => {
            document.error(part, expected_fields(definition));
            return None;
        }
    };
    let location = document.location(input.get());
    let input = match definition {
        Definition::Record(_) => {
            if !input.get().starts_with('{') {
                document.error(input.get(), "expected an object as `event`");
            }
            TestInput::Event(input.to_owned())
        }
        Definition::Attempt(_) | Definition::Correlation(_) => {
            TestInput::Events(parse_events(document, input.get()))
        }
    };
    Some(Test { name, input, expected, location })
}

fn expected_fields(definition: &Definition) -> &'static str {
    match definition {
        Definition::Record(_) => "expected `event` and `match` in a test of a pattern for records",
        Definition::Attempt(_) => {
            "expected `events` and `match` in a test of a pattern for attempts"
        }
        Definition::Correlation(_) => {
            "expected `events`, and `findings` or `match`, in a test of a correlation"
        }
    }
}

/// Parses the events of a test, and makes their copies. Each event is returned as JSON.
fn parse_events<'a>(document: &mut Document<'a>, part: &'a str) -> Vec<String> {
    let mut events = TestEvents::default();
    let Some(elements) = document.value::<Vec<&RawValue>>(part) else { return Vec::new() };
    if elements.is_empty() {
        document.error(part, "expected at least one event, found none");
    }
    for element in elements {
        if let Err(message) = parse_element(document, element.get(), &mut events) {
            document.error(element.get(), message);
        }
    }
    events.into_json()
}

fn parse_element<'a>(
    document: &mut Document<'a>,
    part: &'a str,
    events: &mut TestEvents,
) -> Result<(), String> {
    let Some(event) = document.object::<Map<String, Value>>(part) else { return Ok(()) };
    if !event.contains_key("times") && !event.contains_key("every") {
        return events.add(event);
    }
    match document.object::<file::Copies>(part) {
        Some(file::Copies { times, every, event }) => {
            events.add_copies(&event, times, every.as_deref())
        }
        None => Ok(()),
    }
}
