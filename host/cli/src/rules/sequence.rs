//! The events of a test, which come one after the other.

use sekisho_attempts::{Time, parse_time, write_time};
use serde_json::{Map, Value};

use crate::duration::parse_seconds;

/// The first event of a test happens then, if it does not say: 2025-01-01T00:00:00Z.
const START: Time = 1_735_689_600_000;

const SECOND: Time = 1000;

/// A test has at most so many events.
const EVENTS_MAX: usize = 10_000;

/// Copies lie at most so far apart: 30 days.
const EVERY_MAX_SECONDS: u32 = 30 * 86_400;

/// Events in the making.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    events: Vec<String>,
    /// When the last one happened.
    time: Option<Time>,
}

impl Sequence {
    /// Adds an event. If it has no `eventTime`, it comes a second after the one before; if it has no
    /// `eventID`, it gets one.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub(super) fn add(&mut self, mut event: Map<String, Value>) -> Result<(), String> {
        if self.events.len() == EVENTS_MAX {
            return Err(format!("more than {EVENTS_MAX} events in a test"));
        }
        let record = record(&mut event);
        let next = self.time.map_or(START, |time| time + SECOND);
        match record.contains_key("eventTime") {
            true => self.time = time(record).or(self.time),
            false => self.set_time(record, next),
        }
        if !record.contains_key("eventID") {
            let id = format!("00000000-0000-4000-8000-{:012}", self.events.len() + 1);
            record.insert("eventID".to_owned(), id.into());
        }
        self.events.push(Value::Object(event).to_string());
        Ok(())
    }

    /// Adds copies of an event: each later than the one before, with an `eventID` of its own, and
    /// with its number in place of `{n}`.
    ///
    /// # Errors
    /// What is wrong, in a sentence.
    pub(super) fn add_copies(
        &mut self,
        event: &Map<String, Value>,
        times: u32,
        every: Option<&str>,
    ) -> Result<(), String> {
        let every = every.map_or(Ok(1), |every| parse_seconds(every, 0..=EVERY_MAX_SECONDS))?;
        if times == 0 {
            return Err("expected at least 1 as `times`".to_owned());
        }
        for number in 1..=times {
            let mut copy = Value::Object(event.clone());
            replace_number(&mut copy, &number.to_string());
            let Value::Object(mut copy) = copy else { continue };
            let record = record(&mut copy);
            record.shift_remove("eventID");
            if let Some(before) = self.time.filter(|_| number > 1) {
                self.set_time(record, before + Time::from(every) * SECOND);
            }
            self.add(copy)?;
        }
        Ok(())
    }

    /// The events, each as JSON.
    pub(super) fn into_events(self) -> Vec<String> {
        self.events
    }

    fn set_time(&mut self, record: &mut Map<String, Value>, time: Time) {
        let mut text = Vec::new();
        write_time(time, &mut text);
        record.insert("eventTime".to_owned(), String::from_utf8_lossy(&text).into());
        self.time = Some(time);
    }
}

/// The CloudTrail record in an event.
fn record(event: &mut Map<String, Value>) -> &mut Map<String, Value> {
    match event.get("detail") {
        Some(Value::Object(_)) => event["detail"].as_object_mut().expect("it is an object"),
        _ => event,
    }
}

fn time(record: &Map<String, Value>) -> Option<Time> {
    parse_time(record.get("eventTime")?.as_str()?.as_bytes())
}

fn replace_number(value: &mut Value, number: &str) {
    match value {
        Value::String(text) => *text = text.replace("{n}", number),
        Value::Array(elements) => {
            elements.iter_mut().for_each(|element| replace_number(element, number));
        }
        Value::Object(members) => {
            members.values_mut().for_each(|member| replace_number(member, number));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    fn events(sequence: Sequence) -> Vec<Value> {
        let events = sequence.into_events();
        events.iter().map(|event| serde_json::from_str(event).unwrap()).collect()
    }

    #[test]
    fn what_is_missing_is_made() {
        let mut sequence = Sequence::default();
        for event in [
            json!({}),
            json!({"eventID": "a", "eventTime": "2025-03-29T11:10:09Z", "eventName": "{n}"}),
            json!({"detail": {}}),
            json!({"eventTime": "yesterday"}),
            json!({"detail": "text"}),
        ] {
            sequence.add(object(event)).unwrap();
        }
        let id = |number| format!("00000000-0000-4000-8000-{number:012}");
        assert_eq!(
            events(sequence),
            [
                json!({"eventTime": "2025-01-01T00:00:00Z", "eventID": id(1)}),
                json!({"eventID": "a", "eventTime": "2025-03-29T11:10:09Z", "eventName": "{n}"}),
                json!({"detail": {"eventTime": "2025-03-29T11:10:10Z", "eventID": id(3)}}),
                json!({"eventTime": "yesterday", "eventID": id(4)}),
                json!({"detail": "text", "eventTime": "2025-03-29T11:10:11Z", "eventID": id(5)}),
            ]
        );
    }

    #[test]
    fn copies_differ() {
        let mut sequence = Sequence::default();
        let event = object(json!({"eventID": "a", "who": [{"user": "u{n}-{n}"}], "n": 1}));
        sequence.add_copies(&event, 2, None).unwrap();
        let detail = object(json!({"detail": {"eventTime": "2025-01-02T00:00:00Z"}}));
        sequence.add_copies(&detail, 2, Some("2h")).unwrap();
        sequence.add(Map::new()).unwrap();
        let found = events(sequence);
        let get = |pointer: &str| -> Vec<_> {
            found.iter().filter_map(|event| event.pointer(pointer)?.as_str()).collect()
        };
        assert_eq!(get("/who/0/user"), ["u1-1", "u2-2"]);
        assert_eq!(
            get("/eventTime"),
            ["2025-01-01T00:00:00Z", "2025-01-01T00:00:01Z", "2025-01-02T02:00:01Z"]
        );
        assert_eq!(get("/detail/eventTime"), ["2025-01-02T00:00:00Z", "2025-01-02T02:00:00Z"]);
        let mut ids: Vec<_> = [get("/eventID"), get("/detail/eventID")].concat();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }

    #[test]
    fn what_is_refused() {
        let mut sequence = Sequence::default();
        assert!(sequence.add_copies(&Map::new(), 0, None).is_err());
        assert!(sequence.add_copies(&Map::new(), 1, Some("soon")).is_err());
        assert!(sequence.add_copies(&Map::new(), 10_000, Some("0s")).is_ok());
        assert!(sequence.add(Map::new()).is_err());
    }
}
