//! What is silenced keeps its rules, and counts for no correlation; rules are changed from outside.

use sekisho::{AttemptStream, Classifier, Configuration, ConfigurationError, Emitted};

const RULES: &str = r#"[
    {"id":"object","pattern":{"eventName":["GetObject"]}},
    {"id":"any","pattern":{"eventName":[{"exists":true}]}},
    {"id":"failed","pattern":{"attempt":{"outcome":["failure"]}}},
    {"id":"objects","severity":"low","correlation":{"type":"event_count","rules":["object"],
        "timespan":"1h","condition":{"gte":2}}},
    {"id":"failures","correlation":{"type":"event_count","rules":["failed"],
        "timespan":"1h","condition":{"gte":2}}},
    {"id":"mixed","correlation":{"type":"temporal_ordered","rules":["object","failed"],
        "timespan":"1h"}}]"#;

fn parse(lists: &str) -> Result<Configuration, ConfigurationError> {
    Configuration::parse(format!(r#"{{"rules":{RULES},"strict":true,{lists}}}"#).as_bytes())
}

/// A configuration with one entry of `silence`.
fn silence(entry: &str) -> Configuration {
    let rest = r#""reason":"ours","until":"2025-04-01T00:00:00Z""#;
    parse(&format!(r#""silence":[{{{entry},{rest}}}]"#)).expect("it is valid")
}

fn record(name: &str, minute: u32, agent: &str) -> String {
    let source = if name == "GetObject" { "s3" } else { "signin" };
    format!(
        r#"{{"eventSource":"{source}.amazonaws.com","eventName":"{name}","eventTime":"2025-03-29T11:{minute:02}:00Z","eventID":"{name}-{minute}","userAgent":"{agent}","sourceIPAddress":"192.0.2.7","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLE","accountId":"111122223333"}},"responseElements":{{"ConsoleLogin":"Failure"}}}}"#
    )
}

/// Two objects, and two attempts that fail.
fn records() -> [String; 4] {
    [("GetObject", 1), ("GetObject", 2), ("ConsoleLogin", 11), ("ConsoleLogin", 12)]
        .map(|(name, minute)| record(name, minute, "scanner/1"))
}

/// The rules of the findings, and for which rules the attempts are silenced.
fn observe(configuration: Configuration, records: &[String]) -> (Vec<String>, Vec<String>) {
    let mut stream = AttemptStream::with_configuration(configuration);
    let (mut findings, mut silenced) = (Vec::new(), Vec::new());
    let mut take = |emitted: Emitted<'_>| match emitted {
        Emitted::Attempt(attempt) => {
            assert_eq!(attempt.rules().collect::<Vec<_>>(), ["failed"]);
            silenced.push(attempt.silenced().collect::<Vec<_>>().join(" "));
            assert_eq!(attempt.silenced_by().len(), attempt.silenced().count().min(1));
        }
        Emitted::Finding(finding) => findings.push(finding.rule().to_owned()),
        _ => {}
    };
    for record in records {
        stream.observe(record.as_bytes(), None).expect("a record").for_each(&mut take);
    }
    stream.flush().for_each(&mut take);
    (findings, silenced)
}

#[test]
fn what_is_silenced_counts_for_nothing() {
    for (entry, findings, silenced) in [
        (r#""account":"444455556666""#, &["objects", "mixed", "failures"][..], ["", ""]),
        (r#""account":"111122223333""#, &[], ["failed", "failed"]),
        (r#""rules":["failed"]"#, &["objects"], ["failed", "failed"]),
        (r#""rules":["object"]"#, &["failures"], ["", ""]),
        (r#""rules":["any"]"#, &["objects", "mixed", "failures"], ["", ""]),
        (r#""rules":["mixed"]"#, &["objects", "failures"], ["mixed", "mixed"]),
        (r#""rules":["objects"]"#, &["mixed", "failures"], ["", ""]),
        (r#""rules":["failures","failed"]"#, &["objects"], ["failed failures"; 2]),
        (r#""user_agent":"scanner/*""#, &[], ["failed", "failed"]),
        (r#""user_agent":"scanner""#, &["objects", "mixed", "failures"], ["", ""]),
    ] {
        let observed = observe(silence(entry), &records());
        let expected = (findings.iter().map(|id| (*id).into()).collect(), silenced.map(Into::into));
        assert_eq!(observed, (expected.0, Vec::from(expected.1)), "{entry}");
    }
}

#[test]
fn a_user_agent_must_be_that_of_all_records_of_an_attempt() {
    for (agent, silenced) in [("scanner/1", "failed"), ("scanner/2", "failed"), ("curl", "")] {
        let step = |name: &str, result: &str, agent: &str| {
            format!(
                r#"{{"eventSource":"signin.amazonaws.com","eventName":"{name}","eventTime":"2025-03-29T11:10:00Z","userAgent":"{agent}","additionalEventData":{{"AuthWorkflowID":"w","CredentialType":"PASSWORD"}},"serviceEventDetails":{{"{name}":"{result}"}}}}"#
            )
        };
        let records = [
            step("CredentialChallenge", "Success", "scanner/1"),
            step("CredentialVerification", "Failure", agent),
        ];
        let (_, found) = observe(silence(r#""user_agent":"scanner/*""#), &records);
        assert_eq!(found, [silenced], "{agent}");
    }
}

#[test]
fn a_state_keeps_what_is_silenced() {
    let configuration = || silence(r#""user_agent":"scanner/*""#);
    let mut stream = AttemptStream::with_configuration(configuration());
    for record in records() {
        assert_eq!(stream.observe(record.as_bytes(), None).expect("a record").count(), 0);
    }
    let mut state = Vec::new();
    stream.save(&mut state);
    let mut restored = AttemptStream::with_configuration(configuration());
    restored.restore(&state).expect("a state");
    let lines = |stream: &mut AttemptStream| {
        let mut lines = Vec::new();
        stream.flush().write_lines(&mut lines).expect("memory");
        String::from_utf8(lines).expect("text")
    };
    let expected = lines(&mut stream);
    assert_eq!(
        expected.matches(r#","rules":["failed"],"silenced":["failed"],"silenced_by":[0]}"#).count(),
        2
    );
    assert!(!expected.contains("finding"), "{expected}");
    assert_eq!(lines(&mut restored), expected);
}

#[test]
fn a_record_says_for_which_rules_and_by_which_entries() {
    let configuration = parse(
        r#""silence":[
            {"rules":["any"],"account":"444455556666","reason":"a","until":"2025-04-01T00:00:00Z"},
            {"rules":["objects","failed"],"source_ip":"192.0.2.7","reason":"b","until":"2025-04-01T00:00:00Z"},
            {"rules":["object"],"identity":"aidaEXAMPLE","reason":"c","until":"2025-03-29T11:01:00.001Z"}]"#,
    );
    let mut classifier = Classifier::with_configuration(configuration.expect("it is valid"));
    for (minute, silenced) in [
        (1, r#","rules":["object","any"],"silenced":["object","objects"],"silenced_by":[1,2]}"#),
        (2, r#","rules":["object","any"],"silenced":["objects"],"silenced_by":[1]}"#),
    ] {
        let mut json = Vec::new();
        let record = record("GetObject", minute, "curl");
        assert!(classifier.process(record.as_bytes(), &mut json).expect("a record"));
        assert!(classifier.any_match_counts());
        assert!(json.ends_with(silenced.as_bytes()), "{}", String::from_utf8_lossy(&json));
    }
    // What was silenced before does not stay.
    let other = br#"{"eventSource":"iam.amazonaws.com","eventName":"GetUser"}"#;
    assert_eq!(
        classifier.classify(other).expect("a record").expect("a match").silenced().count(),
        0
    );
}

#[test]
fn without_a_time_or_a_record_nothing_is_silenced() {
    let mut classifier = Classifier::with_configuration(silence(r#""rules":["any"]"#));
    for input in [
        r#"{"eventSource":"iam.amazonaws.com","eventName":"GetUser"}"#,
        r#"{"eventSource":"iam.amazonaws.com","eventName":"GetUser","eventTime":"yesterday"}"#,
        r#"{"eventName":"GetUser","eventTime":"2025-03-29T11:10:00Z"}"#,
    ] {
        let classification = classifier.classify(input.as_bytes()).expect("a record");
        let classification = classification.expect("a match");
        assert_eq!(classification.rules().collect::<Vec<_>>(), ["any"], "{input}");
        assert_eq!(classification.silenced().count(), 0, "{input}");
        assert!(classifier.any_match_counts(), "{input}");
    }
}

#[test]
fn rules_are_changed_from_outside() {
    for (tune, rules, expected) in [
        ("[]", 6, &["objects", "mixed", "failures"][..]),
        (r#"[{"id":"object","enabled":false}]"#, 5, &["failures"]),
        (r#"[{"id":"any","enabled":false}]"#, 5, &["objects", "mixed", "failures"]),
        (r#"[{"id":"objects","enabled":false}]"#, 5, &["mixed", "failures"]),
        (r#"[{"id":"failures","count":3}]"#, 6, &["objects", "mixed"]),
        (r#"[{"id":"failures","count":1}]"#, 6, &["objects", "failures", "mixed"]),
        (r#"[{"id":"failures","timespan":"59s"}]"#, 6, &["objects", "mixed"]),
        (r#"[{"id":"failures","timespan":"60s"}]"#, 6, &["objects", "mixed", "failures"]),
        (
            r#"[{"id":"failures","count":3},{"id":"failures","count":2}]"#,
            6,
            &["objects", "mixed", "failures"],
        ),
    ] {
        let configuration = parse(&format!(r#""tune":{tune}"#)).expect(tune);
        assert_eq!(configuration.rules(), Some(rules), "{tune}");
        let (mut findings, _) = observe(configuration, &records());
        findings.sort();
        let mut expected = Vec::from(expected);
        expected.sort_unstable();
        assert_eq!(findings, expected, "{tune}");
    }
}

#[test]
fn a_severity_can_be_changed() {
    let configuration = parse(r#""tune":[{"id":"objects","severity":"critical"}]"#);
    let mut stream = AttemptStream::with_configuration(configuration.expect("it is valid"));
    for record in records() {
        stream.observe(record.as_bytes(), None).expect("a record").for_each(drop);
    }
    let severities: Vec<_> = stream
        .flush()
        .filter_map(|emitted| match emitted {
            Emitted::Finding(finding) => Some((finding.rule(), finding.severity())),
            _ => None,
        })
        .collect();
    assert!(severities.contains(&("objects", Some("\"critical\""))), "{severities:?}");
}

#[test]
fn rejects_what_no_rule_can_be() {
    let rest = r#""reason":"ours","until":"2025-04-01T00:00:00Z"}]"#;
    for (lists, place, message) in [
        (r#""silence":7"#.to_owned(), "7", "an array of entries as `silence`"),
        (r#""tune":{}"#.to_owned(), "{}", "an array of changes as `tune`"),
        (format!(r#""silence":[{{"rules":["any","none"],{rest}"#), "\"none\"", "found `none`"),
        (r#""tune":[{"id":"none"}]"#.to_owned(), "\"none\"", "the id of a rule, found `none`"),
        (r#""tune":[{"id":"any","count":30}]"#.to_owned(), "30", "is no correlation, as `count`"),
        (r#""tune":[{"id":"any","timespan":"30m"}]"#.to_owned(), "\"30m", "as `timespan`"),
        (r#""tune":[{"id":"mixed","count":30}]"#.to_owned(), "30", "has no count"),
        (r#""tune":[{"id":"any","pattern":7}]"#.to_owned(), "7}", "`pattern`, whose value"),
        (format!(r#""silence":[{{"account":"1","x":77,{rest}"#), "77", "`x`, whose value"),
    ] {
        let error = parse(&lists).expect_err(&lists).to_string();
        let start = format!(r#"{{"rules":{RULES},"strict":true,"#).len();
        let offset = start + lists.find(place).expect(place);
        assert!(error.contains(message), "{error}");
        assert!(error.contains(&format!(" at byte {offset}")), "{error}: {offset}");
    }
    // Without rules there is nothing to silence or to change.
    for lists in [
        r#"{"tune":[{"id":"a"}]}"#,
        r#"{"tune":[],"silence":[{"rules":["a"],"reason":"b","until":"2025-04-01T00:00:00Z"}]}"#,
    ] {
        let error = Configuration::parse(lists.as_bytes()).expect_err(lists);
        assert!(matches!(error, ConfigurationError::NoSuchRule { .. }), "{error}");
    }
    let entry = r#"{"silence":[{"account":"1","reason":"b","until":"2025-04-01T00:00:00Z"}]}"#;
    assert_eq!(Configuration::parse(entry.as_bytes()).expect("it is valid").rules(), None);
}

/// Whatever is wrong, it is an error, or a configuration that works.
#[test]
fn a_damaged_configuration_does_no_harm() {
    let lists = r#""silence":[{"rules":["any","objects"],"identity":"zo\u00eb","account":"1","source_ip":"2001:db8::/32","user_agent":"a*\\*b","reason":"\u0000","until":"2025-04-01T00:00:00.5+01:00"}],"tune":[{"id":"objects","enabled":true,"severity":{},"count":3,"timespan":"2h"}]"#;
    let whole = format!(r#"{{"rules":{RULES},"strict":true,{lists}}}"#).into_bytes();
    assert!(Configuration::parse(&whole).is_ok());
    let start = whole.len() - lists.len() - 1;
    let mut valid = 0;
    for index in start..whole.len() {
        assert!(Configuration::parse(&whole[..index]).is_err());
        for byte in [b'"', b'\\', b'*', b'/', b':', b'0', b'9', b'[', b'}', b',', 0x80, 0] {
            let mut damaged = whole.clone();
            damaged[index] = byte;
            let Ok(configuration) = Configuration::parse(&damaged) else { continue };
            valid += 1;
            observe(configuration, &records()[..1]);
        }
    }
    assert!(valid > 100, "{valid}");
}
