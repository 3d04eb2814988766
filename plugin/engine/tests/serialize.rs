//! What serde writes is what the filter ABI writes.

use sekisho::{AttemptStream, Classifier, Configuration, Emitted};
use serde::Serialize;

const RULES: &str = r#"{"rules":[
    {"id":"root","pattern":{"userIdentity":{"type":["Root"]}}},
    {"id":"\u0066ailed \"é\"","pattern":{"attempt":{"outcome":["failure"]}}},
    {"id":"repeated","severity":{"level": [1, -2, 2.5, true, null, "a\u000ab\\"], "": {}},
     "correlation":{"type":"event_count","rules":["failed \"é\""],"group-by":["account","user"],
                    "timespan":"1h","condition":{"gte":2}}},
    {"id":"plain","correlation":{"type":"event_count","rules":["root"],"timespan":"1h","condition":{"gte":2}}}]}"#;

fn record(event_name: &str, identity: &str, result: &str, minute: u32) -> String {
    format!(
        r#"{{"eventSource":"signin.amazonaws.com","eventName":"{event_name}","eventTime":"2025-03-29T11:{minute:02}:09Z","eventID":"id \"{minute}\"","userIdentity":{{"type":"{identity}","userName":"a\n\u00e9","accountId":"111122223333"}},"responseElements":{{"{event_name}":"{result}"}}}}"#
    )
}

fn records() -> Vec<String> {
    Vec::from([
        record("ConsoleLogin", "Root", "Failure", 1),
        record("ConsoleLogin", "Root", "Failure", 2),
        record("ConsoleLogin", "IAMUser", "Success", 3),
        record("CheckMfa", "IAMUser", "Success", 4),
        r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin"}"#.to_owned(),
        r#"{"eventSource":"s3.amazonaws.com","userIdentity":{"type":"Root"}}"#.to_owned(),
    ])
}

const SILENCE: &str =
    r#"],"silence":[{"reason":"ours","account":"111122223333","until":"2025-03-29T11:02:00Z"}]}"#;

/// Without rules, with rules, with rules that are silenced for the first records, and with findings
/// that close; for each how many lines of findings there are.
fn configurations() -> [(Configuration, u32); 4] {
    let silenced = [&RULES[..RULES.len() - 2], SILENCE].concat();
    let lifecycle = RULES.replacen('{', r#"{"findings":"lifecycle","#, 1);
    [("{}", 0), (RULES, 2), (&silenced, 0), (&lifecycle, 4)].map(|(json, findings)| {
        (Configuration::parse(json.as_bytes()).expect("it is valid"), findings)
    })
}

/// The texts of both, but for escapes and for white space that a rule's severity has.
fn assert_same(value: &impl Serialize, json: &[u8]) {
    let written: Box<serde_json::value::RawValue> = serde_json::from_slice(json).expect("JSON");
    let canonical = |json: &str| {
        let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
        // The order of keys is kept.
        value.to_string()
    };
    let serialized = serde_json::to_string(value).expect("it is serializable");
    assert_eq!(serialized, canonical(&serialized));
    assert_eq!(serialized, canonical(written.get()));
}

#[test]
fn classifications_are_the_same() {
    for (configuration, _) in configurations() {
        let has_rules = configuration.rules().is_some();
        let mut classifier = Classifier::with_configuration(configuration);
        let mut classified = 0;
        for record in records() {
            let mut processed = Vec::new();
            classifier.process(record.as_bytes(), &mut processed).expect("a record");
            let classification = classifier.classify(record.as_bytes()).expect("a record");
            let Some(classification) = classification else { continue };
            classified += 1;
            let mut json = Vec::new();
            classification.write_json(&mut json);
            assert_eq!(json, processed);
            assert_eq!(serde_json::to_vec(&classification).expect("serializable"), json);
            if !has_rules {
                assert_eq!(
                    serde_json::to_vec(&classification.verdict).expect("serializable"),
                    json
                );
            }
        }
        assert_eq!(classified, if has_rules { 6 } else { 5 });
    }
}

#[test]
fn attempts_and_findings_are_the_same() {
    for (configuration, expected_findings) in configurations() {
        let mut stream = AttemptStream::with_configuration(configuration);
        let (mut attempts, mut findings) = (0, 0);
        let mut compare = |emitted: Emitted<'_>| {
            let mut json = Vec::new();
            emitted.write_json(&mut json);
            assert_same(&emitted, &json);
            match emitted {
                Emitted::Attempt(attempt) => {
                    assert_same(&attempt, &json);
                    attempts += 1;
                }
                Emitted::Finding(finding) => {
                    assert_same(&finding, &json);
                    findings += 1;
                }
                _ => unreachable!("there are no others"),
            }
        };
        for record in records() {
            stream.observe(record.as_bytes(), None).expect("a record").for_each(&mut compare);
        }
        stream.flush().for_each(&mut compare);
        assert_eq!((attempts, findings), (5, expected_findings));
    }
}
