//! Rules in the configuration, in every host that can be configured.

use sekisho::{Classifier, Configuration};
use sekisho_generator::envelope;
use sekisho_generator::wrapping::WRAPPINGS;
use sekisho_rules::{Pattern, RuleSet, Scratch};
use serde_json::{Value, json};

use crate::corpora::{generated, rows};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};

/// Rules for each object that a pattern can be matched against.
const RULES: &str = r#"{"strict":true,"rules":[
    {"id":"failure","severity":"medium","description":"as in the article","pattern":{"detail":{"$or":[
        {"responseElements":{"CheckMfa":["Failure"]}},{"responseElements":{"ConsoleLogin":["Failure"]}}]}}},
    {"id":"sign-in event","pattern":{"source":["aws.signin"],"detail-type":["AWS Console Sign In via CloudTrail"]}},
    {"id":"other spelling","pattern":{"detail-type":["AWS Console Signin via CloudTrail"],"account":["111122223333"],"region":["us-east-1"],"time":[{"prefix":"2025-"}]}},
    {"id":"unknown user","pattern":{"signin":{"outcome":["failure"],"reason":["unknown_user"]}}},
    {"id":"no reason","pattern":{"detail":{"eventName":["ConsoleLogin"]},"signin":{"reason":[null]}}},
    {"id":"secret \"bucket\"","pattern":{"requestParameters":{"bucketName":[{"prefix":"secret"}]}}},
    {"id":"dotted","pattern":{"detail.eventName":["DeleteTrail"]}}
]}"#;

const FAILED: &str = r#"{"eventTime":"2025-03-29T11:10:09Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","awsRegion":"us-east-1","recipientAccountId":"111122223333","errorMessage":"No username found in supplied account","responseElements":{"ConsoleLogin":"Failure"}}"#;
const SIGNED_IN: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventType":"AwsConsoleSignin","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Success"}}"#;

fn hosts() -> Vec<Box<dyn Host>> {
    let mut hosts: Vec<Box<dyn Host>> = vec![
        Box::new(Native::default()),
        Box::new(Wasmtime::new(sekisho_module::SIMD)),
        Box::new(Wasmi::new(sekisho_module::PORTABLE)),
    ];
    if let Some(node) = Node::new(sekisho_module::PORTABLE) {
        hosts.push(Box::new(node));
    }
    for host in &mut hosts {
        assert_eq!(host.call(Export::Configure, RULES.as_bytes()), CallResult::status(0));
    }
    hosts
}

/// The kind and the matched rules of a verdict; `None` without a verdict.
fn matched(result: &CallResult) -> Option<(String, Vec<String>)> {
    let verdict: Value = serde_json::from_slice(&result.output).ok()?;
    let id = |id: &Value| id.as_str().expect("an id").to_owned();
    let ids = verdict["rules"].as_array().expect("the ids").iter().map(id).collect();
    Some((verdict["kind"].as_str().expect("a kind").to_owned(), ids))
}

