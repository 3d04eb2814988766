//! The rows against the oracle, and what the streams are that are judged by it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use fastrand::Rng;
use jiff::Timestamp;
use sekisho_sequences::{Row, Settings, attempts, rows, streams};
use serde_json::Value;

/// How many random streams a test looks at.
const STREAMS: usize = 2_000;

fn lines(stream: &[Value]) -> Vec<Value> {
    attempts(stream, Settings::default())
}

fn time(record: &Value) -> Timestamp {
    record["eventTime"].as_str().expect("a time").parse().expect("a readable time")
}

fn all_rows() -> Vec<Row> {
    rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/sequences"))
}

/// The furthest that a record is behind the latest one before it, in milliseconds.
fn furthest_behind(records: &[Value]) -> i64 {
    let times: Vec<i64> = records.iter().map(|record| time(record).as_millisecond()).collect();
    let behind = |at: usize| times[..at].iter().max().map_or(0, |latest| latest - times[at]);
    (0..times.len()).map(behind).max().unwrap_or(0)
}

/// One line a value: their text says the order of the keys too.
fn written(lines: &[Value]) -> String {
    lines.iter().map(|line| format!("    {line}\n")).collect()
}

#[test]
fn every_row_has_the_attempts_it_says() {
    let rows = all_rows();
    let wrong: Vec<String> = rows
        .iter()
        .map(|row| (row, written(&attempts(&row.records, row.settings))))
        .filter(|(row, found)| written(&row.attempts) != *found)
        .map(|(row, found)| {
            let Row { name, file, line, attempts, .. } = row;
            format!("{file}:{line} {name}\n  row\n{}  oracle\n{found}", written(attempts))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(!rows.is_empty(), "rows expected");
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = HashMap::new();
    for Row { name, file, line, .. } in all_rows() {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!name.is_empty() && name.chars().all(kebab), "{file}:{line} {name}");
        if let Some(first) = seen.insert(name.clone(), format!("{file}:{line}")) {
            panic!("{name} is at {first} and at {file}:{line}");
        }
    }
}

#[test]
fn no_record_of_a_row_is_late() {
    for Row { name, records, settings, .. } in all_rows() {
        let behind_ms = furthest_behind(&records);
        assert!(behind_ms <= i64::from(settings.lateness_seconds) * 1000, "{name}: {behind_ms}");
    }
}

#[test]
fn the_order_of_arrival_does_not_matter() {
    let mut random = Rng::with_seed(1);
    for mut stream in streams(1).take(STREAMS) {
        let expected = lines(&stream);
        random.shuffle(&mut stream);
        assert_eq!(lines(&stream), expected, "{stream:#?}");
    }
}

#[test]
fn a_seed_gives_its_streams() {
    let first = |seed| streams(seed).take(20).collect::<Vec<_>>();
    assert_eq!(first(1), first(1));
    assert_ne!(first(1), first(2));
}

#[test]
fn no_record_of_a_stream_is_late_and_some_nearly_are() {
    let mut as_late_as_allowed = 0;
    for stream in streams(2).take(STREAMS) {
        assert!((5..=60).contains(&stream.len()), "{} records", stream.len());
        let behind_ms = furthest_behind(&stream);
        assert!(behind_ms <= 600_000, "{behind_ms} ms behind: {stream:#?}");
        as_late_as_allowed += usize::from(behind_ms == 600_000);
    }
    assert!(as_late_as_allowed > STREAMS / 10, "{as_late_as_allowed} of {STREAMS}");
}

#[test]
fn only_duplicates_share_an_event_id_and_no_second_has_two_without() {
    for stream in streams(3).take(STREAMS) {
        let mut known: HashMap<(Option<&str>, Option<i64>), &Value> = HashMap::new();
        for record in &stream {
            let event_id = record["eventID"].as_str();
            let second = event_id.is_none().then(|| time(record).as_second());
            if let Some(other) = known.insert((event_id, second), record) {
                assert!(event_id.is_some() && other == record, "{other}\n{record}");
            }
        }
    }
}

/// So agreement on the streams means something.
#[test]
fn nothing_is_rare() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |what: String| *counts.entry(what).or_default() += 1;
    for line in streams(4).take(STREAMS / 5).flat_map(|stream| lines(&stream)) {
        for key in ["outcome", "reason", "principal", "mfa", "user_exists", "flags"] {
            count(format!("{key} {}", line[key]));
        }
        let events = line["events"].as_array().expect("eventIDs").len().min(5);
        count(format!("events {events}"));
        let failures_before = line["failures_before"].as_u64().expect("a number").min(5);
        count(format!("failures_before {failures_before}"));
    }
    assert!(counts.values().all(|&count| count > STREAMS / 50), "{counts:#?}");
    // All values but `federated_user`, `web_identity` and `aws_account`, and 0 to 5 of what is
    // counted.
    assert_eq!(counts.len(), 4 + 8 + 8 + 5 + 3 + 3 + 6 + 6, "{counts:#?}");
}
