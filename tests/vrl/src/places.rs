//! `--record`: the places of records.

use sekisho::{Classifier, Configuration};
use serde_json::{Value as Json, json};
use vrl::value::Kind;
use vrl::value::kind::Collection;

use crate::program::{Program, annotated, any_event, print};

const PATHS: [&str; 3] = ["x.y", "data.aws", "event"];

fn record() -> Json {
    json!({
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "userIdentity": {"type": "Root"},
        "responseElements": {"ConsoleLogin": "Failure"}
    })
}

/// Text inside text, `levels` deep.
fn text(record: &Json, levels: usize) -> Json {
    (0..levels).fold(record.clone(), |inner, _| json!(inner.to_string()))
}

/// Events with a record at one of the paths, elsewhere, or at several of them.
fn events() -> Vec<Json> {
    let record = record();
    let other = json!({"eventSource": "s3.amazonaws.com", "eventName": "GetObject"});
    vec![
        json!({"event": record}),
        json!({"data": {"aws": record}}),
        json!({"data.aws": record}),
        json!({"data": [{"aws": [record]}]}),
        json!({"data": json!({"aws": record}).to_string()}),
        json!({"data": json!([{"aws": record.to_string()}]).to_string()}),
        json!({"event": {"detail": record}}),
        json!({"event": {"Records": [{"message": record.to_string()}]}}),
        json!({"data": {"aws": {}}, "event": record}),
        json!({"data": {"aws": null}, "event": record}),
        json!({"data": {"aws": []}, "event": record}),
        json!({"data": {"aws": "text"}, "event": record}),
        json!({"data.aws": null, "data": {"aws": record}}),
        json!({"data": {"aws": other}, "event": record}),
        json!({"x": {"y": record}, "data": {"aws": other}}),
        json!({"data": {"aws": [record, record]}}),
        json!({"data": {"aws": [record, record]}, "event": record}),
        json!({"data": {"aws": "{\"eventSource\""}, "event": record}),
        json!({"event": text(&record, 4)}),
        json!({"event": text(&record, 5)}),
        json!({"x": 7, "other": record}),
        json!({"detail": record}),
        record,
        other,
        json!({}),
    ]
}

#[test]
fn records_are_found_where_the_configuration_says() {
    let options: Vec<&str> = PATHS.iter().flat_map(|path| ["--record", path]).collect();
    let builtin = [&options[..], &["--rules", "builtin"]].concat();
    for (options, rules) in [(options, None), (builtin, Some(crate::records::builtin_rules()))] {
        let mut program = Program::new(&print(&options).expect("a program"), any_event());
        let mut configuration = json!({"record": PATHS});
        if let Some(rules) = rules {
            configuration["rules"] = rules;
        }
        let configuration = Configuration::parse(configuration.to_string().as_bytes());
        let mut classifier = Classifier::with_configuration(configuration.expect("valid"));
        let mut verdicts = 0;
        for event in events() {
            let expected = annotated(&mut classifier, &event);
            verdicts += usize::from(expected != event);
            assert_eq!(program.run(&event), expected, "{event}");
        }
        assert!(verdicts > 12, "{verdicts} verdicts");
    }
}

/// The compiler knows the types that a source of Vector produces.
#[test]
fn a_program_with_places_compiles_for_events_of_every_type() {
    let source = print(&["--record", "message.\"{{x}}\""]).expect("a program");
    let message = Collection::empty().with_known("message", Kind::bytes());
    for event in [Kind::object(message), any_event()] {
        Program::new(&source, event);
    }
}