#[test]
fn patterns_match_the_event_or_the_input() {
    let in_event = |record: &str| format!(r#"{{"source":"aws.signin","detail":{record}}}"#);
    let bucket = r#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"bucketName":"secret-plans"}}"#;
    let cases: Vec<(String, &str, &[&str])> = vec![
        (
            FAILED.to_owned(),
            "console_login",
            &["failure", "sign-in event", "other spelling", "unknown user"],
        ),
        (SIGNED_IN.to_owned(), "console_login", &["sign-in event", "no reason"]),
        // An event is matched as it is; this one has no detail-type.
        (in_event(FAILED), "console_login", &["failure", "unknown user"]),
        // A record in an envelope also becomes an event; the input is the envelope.
        (
            json!({"message": FAILED, "requestParameters": {"bucketName": "secret"}}).to_string(),
            "console_login",
            &["failure", "sign-in event", "other spelling", "unknown user", "secret \"bucket\""],
        ),
        (bucket.to_owned(), "not_signin", &["secret \"bucket\""]),
        (in_event(r#"{"eventName":"DeleteTrail"}"#), "not_signin", &["dotted"]),
        (
            r#"{"requestParameters":[{"bucketName":["x","secret"]}]}"#.to_owned(),
            "not_signin",
            &["secret \"bucket\""],
        ),
    ];
    for host in &mut hosts() {
        for (input, kind, ids) in &cases {
            let result = host.call(Export::Process, input.as_bytes());
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            assert_eq!(matched(&result), Some(((*kind).to_owned(), ids)), "{input}");
        }
        for input in [r#"{"eventSource":"s3.amazonaws.com"}"#, "{}", "7"] {
            assert_eq!(
                host.call(Export::Process, input.as_bytes()),
                CallResult::status(0),
                "{input}"
            );
        }
    }
}

#[test]
fn rules_do_not_change_verdicts() {
    let mut host = Native::default();
    let never = br#"{"rules":[{"id":"never","pattern":{"no such field":["x"]}}]}"#;
    assert_eq!(host.call(Export::Configure, never), CallResult::status(0));
    for row in rows() {
        let result = host.call(Export::Process, &row.input);
        match row.expected {
            Ok(Some(verdict)) => {
                let json = verdict.to_json();
                let expected = format!("{},\"rules\":[]}}", json.trim_end_matches('}'));
                assert_eq!(result, CallResult::output(expected.into_bytes()), "{}", row.name);
            }
            // With rules the whole record is read, so a fault after eventSource is found.
            Ok(None) => assert!(result.n <= 0, "{}: {result:?}", row.name),
            Err(code) => assert_eq!(result.n, code, "{}", row.name),
        }
    }
}

/// Patterns that name `detail` match a record and its EventBridge event alike.
#[test]
fn a_record_matches_like_its_event() {
    let mut host = Native::default();
    assert_eq!(host.call(Export::Configure, RULES.as_bytes()), CallResult::status(0));
    let mut seen = 0;
    for record in generated(14, 2000) {
        let record = String::from_utf8(record).expect("JSON is UTF-8");
        let bare = host.call(Export::Process, record.as_bytes());
        let event = host.call(Export::Process, envelope::event_bridge(&record).as_bytes());
        // An event has only one of the two spellings.
        let without = |result: &CallResult| {
            matched(result).map(|(_, mut ids)| {
                ids.retain(|id| id != "other spelling" && id != "sign-in event");
                ids
            })
        };
        assert_eq!(without(&bare), without(&event), "{record}");
        seen += usize::from(bare.n > 0);
    }
    assert!(seen > 1000, "{seen} verdicts");
}

/// `explain` must show the objects that patterns are really matched against.
#[test]
fn views_are_the_matched_objects() {
    let rules: Value = serde_json::from_str(RULES).expect("JSON");
    let rules = rules["rules"].as_array().expect("rules");
    let compile = |rule: &Value| {
        let pattern = Pattern::parse(rule["pattern"].to_string().as_bytes()).expect("a pattern");
        let names_event = pattern.references("detail") || pattern.references("detail-type");
        (rule["id"].as_str().expect("an id").to_owned(), names_event, RuleSet::compile(&[pattern]))
    };
    let compiled: Vec<_> = rules.iter().map(compile).collect();
    let mut scratch = Scratch::new();
    let configuration = Configuration::parse(RULES.as_bytes()).expect("the rules are valid");
    let mut classifier = Classifier::with_configuration(configuration);
    for record in sekisho_generator::mixed_records(16)
        .take(2000)
        .chain(sekisho_generator::signin_records(16).take(500))
    {
        for (name, wrap) in envelope::ENVELOPES.iter().chain(&WRAPPINGS) {
            let input = wrap(&record.json);
            let views = classifier.views(input.as_bytes()).expect("a record");
            let mut expected = Vec::new();
            for (id, names_event, rule) in &compiled {
                let view = if *names_event { &views.event } else { &views.input };
                let ids = rule.matches(view, &mut scratch).expect("a view is JSON");
                expected.extend(ids.first().map(|_| id.clone()));
            }
            let mut output = Vec::new();
            classifier.process(input.as_bytes(), &mut output).expect("a record");
            let found = matched(&CallResult::output(output)).map_or(Vec::new(), |(_, ids)| ids);
            assert_eq!(found, expected, "{name}: {input}");
        }
    }
}

#[test]
fn a_batch_has_the_rules_of_each_record() {
    let bucket = r#"{"requestParameters":{"bucketName":"secret"}}"#;
    let lines = [FAILED, "{}", bucket].join("\n");
    for host in &mut hosts() {
        let single = [FAILED, bucket].map(|record| host.call(Export::Process, record.as_bytes()));
        let expected = [(0, &single[0]), (2, &single[1])]
            .map(|(index, result)| crate::rows::batch_entry(index, result).output)
            .concat();
        for (framing, input) in [(1, lines.clone()), (2, format!("[{}]", lines.replace('\n', ",")))]
        {
            let result = host.call(Export::ProcessBatch(framing), input.as_bytes());
            assert_eq!(result, CallResult::output(expected.clone()), "framing {framing}");
        }
    }
}

#[test]
fn a_refused_configuration_changes_nothing() {
    let refused = [
        "{",
        r#"{"rules":{}}"#,
        r#"{"rules":[7]}"#,
        r#"{"rules":[{"pattern":{"a":["b"]}}]}"#,
        r#"{"rules":[{"id":"","pattern":{"a":["b"]}}]}"#,
        r#"{"rules":[{"id":"a"}]}"#,
        r#"{"rules":[{"id":"a","pattern":{"a":"b"}}]}"#,
        r#"{"rules":[{"id":"a","pattern":{"a":[{"soundex":"b"}]}}]}"#,
        r#"{"rules":[{"id":"a","pattern":{"a":["b"]}},{"id":"\u0061","pattern":{"a":["b"]}}]}"#,
        r#"{"strict":true,"rules":[{"id":"a","pattern":{"a":["b"]},"patern":{}}]}"#,
        r#"{"aws_limits":1}"#,
    ];
    for host in &mut hosts() {
        let before = host.call(Export::Process, FAILED.as_bytes());
        for configuration in refused {
            let result = host.call(Export::Configure, configuration.as_bytes());
            assert_eq!(result, CallResult::status(-4), "{configuration}");
            assert_eq!(host.call(Export::Process, FAILED.as_bytes()), before, "{configuration}");
        }
    }
}

#[test]
fn aws_limits_apply_until_they_are_lifted() {
    let long = "x".repeat(5000);
    let rules = json!([{"id": "long", "pattern": {"a": [long]}}]);
    let record = json!({"a": long}).to_string();
    for host in &mut hosts() {
        let limited = json!({"rules": rules}).to_string();
        assert_eq!(host.call(Export::Configure, limited.as_bytes()), CallResult::status(-4));
        let lifted = json!({"aws_limits": false, "rules": rules}).to_string();
        assert_eq!(host.call(Export::Configure, lifted.as_bytes()), CallResult::status(0));
        let result = host.call(Export::Process, record.as_bytes());
        assert_eq!(matched(&result), Some(("not_signin".to_owned(), vec!["long".to_owned()])));
    }
}

/// The generated events contain no CloudTrail record, so each pattern is matched against the input.
/// `SEKISHO_PAIRS` sets the number of pairs.
#[test]
fn the_module_agrees_with_the_pattern_oracle() {
    const PATTERNS: usize = 50;
    let count = std::env::var("SEKISHO_PAIRS").ok();
    let count = count.map_or(20_000, |count| count.parse().expect("SEKISHO_PAIRS is a number"));
    let pairs: Vec<_> = sekisho_oracle::generate::pairs(15).take(count).collect();
    let mut host = Wasmtime::new(sekisho_module::SIMD);
    for chunk in pairs.chunks(PATTERNS) {
        let rule = |(id, (pattern, _)): (usize, &(String, String))| {
            format!(r#"{{"id":"{id}","pattern":{pattern}}}"#)
        };
        let rules = chunk.iter().enumerate().map(rule).collect::<Vec<_>>().join(",");
        let configuration = format!(r#"{{"aws_limits":false,"rules":[{rules}]}}"#);
        assert_eq!(host.call(Export::Configure, configuration.as_bytes()), CallResult::status(0));
        for (id, (pattern, event)) in chunk.iter().enumerate() {
            let result = host.call(Export::Process, event.as_bytes());
            let ids = matched(&result).map_or(Vec::new(), |(_, ids)| ids);
            let expected = sekisho_oracle::matches(pattern, event);
            assert_eq!(ids.contains(&id.to_string()), expected, "{pattern}\n{event}");
        }
    }
}

/// Patterns of any size are compiled or refused, and the module keeps working.
#[test]
fn huge_configurations_are_compiled_or_refused() {
    let deep = format!("{}{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let wide: Vec<Value> = (0..100_000)
        .map(|n| json!({"id": n.to_string(), "pattern": {"a": {"b": [n, format!("x{n}")]}}}))
        .collect();
    let mut host = Wasmtime::with_long_deadline(sekisho_module::SIMD);
    let configure =
        |host: &mut Wasmtime, text: String| host.call(Export::Configure, text.as_bytes());
    let rule = |pattern: &str| format!(r#"{{"rules":[{{"id":"a","pattern":{pattern}}}]}}"#);
    assert_eq!(configure(&mut host, rule(&deep)), CallResult::status(-4));
    let long = format!("{{\"a\":[\"{}\"]}}", "x".repeat(10 << 20));
    assert_eq!(configure(&mut host, rule(&long)), CallResult::status(-4));
    assert_eq!(configure(&mut host, json!({"rules": wide}).to_string()), CallResult::status(0));
    let result = host.call(Export::Process, br#"{"a":{"b":"x4711"}}"#);
    assert_eq!(matched(&result), Some(("not_signin".to_owned(), vec!["4711".to_owned()])));
}
