//! Inputs in which there is no CloudTrail record are counted, however they are classified.

use sekisho::{AttemptStream, Classifier, Configuration, Framing};

const OTHER: &str = r#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#;
const SIGNIN: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;

/// Configurations in which records are read to their end, or not.
const CONFIGURATIONS: [&str; 3] = [
    "{}",
    r#"{"rules":[{"id":"a","pattern":{"eventName":[{"prefix":"x"}]}}]}"#,
    r#"{"record":["a.b"]}"#,
];

fn inputs() -> Vec<(String, bool)> {
    let in_text = |record: &str| format!(r#"{{"message":{record:?}}}"#);
    vec![
        (OTHER.to_owned(), true),
        (SIGNIN.to_owned(), true),
        (r#"{"eventVersion":"1.08","eventSource":"s3.amazonaws.com"}"#.to_owned(), true),
        (format!(r#"{{"a":{{"b":{OTHER}}}}}"#), true),
        (format!(r#"{{"detail":{OTHER}}}"#), true),
        (format!(r#"{{"Records":[{OTHER}]}}"#), true),
        (in_text(OTHER), true),
        (in_text(SIGNIN), true),
        ("{}".to_owned(), false),
        ("[]".to_owned(), false),
        ("7".to_owned(), false),
        (r#"{"Records":[]}"#.to_owned(), false),
        (r#"{"level":"info","text":"eventSource"}"#.to_owned(), false),
        (r#"{"eventSource":"aws:sqs","body":"text"}"#.to_owned(), false),
        (in_text("{}"), false),
    ]
    .into_iter()
    .map(|(input, has_record)| {
        // Where a record is looked for otherwise is where `record` says.
        let searched = input.replace(OTHER, &OTHER.replace("}", r#","awsRegion":"us-east-1"}"#));
        (searched, has_record)
    })
    .collect()
}

#[test]
fn what_has_no_record_is_counted() {
    for configuration in CONFIGURATIONS {
        let parse = || Configuration::parse(configuration.as_bytes()).unwrap();
        for (input, has_record) in inputs() {
            let mut classifier = Classifier::with_configuration(parse());
            assert_eq!(classifier.has_record(input.as_bytes()), Ok(has_record), "{input}");
            assert_eq!(classifier.counters().without_record, 0, "{input}: only asked for");

            classifier.classify(input.as_bytes()).unwrap();
            classifier.actor(input.as_bytes()).unwrap();
            classifier.views(input.as_bytes()).unwrap();
            let expected = u64::from(!has_record);
            assert_eq!(classifier.counters().without_record, expected, "{configuration} {input}");

            let mut stream = AttemptStream::with_configuration(parse());
            stream.observe(input.as_bytes(), None).unwrap();
            let counters = stream.classifier().counters();
            assert_eq!(counters.without_record, expected, "{configuration} {input}");
        }
    }
}

#[test]
fn each_record_of_a_batch_counts() {
    let lines = [OTHER, "{}", "", SIGNIN, "[]", "{"].join("\n");
    let list = format!("[{OTHER},{{}},{SIGNIN},7]");
    for (batch, framing) in [(lines, Framing::Lines), (list, Framing::Json)] {
        let mut classifier = Classifier::new();
        classifier.process_batch(batch.as_bytes(), framing, &mut Vec::new()).unwrap();
        assert_eq!(classifier.counters().without_record, 2, "{batch}");
    }
}

#[test]
fn an_error_is_not_counted() {
    let mut classifier = Classifier::new();
    let several = format!(r#"{{"Records":[{OTHER},{OTHER}]}}"#);
    for input in ["{", &several] {
        classifier.classify(input.as_bytes()).unwrap_err();
    }
    assert_eq!(classifier.counters().without_record, 0);
}
