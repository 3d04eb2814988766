//! The properties of random streams that the tests over them rely on.

use std::collections::{BTreeMap, HashMap};

use fastrand::Rng;
use jiff::Timestamp;
use sekisho_oracle::generate::{long_streams, rearranged, rules, streams};
use sekisho_oracle::{AttemptSettings, attempts, lines_with_rules};
use serde_json::Value;

/// The number of random streams in each test.
const STREAMS: usize = 2_000;

fn lines(stream: &[Value]) -> Vec<Value> {
    attempts(stream, AttemptSettings::default())
}

fn time(record: &Value) -> Timestamp {
    record["eventTime"].as_str().expect("a time").parse().expect("a readable time")
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
fn a_seed_determines_the_streams() {
    let first = |seed| streams(seed).take(20).collect::<Vec<_>>();
    assert_eq!(first(1), first(1));
    assert_ne!(first(1), first(2));
}

#[test]
fn no_record_is_late_and_many_are_almost() {
    let mut just_in_time = 0;
    for stream in streams(2).take(STREAMS) {
        assert!((5..=60).contains(&stream.len()), "{} records", stream.len());
        let times: Vec<i64> = stream.iter().map(|record| time(record).as_millisecond()).collect();
        let lateness_ms = |index: usize| times[..=index].iter().max().unwrap() - times[index];
        let greatest_ms = (0..times.len()).map(lateness_ms).max().unwrap();
        assert!(greatest_ms <= 600_000, "{greatest_ms} ms late: {stream:#?}");
        just_in_time += usize::from(greatest_ms == 600_000);
    }
    assert!(just_in_time > STREAMS / 10, "{just_in_time} of {STREAMS}");
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

/// Agreement on the streams means something only if no kind of attempt is rare.
#[test]
fn no_value_is_rare() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut count = |value: String| *counts.entry(value).or_default() += 1;
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
    // All values except `federated_user`, `web_identity` and `aws_account`, and the numbers 0 to 5.
    assert_eq!(counts.len(), 4 + 10 + 9 + 5 + 3 + 3 + 6 + 6, "{counts:#?}");
}

#[test]
fn findings_do_not_depend_on_the_order_of_arrival() {
    let settings = AttemptSettings::default();
    for (seed, stream) in (0..).zip(long_streams(5).take(STREAMS / 20)) {
        let expected = lines_with_rules(&stream, settings, &rules());
        let other = lines_with_rules(&rearranged(&stream, seed), settings, &rules());
        assert_eq!(other, expected, "{stream:#?}");
    }
}

/// Each rule opens findings and extends them; they close for each reason; and without a lifecycle
/// the same findings open.
#[test]
fn no_way_of_a_finding_is_rare() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let settings = AttemptSettings::default();
    let mut single = rules();
    single["findings"] = "single".into();
    for stream in long_streams(6).take(STREAMS / 10) {
        let lines = lines_with_rules(&stream, settings, &rules());
        let last_attempt = lines.iter().rposition(|line| line["type"] == "attempt").unwrap_or(0);
        let mut opened: Vec<&Value> = Vec::new();
        for (place, line) in lines.iter().enumerate().filter(|(_, line)| line["state"].is_string())
        {
            if line["state"] == "opened" {
                opened.push(line);
                continue;
            }
            let is_same = |opened: &&Value| {
                ["rule", "key", "first_time"].iter().all(|key| opened[key] == line[key])
            };
            let before = opened.remove(opened.iter().position(is_same).expect("it opened"));
            let lasted = seconds(&line["last_time"]) - seconds(&before["last_time"]);
            let slow = if line["rule"].as_str().unwrap().ends_with("slow") { 43_200 } else { 0 };
            let cause = if place > last_attempt {
                "at the end"
            } else if lasted + slow > 86_400 {
                "after a day"
            } else {
                "by silence"
            };
            let is_extended = line["matches"].as_u64() > before["count"].as_u64();
            *counts.entry(format!("closed {cause}")).or_default() += 1;
            let extended = if is_extended { "extended" } else { "as it opened" };
            *counts.entry(format!("{} {extended}", line["rule"])).or_default() += 1;
        }
        assert_eq!(opened, [] as [&Value; 0], "all findings close");
        let is_open = |line: &&Value| line["type"] == "finding" && line["state"] != "closed";
        let rest = |line: &Value| (line["rule"].clone(), line["events"].clone());
        let expected: Vec<_> = lines.iter().filter(is_open).map(rest).collect();
        let lines = lines_with_rules(&stream, settings, &single);
        let found: Vec<_> = lines.iter().filter(is_open).map(rest).collect();
        assert_eq!(found, expected);
    }
    counts.retain(|way, _| !way.ends_with("slow\" as it opened"));
    assert_eq!(counts.len(), 3 + 6 + 3, "{counts:#?}");
    assert!(counts.values().all(|count| *count > STREAMS / 100), "{counts:#?}");
}

fn seconds(time: &Value) -> i64 {
    time.as_str().unwrap().parse::<Timestamp>().unwrap().as_second()
}
