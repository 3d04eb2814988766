//! Generated correlations, over generated trails.

use std::collections::HashMap;

use fastrand::Rng;
use rsigma_eval::event::JsonEvent;
use rsigma_eval::{CorrelationConfig, CorrelationEngine};
use rsigma_parser::parse_sigma_yaml;
use sekisho::{AttemptStream, Configuration};
use sekisho_attempts::write_time;
use sekisho_import::{Definition, Options, sigma};
use serde_json::{Value, json};

const CORRELATIONS: usize = 100;
const RECORDS: usize = 1_000;
/// 2026-01-01T00:00:00Z, in seconds.
const BEGIN: i64 = 1_767_225_600;

/// The fields that correlations group and count by, with their names in findings.
const FIELDS: [(&str, &str); 4] = [
    ("sourceIPAddress", "source_ip"),
    ("recipientAccountId", "account"),
    ("userIdentity.principalId", "principal_id"),
    ("userIdentity.userName", "user"),
];

struct Correlation {
    yaml: String,
    kind: &'static str,
    timespan_s: i64,
}

/// Two rules, and a correlation of them.
fn correlation(random: &mut Rng) -> Correlation {
    let kind = ["event_count", "value_count", "temporal_ordered"][random.usize(..3)];
    let timespan_s = [60, 300, 900][random.usize(..3)];
    let field = |random: &mut Rng| FIELDS[random.usize(..FIELDS.len())].0;
    let condition = match kind {
        "temporal_ordered" => String::new(),
        "value_count" => format!("    field: {}\n    gte: {}\n", field(random), random.usize(2..4)),
        _ => format!("    gt: {}\n", random.usize(1..6)),
    };
    let condition = match condition.is_empty() {
        true => condition,
        false => format!("  condition:\n{condition}"),
    };
    let group_by = match random.bool() {
        true => format!("  group-by: [{}]\n", field(random)),
        false => "  group-by: [sourceIPAddress, userIdentity.userName]\n".to_owned(),
    };
    let rule = |id: &str, name: &str, event: &str| {
        format!(
            "title: The {name}\nid: {id}\nname: {name}\nlogsource: {{product: aws, service: cloudtrail}}\ndetection:\n  s: {{eventName: {event}}}\n  condition: s\n---\n"
        )
    };
    let yaml = format!(
        "{}{}title: Correlation\ncorrelation:\n  type: {kind}\n  rules: [first, second]\n{group_by}  timespan: {timespan_s}s\n{condition}",
        rule("5c7d1c1e-0000-4000-8000-000000000001", "first", "StopLogging"),
        rule("5c7d1c1e-0000-4000-8000-000000000002", "second", "DeleteTrail"),
    );
    Correlation { yaml, kind, timespan_s }
}

fn time(seconds: i64) -> String {
    let mut text = Vec::new();
    write_time(seconds * 1_000, &mut text);
    String::from_utf8(text).unwrap()
}

/// A record at this time.
fn record(random: &mut Rng, number: usize, seconds: i64) -> Value {
    let person = random.usize(..4);
    let name = ["StopLogging", "DeleteTrail", "GetTrail"][random.usize(..3)];
    let account = ["111122223333", "444455556666"][random.usize(..2)];
    json!({
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": name,
        "eventTime": time(seconds),
        "eventID": format!("event-{number}"),
        "sourceIPAddress": format!("192.0.2.{}", random.usize(1..4)),
        "recipientAccountId": account,
        "userIdentity": {
            "type": "IAMUser",
            "principalId": format!("AIDAEXAMPLE{person}"),
            "userName": format!("user{person}"),
        },
    })
}

/// When a correlation fired, and for which values of its fields.
type Key = Vec<(String, String)>;

/// A finding: its values, when it opened and how long it lasted.
#[derive(Debug)]
struct Finding {
    key: Key,
    first_s: i64,
    opened_s: i64,
    last_s: i64,
}

