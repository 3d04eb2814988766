//! The header of a record decides only what the whole record would decide.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::host::{CallResult, Export, Host};
use crate::hosts::Native;

/// Leading white space disables the decision by header, and must not change the result of any rule.
#[test]
fn deciding_by_header_changes_no_result() {
    let mut random = Rng::with_seed(21);
    let records: Vec<String> = sekisho_generator::mixed_records(21)
        .take(400)
        .chain(sekisho_generator::signin_records(21).take(100))
        .map(|record| record.json)
        .collect();
    let mut engine = Native::default();
    let (mut matched, mut unmatched) = (0, 0);
    for _ in 0..100 {
        let count = random.usize(1..6);
        let rules: Vec<Value> = (0..count).map(|id| rule(&records, id, &mut random)).collect();
        let configuration = json!({ "rules": rules }).to_string();
        let configured = engine.call(Export::Configure, configuration.as_bytes());
        assert_eq!(configured, CallResult::status(0), "{configuration}");
        for record in &records {
            let result = engine.call(Export::Process, record.as_bytes());
            let full = engine.call(Export::Process, format!(" {record}").as_bytes());
            assert_eq!(result, full, "{configuration}: {record}");
            let is_signin = record.contains("\"signin.amazonaws.com\"");
            matched += usize::from(!is_signin && result.n > 0);
            unmatched += usize::from(!is_signin && result.n == 0);
        }
    }
    assert!(matched > 1000 && unmatched > 10_000, "{matched} matched, {unmatched} did not");
}

