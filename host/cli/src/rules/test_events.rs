//! The events of a test, in order.

use sekisho_attempts::{Time, parse_time, write_time};
use serde_json::{Map, Value};

use crate::duration::parse_seconds;

/// The time of the first event if it has none: 2025-01-01T00:00:00Z.
const START: Time = 1_735_689_600_000;

const SECOND: Time = 1000;

/// The maximum number of events in a test.
const MAX_EVENTS: usize = 10_000;

/// The maximum time between copies: 30 days.
const MAX_EVERY_SECONDS: u32 = 30 * 86_400;

/// Builds the events of a test.
#[derive(Debug, Default)]
pub(super) struct TestEvents {
    events: Vec<String>,
    /// The time of the last event.
    time: Option<Time>,
}

impl TestEvents {
    /// Adds an event. Without `eventTime`, it is one second after the previous event; without
    /// `eventID`, it gets one.
    ///
    /// # Errors
    /// A message, if there are too many events.
    pub(super) fn add(&mut self, mut event: Map<String, Value>) -> Result<(), String> {
        if self.events.len() == MAX_EVENTS {
            return Err(format!("expected at most {MAX_EVENTS} events in a test, found more"));
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

    /// Adds copies of an event, with the time `every` between them, such as `30s`. Each copy has a
    /// unique `eventID`, and its number, from 1, in place of `{n}` in strings.
    ///
    /// # Errors
    /// A message, if `times` or `every` is out of range, or there are too many events.
    pub(super) fn add_copies(
        &mut self,
        event: &Map<String, Value>,
        times: u32,
        every: Option<&str>,
    ) -> Result<(), String> {
        let every = every.map_or(Ok(1), |every| parse_seconds(every, 0..=MAX_EVERY_SECONDS))?;
        if times == 0 {
            return Err("expected at least 1 as `times`, found 0".to_owned());
        }
        for number in 1..=times {
            let mut copy = Value::Object(event.clone());
            replace_number(&mut copy, &number.to_string());
            let Value::Object(mut copy) = copy else { continue };
            let record = record(&mut copy);
            record.shift_remove("eventID");
            if let Some(previous) = self.time.filter(|_| number > 1) {
                self.set_time(record, previous + Time::from(every) * SECOND);
            }
            self.add(copy)?;
        }
        Ok(())
    }

    /// The events, each as JSON.
    pub(super) fn into_json(self) -> Vec<String> {
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
        Some(Value::Object(_)) => event["detail"].as_object_mut().expect("matched as an object"),
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

    fn events(builder: TestEvents) -> Vec<Value> {
        let events = builder.into_json();
        events.iter().map(|event| serde_json::from_str(event).unwrap()).collect()
    }

    #[test]
    fn adds_missing_times_and_ids() {
        let mut builder = TestEvents::default();
        for event in [
            json!({}),
            json!({"eventID": "a", "eventTime": "2025-03-29T11:10:09Z", "eventName": "{n}"}),
            json!({"detail": {}}),
            json!({"eventTime": "yesterday"}),
            json!({"detail": "text"}),
        ] {
            builder.add(object(event)).unwrap();
        }
        let id = |number| format!("00000000-0000-4000-8000-{number:012}");
        assert_eq!(
            events(builder),
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
    fn copies_have_different_ids_and_times() {
        let mut builder = TestEvents::default();
        let event = object(json!({"eventID": "a", "who": [{"user": "u{n}-{n}"}], "n": 1}));
        builder.add_copies(&event, 2, None).unwrap();
        let detail = object(json!({"detail": {"eventTime": "2025-01-02T00:00:00Z"}}));
        builder.add_copies(&detail, 2, Some("2h")).unwrap();
        builder.add(Map::new()).unwrap();
        let found = events(builder);
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
    fn rejects_values_out_of_range() {
        let mut builder = TestEvents::default();
        assert!(builder.add_copies(&Map::new(), 0, None).is_err());
        assert!(builder.add_copies(&Map::new(), 1, Some("soon")).is_err());
        assert!(builder.add_copies(&Map::new(), 10_000, Some("0s")).is_ok());
        assert!(builder.add(Map::new()).is_err());
    }
}
