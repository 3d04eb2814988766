//! A row of a table is read as the CloudTrail record that it was made of.

use sekisho::{AttemptStream, Classifier, Configuration, IdentityField};

const ROW: &str = r#"{"Type":"AWSCloudTrail","TimeGenerated":"2026-02-03T04:05:06Z","EventSource":"signin.amazonaws.com","EventName":"ConsoleLogin","UserIdentityType":"IAMUser","UserIdentityPrincipalid":"AIDAEXAMPLE","UserIdentityUserName":"mika","SessionMfaAuthenticated":false,"SourceIpAddress":"192.0.2.10","ErrorMessage":"","ResponseElements":"{\"ConsoleLogin\":\"Failure\"}","RecipientAccountId":"111122223333"}"#;

const RECORD: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventTime":"2026-02-03T04:05:06Z","recipientAccountId":"111122223333","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","userName":"mika","sessionContext":{"attributes":{"mfaAuthenticated":"false"}}},"sourceIPAddress":"192.0.2.10","responseElements":{"ConsoleLogin":"Failure"}}"#;

fn classifier(configuration: &str) -> Classifier {
    let configuration = Configuration::parse(configuration.as_bytes()).expect("it is valid");
    Classifier::with_configuration(configuration)
}

#[test]
fn the_record_has_the_names_of_cloudtrail() {
    let mut classifier = Classifier::new();
    let record = classifier.record(ROW.as_bytes()).expect("a row").expect("a sign-in");
    assert_eq!(String::from_utf8_lossy(record), RECORD);
    let explanation = classifier.explain(ROW.as_bytes()).expect("a row").expect("a sign-in");
    assert_eq!(explanation.record_offset, None);
    let actor = classifier.actor(ROW.as_bytes()).expect("a row").expect("a record");
    assert_eq!(actor.identity.get(IdentityField::Account), Some("111122223333"));
}

#[test]
fn rules_see_those_names_and_an_annotation_is_added_to_the_row() {
    let rules = r#"{"rules":[{"id":"failure","pattern":{"detail":{"responseElements":{"ConsoleLogin":["Failure"]},"userIdentity":{"userName":["mika"]}}}},
        {"id":"event","pattern":{"source":["aws.signin"],"detail":{"eventName":["ConsoleLogin"]},"account":["111122223333"]}},
        {"id":"row","pattern":{"UserIdentityUserName":["mika"]}}]}"#;
    let mut classifier = classifier(rules);
    let classification = classifier.classify(ROW.as_bytes()).expect("a row").expect("a sign-in");
    assert_eq!(classification.rules().collect::<Vec<_>>(), ["failure", "event", "row"]);
    let mut annotated = Vec::new();
    assert!(classifier.annotate(ROW.as_bytes(), &mut annotated).expect("a row"));
    assert!(annotated.starts_with(&ROW.as_bytes()[..ROW.len() - 1]));
    let views = classifier.views(ROW.as_bytes()).expect("a row");
    assert!(String::from_utf8_lossy(&views.event).contains(&RECORD[..RECORD.len() - 1]));
}

#[test]
fn a_row_at_a_path_is_read() {
    for (path, input) in [
        ("row", format!(r#"{{"row":{ROW}}}"#)),
        ("row", format!(r#"{{"row":{ROW:?}}}"#)),
        ("x", format!(" {ROW}")),
    ] {
        let mut classifier = classifier(&format!(r#"{{"record":["{path}"]}}"#));
        let classification = classifier.classify(input.as_bytes()).expect("JSON");
        assert!(classification.is_some(), "{input}");
    }
}

#[test]
fn times_of_sql_and_ocsf_are_times() {
    let mut classifier = Classifier::new();
    let mut time_of = |member: &str| {
        let row = format!(
            r#"{{"class_uid":3002,"api":{{"operation":"ConsoleLogin","service":{{"name":"signin.amazonaws.com"}}}},{member}}}"#
        );
        let record = classifier.record(row.as_bytes()).expect("JSON").expect("a sign-in");
        let record = String::from_utf8_lossy(record).into_owned();
        record.split(r#""eventTime":""#).nth(1).expect("a time").trim_end_matches("\"}").to_owned()
    };
    for (member, expected) in [
        (r#""time":1770091506007"#, "2026-02-03T04:05:06.007Z"),
        (r#""time":1770091506007,"time_dt":"2026-02-03T04:05:06Z""#, "2026-02-03T04:05:06Z"),
        (r#""time_dt":"2026-02-03 04:05:06.007","time":0"#, "2026-02-03T04:05:06.007Z"),
        (r#""time_dt":"2026-02-03 04:05:06.007 UTC""#, "2026-02-03T04:05:06.007Z"),
        (r#""time_dt":"yesterday""#, "yesterday"),
    ] {
        assert_eq!(time_of(member), expected, "{member}");
    }
}

#[test]
fn a_row_makes_an_attempt_like_its_record() {
    let lines = |input: &str| {
        let mut stream = AttemptStream::with_configuration(Configuration::default());
        let mut output = Vec::new();
        assert!(stream.observe(input.as_bytes(), None).is_ok());
        stream.flush().write_lines(&mut output).expect("memory");
        String::from_utf8(output).expect("JSON is UTF-8")
    };
    assert_eq!(lines(ROW), lines(RECORD));
    assert!(lines(ROW).contains("AIDAEXAMPLE"));
}