/// What the engine for Sigma says.
fn fired(correlation: &Correlation, records: &[(i64, Value)]) -> Vec<(Key, i64)> {
    let mut engine = CorrelationEngine::new(CorrelationConfig::default());
    let rules = parse_sigma_yaml(&correlation.yaml).expect(&correlation.yaml);
    engine.add_collection(&rules).expect(&correlation.yaml);
    let mut fired = Vec::new();
    for (seconds, record) in records {
        for result in engine.process_event_at(&JsonEvent::borrow(record), *seconds) {
            let Some(body) = result.as_correlation() else { continue };
            let name = |field: &str| FIELDS.iter().find(|(name, _)| *name == field).unwrap().1;
            let key = body.group_key.iter();
            let mut key: Key =
                key.map(|(field, value)| (name(field).to_owned(), value.clone())).collect();
            key.sort();
            fired.push((key, *seconds));
        }
    }
    fired
}

/// What the imported correlation finds.
fn findings(correlation: &Correlation, records: &[(i64, Value)]) -> Vec<Finding> {
    let imported = sigma(&[&correlation.yaml], &Options::default()).remove(0);
    assert_eq!(imported.refusals, [], "{}", correlation.yaml);
    let rules = imported.rules.iter().map(|rule| match &rule.definition {
        Definition::Pattern(pattern) => {
            json!({"id": rule.id, "severity": rule.severity, "pattern": pattern})
        }
        Definition::Correlation(correlation) => {
            json!({"id": rule.id, "severity": rule.severity, "correlation": correlation})
        }
    });
    let configuration = json!({"findings": "lifecycle", "rules": rules.collect::<Vec<_>>()});
    let configuration = Configuration::parse(configuration.to_string().as_bytes()).unwrap();
    let mut stream = AttemptStream::with_configuration(configuration);
    let mut lines = Vec::new();
    for (_, record) in records {
        let record = record.to_string();
        stream.observe(record.as_bytes(), None).unwrap().write_lines(&mut lines).unwrap();
    }
    stream.flush().write_lines(&mut lines).unwrap();
    let seconds: HashMap<String, i64> =
        records.iter().map(|(seconds, _)| (time(*seconds), *seconds)).collect();
    let mut findings: Vec<Finding> = Vec::new();
    let mut ids: HashMap<String, usize> = HashMap::new();
    for line in String::from_utf8(lines).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        let [first_s, last_s] = ["first_time", "last_time"].map(|name| seconds[&text(name)]);
        if line["state"] == "closed" {
            findings[ids[&text("id")]].last_s = last_s;
            continue;
        }
        let mut key: Key = line["key"]
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
        key.sort();
        ids.insert(text("id"), findings.len());
        findings.push(Finding { key, first_s, opened_s: last_s, last_s });
    }
    findings
}

/// A finding opens when the original fires, and there is one whenever it fires.
#[test]
fn generated_correlations_and_trails() {
    let mut random = Rng::with_seed(5);
    let mut counts = [0; 2];
    for _ in 0..CORRELATIONS {
        let correlation = correlation(&mut random);
        let mut seconds = BEGIN;
        let mut records = Vec::new();
        for number in 0..RECORDS {
            // Now and then nothing happens for longer than any timespan.
            seconds += if random.usize(..50) == 0 { 3_607 } else { random.i64(1..40) };
            records.push((seconds, record(&mut random, number, seconds)));
        }
        let fired = fired(&correlation, &records);
        let findings = findings(&correlation, &records);
        for finding in &findings {
            let opening = (finding.key.clone(), finding.opened_s);
            assert!(fired.contains(&opening), "{}\n{finding:?}\n{fired:?}", correlation.yaml);
        }
        // The original also fires while an ordered sequence is followed by a part of another one, and
        // counts a part that came while a finding was open.
        let after_s =
            if correlation.kind == "temporal_ordered" { 2 * correlation.timespan_s } else { 0 };
        for (key, time_s) in &fired {
            let is_in = |finding: &Finding| {
                finding.key == *key && (finding.first_s..=finding.last_s + after_s).contains(time_s)
            };
            assert!(
                findings.iter().any(is_in),
                "{}\n{key:?} {time_s}\n{findings:?}",
                correlation.yaml
            );
        }
        counts = [counts[0] + findings.len(), counts[1] + fired.len()];
    }
    let [findings, fired] = counts;
    println!(
        "{CORRELATIONS} correlations of {RECORDS} records: {findings} findings, fired {fired} times"
    );
    assert!(findings > 1_000, "{counts:?}");
}
