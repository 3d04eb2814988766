//! `--record` and the key `record` of a rule file: where records are.

use serde_json::Value;

use crate::support::{Folder, Run, pipe, run, signin, text};

/// A failed sign-in, without the field that a search recognizes it by.
const BARE: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Failure"}}"#;

const RECORD: [&str; 4] = ["--record", "x.y", "--record", "data.aws"];

fn wrapped(record: &str) -> String {
    format!(r#"{{"host":"web-1","data":{{"aws":{record}}}}}"#)
}

fn read(command: &[&str], more: &[&str], input: &str) -> Run {
    pipe(&[command, more].concat(), input.as_bytes())
}

#[test]
fn every_command_that_reads_records_looks_there() {
    let pattern = [r#"--pattern={"signin":{"outcome":["failure"]}}"#];
    let matching = [&["rules", "match"][..], &pattern].concat();
    for command in [
        &["classify"][..],
        &["attempts", "--no-rules"],
        &["attempts", "--no-rules", "--follow"],
        &["explain"],
        &["filter", "--mode", "failures"],
        &matching,
    ] {
        for input in [wrapped(BARE), wrapped(&text(BARE)), wrapped(&format!("[{BARE}]"))] {
            let found = read(command, &RECORD, &input);
            assert_eq!(found.exit, Some(0), "{command:?}: {}", found.stderr);
            assert_eq!(found.lines().len(), 1, "{command:?} {input}: {}", found.stderr);
            assert_eq!(read(command, &[], &input).stdout, "", "{command:?}");
        }
    }
}

#[test]
fn who_it_was_is_found_there_too() {
    let input = wrapped(&signin("anaya", "Failure"));
    for more in [&RECORD[..], &[]] {
        let run = read(&["classify"], more, &input);
        assert_eq!(run.values("/user"), ["anaya"], "{}", run.stderr);
    }
    // Another place is looked at, and nothing is searched.
    let elsewhere = read(&["classify"], &["--record", "host"], &input);
    assert_eq!((elsewhere.exit, &*elsewhere.stdout), (Some(1), ""));
    assert!(elsewhere.stderr.contains("name the place with --record data.aws"), "{elsewhere:?}");
}

#[test]
fn a_rule_file_names_the_place_and_the_command_line_overrides_it() {
    let folder = Folder::new();
    let record = |path: &str| {
        let rule = "{id: a, severity: low, description: x, pattern: {host: [web-1]}}";
        folder.write(&format!("{path}.yaml"), format!("record: [{path}]\nrules: [{rule}]\n"))
    };
    let (here, elsewhere) = (record("data.aws"), record("x"));
    let outcomes = |rules: &str, more: &[&str]| {
        read(&["classify", "--rules", rules], more, &wrapped(BARE)).values("/signin/outcome")
    };
    assert_eq!(outcomes(&here, &[]), ["failure"]);
    assert_eq!(outcomes(&elsewhere, &[]), ["unknown"]);
    assert_eq!(outcomes(&elsewhere, &RECORD), ["failure"]);

    let both = run(&["rules", "check", &here, &elsewhere]);
    assert_eq!(both.exit, Some(2));
    assert!(both.stderr.contains("expected the same `record` as in another file"), "{both:?}");
}

#[test]
fn invalid_paths_are_refused() {
    let folder = Folder::new();
    for (record, column) in [("[data, 7]", 16), ("data", 9), ("['']", 10)] {
        let rules = folder.write("rules.yaml", format!("record: {record}\nrules: []\n"));
        let run = run(&["rules", "check", &rules]);
        assert_eq!(run.exit, Some(2), "{record}");
        assert!(run.stderr.contains("a list of at most 16 paths"), "{}", run.stderr);
        assert!(run.stderr.contains(&format!("rules.yaml:1:{column}")), "{}", run.stderr);
    }
    let long = "a".repeat(257);
    for path in ["", &long] {
        let run = read(&["classify"], &["--record", path], "");
        assert_eq!(run.exit, Some(2));
        assert!(run.stderr.contains("expected 1 to 256 bytes"), "{}", run.stderr);
    }
    let many = ["--record", "a"].repeat(17);
    let run = read(&["classify"], &many, "");
    assert_eq!(run.exit, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("at most 16 paths"), "{}", run.stderr);
}

#[test]
fn a_module_contains_the_place() {
    let folder = Folder::new();
    let module = folder.path("baked.wasm");
    let module = module.to_str().unwrap();
    let baked = run(&["bake", "--record", "data.aws", "--output", module]);
    assert_eq!((baked.exit, &*baked.stderr), (Some(0), ""));
    assert!(baked.stdout.starts_with("0 rules in "), "{}", baked.stdout);
    let found = read(&["filter", "--module", module, "--mode", "failures"], &[], &wrapped(BARE));
    assert_eq!(found.lines().len(), 1, "{}", found.stderr);
    // As without rules.
    assert_eq!(found.lines()[0]["signin"].get("rules"), None::<&Value>);

    let inspected = run(&["inspect", module]).stdout;
    assert!(inspected.contains("\n  record                   data.aws\n"), "{inspected}");

    let neither = run(&["bake", "--output", module]);
    assert_eq!(neither.exit, Some(2));
}
