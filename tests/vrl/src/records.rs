//! Generated records with rules: the built-in ones and a file that uses every operator.

use std::path::Path;

use sekisho::{Classifier, Configuration};
use sekisho_generator::envelope::ENVELOPES;
use sekisho_generator::{mixed_records, signin_records};
use serde_json::{Value as Json, json};
use vrl::value::Kind;
use vrl::value::kind::Collection;

use crate::program::{Program, annotated, any_event, print};

const BUILTIN: &str = include_str!("../../../plugin/rules/signin.yaml");
const OPERATORS: &str = include_str!("operators.json");

/// The number of records from each stream.
const COUNT: usize = 1000;

fn source() -> String {
    let operators = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/operators.json");
    let operators = operators.to_str().expect("UTF-8");
    print(&["--rules", "builtin", "--rules", operators]).expect("a program")
}

/// The built-in rules, as in a configuration.
pub(crate) fn builtin_rules() -> Json {
    let builtin: Json = serde_yaml_ng::from_str(BUILTIN).expect("YAML");
    builtin["rules"].clone()
}

fn classifier() -> Classifier {
    let operators: Json = serde_json::from_str(OPERATORS).expect("JSON");
    let rules = [&builtin_rules(), &operators["rules"]]
        .map(|rules| rules.as_array().cloned().expect("rules"));
    let configuration = json!({"rules": rules.concat()}).to_string();
    let configuration = Configuration::parse(configuration.as_bytes());
    Classifier::with_configuration(configuration.expect("the rules are valid"))
}

#[test]
fn records_have_the_same_verdict_and_rules() {
    let mut program = Program::new(&source(), any_event());
    let mut classifier = classifier();
    let mut matched = std::collections::BTreeSet::new();
    let records = signin_records(1).take(COUNT).chain(mixed_records(1).take(COUNT));
    for (record, (_, envelope)) in records.zip(ENVELOPES.iter().cycle()) {
        let event: Json = serde_json::from_str(&envelope(&record.json)).expect("JSON");
        let expected = annotated(&mut classifier, &event);
        assert_eq!(program.run(&event), expected, "{event}");
        let rules = expected["signin"]["rules"].as_array().cloned().unwrap_or_default();
        matched.extend(rules.iter().filter_map(Json::as_str).map(str::to_owned));
    }
    let operators: Json = serde_json::from_str(OPERATORS).expect("JSON");
    for rule in operators["rules"].as_array().expect("rules") {
        let id = rule["id"].as_str().expect("an id");
        assert!(matched.contains(id), "{id} matches no record");
    }
}

/// The compiler knows the types that a source of Vector produces.
#[test]
fn compiles_for_events_of_every_type() {
    let source = source();
    let message = Collection::empty().with_known("message", Kind::bytes());
    for event in [
        Kind::object(message.clone()),
        Kind::object(message.with_known("timestamp", Kind::timestamp())),
        any_event(),
    ] {
        Program::new(&source, event);
    }
}
