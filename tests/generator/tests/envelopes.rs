//! Every envelope is JSON and contains its record.

use sekisho_generator::envelope::{self, ENVELOPES};
use sekisho_generator::{Record, mixed_records, signin_records};
use serde_json::{Value, json};

fn records() -> impl Iterator<Item = Record> {
    signin_records(1).take(250).chain(mixed_records(1).take(250))
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The value at `pointer`, parsed once more if it is text.
fn value_at(envelope: &Value, pointer: &str) -> Value {
    match envelope.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {envelope}")) {
        Value::String(text) => parse(text),
        value => value.clone(),
    }
}

#[test]
fn every_envelope_contains_its_record() {
    let pointers = [
        ("bare", ""),
        ("event_bridge", "/detail"),
        ("records_file", "/Records/0"),
        ("subscription", "/logEvents/0/message"),
        ("message", "/message"),
        ("log", "/log"),
        ("sns_message", "/Message"),
        ("lookup_event", "/CloudTrailEvent"),
        ("event_original", "/event/original"),
        ("event_original_dotted", "/event.original"),
    ];
    for record in records() {
        let event = parse(&record.json);
        for (name, wrap) in ENVELOPES.into_iter().filter(|(name, _)| *name != "text_parts") {
            let (_, pointer) = pointers.into_iter().find(|(known, _)| *known == name).unwrap();
            assert_eq!(value_at(&parse(&wrap(&record.json)), pointer), event, "{name}");
        }
    }
}

#[test]
fn text_parts_are_the_same_as_text() {
    let mut texts = 0;
    for record in records() {
        let event = parse(&record.json);
        let mut rewritten = parse(&envelope::text_parts(&record.json));
        for key in ["responseElements", "additionalEventData", "serviceEventDetails"] {
            if let Some(part) = rewritten.get_mut(key) {
                assert!(!part.is_object());
                if let Some(text) = part.as_str() {
                    *part = parse(text);
                    texts += 1;
                }
            }
        }
        assert_eq!(rewritten, event);
    }
    assert!(texts > 250);
}

#[test]
fn an_eventbridge_event_has_the_fields_of_the_record() {
    let record = json!({
        "eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn", "eventID": "e-1",
        "recipientAccountId": "111122223333", "awsRegion": "eu-west-1",
        "eventTime": "2025-09-15T07:42:00Z",
    });
    let event = parse(&envelope::event_bridge(&record.to_string()));
    let expected = json!({
        "version": "0", "id": "e-1", "detail-type": "AWS Console Sign In via CloudTrail",
        "source": "aws.signin", "account": "111122223333", "time": "2025-09-15T07:42:00Z",
        "region": "eu-west-1", "resources": [], "detail": record,
    });
    assert_eq!(event, expected);
    for (event_type, detail_type) in [
        ("AwsConsoleSignin", "AWS Console Sign In via CloudTrail"),
        ("AwsServiceEvent", "AWS Service Event via CloudTrail"),
        ("AwsApiCall", "AWS API Call via CloudTrail"),
    ] {
        let record = json!({"eventType": event_type}).to_string();
        assert_eq!(parse(&envelope::event_bridge(&record))["detail-type"], detail_type);
    }
}

#[test]
fn several_records_keep_order_and_bytes() {
    let records: Vec<String> = records().take(5).map(|record| record.json).collect();
    let file = envelope::records_file(&records);
    assert!(records.iter().all(|record| file.contains(record.as_str())));
    let file = parse(&file);
    let subscription = parse(&envelope::subscription(&records));
    for (index, record) in records.iter().enumerate() {
        assert_eq!(file["Records"][index], parse(record));
        assert_eq!(subscription["logEvents"][index]["message"], record.as_str());
    }
    assert_eq!(file["Records"].as_array().unwrap().len(), 5);
    assert_eq!(subscription["messageType"], "DATA_MESSAGE");
}

#[test]
fn a_control_message_has_no_record() {
    let message = parse(&envelope::control_message());
    assert_eq!(message["messageType"], "CONTROL_MESSAGE");
    assert!(!message["logEvents"][0]["message"].as_str().unwrap().starts_with('{'));
}

#[test]
fn a_broken_record_is_wrapped_unchanged() {
    let broken = r#"{"eventSource":"signin.amazonaws.com","eventName"#;
    for (name, wrap) in ENVELOPES {
        let escaped = json!(broken).to_string();
        let wrapped = wrap(broken);
        assert!(wrapped.contains(broken) || wrapped.contains(&escaped), "{name}: {wrapped}");
    }
}