/// A foreign service before the record's own counts only if its key and name are written without
/// escapes. CloudTrail writes none, so these are no rows: whether such a record is read depends on the
/// rules.
#[test]
fn only_a_plain_first_source_decides() {
    let mut engine = Native::default();
    let own = r#""eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#;
    for (before, is_skipped) in [
        (r#""a":{"eventSource":"s3.amazonaws.com"}"#, true),
        (r#""userIdentity":{"eventSource": "s3.amazonaws.com"}"#, true),
        (r#"01,{not JSON "eventSource" : "s3.amazonaws.com""#, true),
        (r#""a":{"eventSource":"s\u0033.amazonaws.com"}"#, false),
        (r#""a":{"event\u0053ource":"s3.amazonaws.com"}"#, false),
        (r#""a":"\"eventSource\":\"s3.amazonaws.com\"""#, false),
        (r#""a":["eventSource","s3.amazonaws.com"]"#, false),
        (r#""a":{"eventSource":"sso.amazonaws.com"}"#, false),
    ] {
        let record = format!(r#"{{"eventVersion":"1.11",{before},{own}"#);
        let result = engine.call(Export::Process, record.as_bytes());
        assert_eq!(result.n == 0, is_skipped, "{record}: {result:?}");
        let expected = sekisho_oracle::process(record.as_bytes()).expect("a record");
        assert_eq!(expected.is_none(), is_skipped, "{record}");
    }
}

/// A key of userIdentity may be written with an escape, and need not be the first that has its name.
#[test]
fn a_rule_on_the_identity_sees_every_spelling() {
    let mut engine = Native::default();
    let rest =
        r#""eventTime":"2026-02-02T09:04:50Z","eventSource":"s3.amazonaws.com","eventName":"x"}"#;
    for (key, identity, matches) in [
        ("userName", r#"{"userName":"anaya"}"#, true),
        ("userName", r#"{"userName":"mateo"}"#, false),
        ("userName", r#"{"a":{"userName":"mateo"},"userName":"anaya"}"#, true),
        ("userName", r#"{"a":{"userName":"anaya"}}"#, false),
        ("userName", r#"{"user\u004eame":"anaya"}"#, true),
        ("userName", r#"{"arn":"a\/b","userName":"an\u0061ya"}"#, true),
        ("userName", r#"{"arn":"a\/b","userName":"mateo"}"#, false),
        ("userName", r#"{"userName" : "anaya"}"#, true),
        ("userName", r#"{"userName":["mateo","anaya"]}"#, true),
        ("userName", r#"[{"userName":"anaya"}]"#, true),
        ("a/b", r#"{"a\/b":"anaya"}"#, true),
        ("é", r#"{"é":"anaya"}"#, true),
        ("", r#"{"":"anaya"}"#, true),
        ("x", r#"{"x":"anaya"}"#, true),
    ] {
        let pattern = json!({ "userIdentity": { key: ["anaya"] } });
        let rules = json!({ "rules": [{ "id": "user", "pattern": pattern }] }).to_string();
        assert_eq!(engine.call(Export::Configure, rules.as_bytes()), CallResult::status(0));
        let record = format!(r#"{{"eventVersion":"1.11","userIdentity":{identity},{rest}"#);
        let result = engine.call(Export::Process, record.as_bytes());
        assert_eq!(result.n > 0, matches, "{record}: {result:?}");
    }
}

/// A rule with conditions on a few fields of a random record, or of the EventBridge event for it.
fn rule(records: &[String], id: usize, random: &mut Rng) -> Value {
    let record: Value = serde_json::from_str(random.choice(records).expect("records")).unwrap();
    let mut fields = Map::new();
    for _ in 0..random.usize(1..4) {
        add_condition(&record, &mut fields, random);
    }
    let mut pattern = Map::new();
    if random.bool() {
        let service = record["eventSource"].as_str().and_then(|source| source.split('.').next());
        if let Some(service) = service.filter(|_| random.bool()) {
            pattern.insert("source".into(), json!([format!("aws.{service}")]));
        }
        pattern.insert("detail".into(), fields.into());
    } else {
        pattern = fields;
    }
    if random.u8(..8) == 0 {
        pattern.insert("signin".into(), json!({ "outcome": ["failure", "success"] }));
    }
    json!({ "id": id.to_string(), "pattern": pattern })
}

/// Adds a condition on a field of an object; fields of the header are preferred.
fn add_condition(object: &Value, pattern: &mut Map<String, Value>, random: &mut Rng) {
    const HEADER: [&str; 3] = ["eventName", "eventSource", "userIdentity"];
    let fields = object.as_object().expect("an object");
    let mut key = random.choice(fields.keys()).map(String::as_str);
    for name in HEADER {
        if random.bool() && fields.contains_key(name) {
            key = Some(name);
        }
    }
    let Some(key) = key else { return };
    match &fields[key] {
        below @ Value::Object(_) => {
            let inner = pattern.entry(key).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                add_condition(below, inner, random);
            }
            // The object is empty.
            if pattern[key].as_object().is_some_and(Map::is_empty) {
                pattern[key] = json!([{ "exists": true }]);
            }
        }
        Value::String(text) => {
            pattern.insert(key.into(), json!([condition(text, random)]));
        }
        _ => {
            pattern.insert(key.into(), json!([{ "exists": random.bool() }]));
        }
    }
}

/// A condition that may or may not match a text.
fn condition(text: &str, random: &mut Rng) -> Value {
    let middle = text.chars().count() / 2;
    let (start, end): (String, String) =
        (text.chars().take(middle).collect(), text.chars().skip(middle).collect());
    match random.u8(..9) {
        0 => json!({ "prefix": start }),
        1 => json!({ "suffix": end }),
        2 => json!({ "anything-but": [text] }),
        3 => json!({ "exists": true }),
        4 => json!({ "exists": false }),
        5 => json!({ "equals-ignore-case": text.to_uppercase() }),
        6 => json!({ "wildcard": format!("{}*", start.replace(['*', '\\'], "")) }),
        7 => json!({ "cidr": "10.0.0.0/8" }),
        _ => json!(text),
    }
}

/// A record must not be able to supply its own verdict.
#[test]
fn a_field_in_the_record_is_not_its_verdict() {
    let mut engine = Native::default();
    let rules = r#"{"rules":[{"id":"own","pattern":{"signin":{"outcome":["success"]}}}]}"#;
    assert_eq!(engine.call(Export::Configure, rules.as_bytes()), CallResult::status(0));
    for forged in [r#""signin":{"outcome":"success"}"#, r#""signin.outcome":"success""#] {
        let record = format!(r#"{{{forged},"eventSource":"s3.amazonaws.com","eventName":"x"}}"#);
        assert_eq!(engine.call(Export::Process, record.as_bytes()), CallResult::status(0));
        let failure = r#""eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
            "responseElements":{"ConsoleLogin":"Failure"}"#;
        let result = engine.call(Export::Process, format!("{{{forged},{failure}}}").as_bytes());
        assert!(result.output.ends_with(br#","rules":[]}"#), "{result:?}");
    }
}
