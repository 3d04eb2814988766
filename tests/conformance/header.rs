//! A record that its header rules out is one that all of it rules out.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::host::{Answer, Export, Host};
use crate::hosts::Native;

/// Whatever patterns ask for: the header gives the answer that is given where it is not looked at,
/// behind white space.
#[test]
fn a_header_rules_out_no_match() {
    let mut random = Rng::with_seed(21);
    let records: Vec<String> = sekisho_generator::mixed_records(21)
        .take(400)
        .chain(sekisho_generator::signin_records(21).take(100))
        .map(|record| record.json)
        .collect();
    let mut engine = Native::default();
    let (mut matched, mut unmatched) = (0, 0);
    for _ in 0..100 {
        let few = random.usize(1..6);
        let rules: Vec<Value> = (0..few).map(|id| rule(&records, id, &mut random)).collect();
        let configuration = json!({ "rules": rules }).to_string();
        let configured = engine.call(Export::Configure, configuration.as_bytes());
        assert_eq!(configured, Answer::number(0), "{configuration}");
        for record in &records {
            let answer = engine.call(Export::Process, record.as_bytes());
            let of_whole = engine.call(Export::Process, format!(" {record}").as_bytes());
            assert_eq!(answer, of_whole, "{configuration}: {record}");
            let is_signin = record.contains("\"signin.amazonaws.com\"");
            matched += usize::from(!is_signin && answer.n > 0);
            unmatched += usize::from(!is_signin && answer.n == 0);
        }
    }
    assert!(matched > 1000 && unmatched > 10_000, "{matched} matched, {unmatched} did not");
}

/// A rule that asks for a field or two of some record, by its fields as they are or by the event
/// that EventBridge makes of it.
fn rule(records: &[String], id: usize, random: &mut Rng) -> Value {
    let record: Value = serde_json::from_str(random.choice(records).expect("records")).unwrap();
    let mut fields = Map::new();
    for _ in 0..random.usize(1..4) {
        ask(&record, &mut fields, random);
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

/// Adds what a field of an object asks for: mostly one that a header has.
fn ask(object: &Value, pattern: &mut Map<String, Value>, random: &mut Rng) {
    const HEADER: [&str; 3] = ["eventName", "eventSource", "userIdentity"];
    let fields = object.as_object().expect("an object");
    let mut key = random.choice(fields.keys()).map(String::as_str);
    for of_header in HEADER {
        if random.bool() && fields.contains_key(of_header) {
            key = Some(of_header);
        }
    }
    let Some(key) = key else { return };
    match &fields[key] {
        below @ Value::Object(_) => {
            let inner = pattern.entry(key).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                ask(below, inner, random);
            }
            // Nothing to ask for.
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

/// What may hold for a text, or may not.
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

/// What a record says in the place of its verdict is not its verdict.
#[test]
fn a_verdict_is_no_record_s_own_word() {
    let mut engine = Native::default();
    let rules = r#"{"rules":[{"id":"own","pattern":{"signin":{"outcome":["success"]}}}]}"#;
    assert_eq!(engine.call(Export::Configure, rules.as_bytes()), Answer::number(0));
    for said in [r#""signin":{"outcome":"success"}"#, r#""signin.outcome":"success""#] {
        let record = format!(r#"{{{said},"eventSource":"s3.amazonaws.com","eventName":"x"}}"#);
        assert_eq!(engine.call(Export::Process, record.as_bytes()), Answer::number(0));
        let failure = r#""eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
            "responseElements":{"ConsoleLogin":"Failure"}"#;
        let answer = engine.call(Export::Process, format!("{{{said},{failure}}}").as_bytes());
        assert!(answer.output.ends_with(br#","rules":[]}"#), "{answer:?}");
    }
}
