//! Random patterns and events: operators, `$or`, nested arrays, dots in keys.

use std::fs;

use sekisho::{Classifier, Configuration};
use sekisho_oracle::generate::pairs;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use crate::program::{Program, annotated, any_event, print};

/// The number of rules per file. The compiler of VRL takes much longer for larger programs.
const RULES: usize = 10;

/// Numbers that a double cannot represent exactly, which `sekisho vrl` refuses.
const REFUSED: [&str; 3] = ["1e400", "5e-324", "9007199254740993.0"];

#[test]
fn patterns_match_the_same_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut matched = 0;
    let mut pairs = pairs(1);
    for number in 0..16 {
        let mut rules = Vec::new();
        let mut events = Vec::new();
        while rules.len() < RULES {
            let (pattern, event) = pairs.next().expect("endless");
            if REFUSED.iter().any(|number| pattern.contains(number)) {
                continue;
            }
            let id = rules.len();
            let rule = format!(
                r#"{{"id":"{id}","severity":"low","description":"Invented.","pattern":{pattern}}}"#
            );
            // Some patterns exceed AWS's limits.
            let alone = format!(r#"{{"rules":[{rule}]}}"#);
            if Configuration::parse(alone.as_bytes()).is_ok() {
                rules.push(rule);
                events.extend(serde_json::from_str::<Json>(&event));
            }
        }
        let rules = format!(r#"{{"rules":[{}]}}"#, rules.join(","));
        let path = folder.path().join(format!("{number}.json"));
        fs::write(&path, &rules).expect("a file");
        let source = print(&["--rules", path.to_str().expect("UTF-8")]).expect("a program");
        let mut program = Program::new(&source, any_event());
        let configuration = Configuration::parse(rules.as_bytes());
        let configuration = configuration.expect("the rules are valid");
        let mut classifier = Classifier::with_configuration(configuration);
        for event in events {
            let expected = annotated(&mut classifier, &event);
            assert_eq!(program.run(&event), expected, "{event}\n{rules}");
            matched += expected["signin"]["rules"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(matched > 100, "{matched} matched");
}

#[test]
fn refuses_untranslatable_patterns_with_their_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    for (pattern, message) in [
        (r#"{"detail":{"n":[1e400]}}"#, "at `detail.n`, the number 1e400"),
        (r#"{"n":[{"anything-but":0.1234567890123456}]}"#, "at `n`, the number 0.123456789012345"),
        (r#"{"a":{"":["x"]}}"#, "`a.`, which has an empty name between dots"),
    ] {
        let pattern = RawValue::from_string(pattern.to_owned()).expect("JSON");
        let rule = json!({"id": "odd", "severity": "low", "description": "Odd."});
        let rule = rule.to_string().replacen('{', &format!("{{\"pattern\":{pattern},"), 1);
        let path = folder.path().join("odd.json");
        fs::write(&path, format!(r#"{{"rules":[{rule}]}}"#)).expect("a file");
        let refusal = print(&["--rules", path.to_str().expect("UTF-8")]).expect_err("a refusal");
        assert!(refusal.contains("`odd`") && refusal.contains(message), "{refusal}");
    }
}
