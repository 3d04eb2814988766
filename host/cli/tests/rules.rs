//! `sekisho rules` and `sekisho classify --rules`, run as a program.

mod program;

use program::{Folder, other, pipe, run, signin, three};
use serde_json::json;

/// A rule that matches every failed sign-in to the console.
const FAILURES: &str = r#"
rules:
  - id: failures
    severity: medium
    description: A sign-in failed.
    pattern: {"detail": {"responseElements": {"ConsoleLogin": ["Failure"]}}}
    tests:
      - name: not let in
        match: true
        event: {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
                "responseElements": {"ConsoleLogin": "Failure"}}
      - match: false
        event: {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}
"#;

/// A rule that matches what is no sign-in.
const UPLOADS: &str = r#"{"rules":[{"id":"uploads","severity":"low","description":"S3.",
    "pattern":{"eventSource":["s3.amazonaws.com"]}}]}"#;

#[test]
fn the_rules_built_in_pass_their_tests() {
    let checked = run(&["rules", "check", "builtin"]);
    assert_eq!((checked.exit, checked.stderr.as_str()), (Some(0), ""));
    assert!(checked.stdout.starts_with("13 rules in 1 file, "), "{}", checked.stdout);

    let tested = run(&["rules", "test", "builtin"]);
    assert_eq!(tested.exit, Some(0), "{}", tested.stdout);
    assert_eq!(tested.stdout.matches("\nok  ").count(), 12, "{}", tested.stdout);
    assert!(tested.stdout.ends_with(" tests, all passed\n"), "{}", tested.stdout);
}

#[test]
fn the_example_of_the_help_is_a_file_of_rules() {
    let help = run(&["rules", "--help"]).stdout;
    let (_, example) = help.split_once("in YAML or JSON:\n").unwrap();
    let (example, _) = example.split_once("\n\n").unwrap();
    let folder = Folder::new();
    let tested = run(&["rules", "test", &folder.write("rules.yaml", example)]);
    assert_eq!(tested.exit, Some(0), "{}{}", tested.stderr, tested.stdout);
    assert!(tested.stdout.ends_with("\n1 test, all passed\n"), "{}", tested.stdout);
}

#[test]
fn every_rule_built_in_has_a_test_of_each_kind() {
    let rules = include_str!("../../../plugin/rules/signin.yaml");
    let rules = rules.split("\n  - id: ").skip(1);
    for rule in rules {
        for kind in ["match: true", "match: false"] {
            assert!(rule.contains(kind), "{kind} in {rule}");
        }
    }
}

#[test]
fn a_failing_test_names_rule_test_place_and_event() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", FAILURES.replace("match: true", "match: false"));
    let tested = run(&["rules", "test", &file]);
    assert_eq!(tested.exit, Some(1), "{}", tested.stderr);
    let expected = format!(
        "FAIL  medium         failures  2 tests
      `not let in` at {file}:10:16: expected no match, found a match
      event: {{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\",\"responseElements\":{{\"ConsoleLogin\":\"Failure\"}}}}
      yes  detail.responseElements.ConsoleLogin [\"Failure\"], found \"Failure\"
2 tests, 1 failed\n"
    );
    assert_eq!(tested.stdout, expected);
}

#[test]
fn a_test_whose_event_cannot_be_read_fails() {
    let folder = Folder::new();
    let event = r#"{"Records":[{"eventName":"a"},{"eventName":"b"}]}"#;
    let rules = UPLOADS.replace(
        r#""severity""#,
        &format!(r#""tests":[{{"match":false,"event":{event}}}],"severity""#),
    );
    let tested = run(&["rules", "test", &folder.write("rules.json", rules)]);
    assert_eq!(tested.exit, Some(1), "{}", tested.stderr);
    assert!(tested.stdout.contains("expected no match, found the input"), "{}", tested.stdout);
}

#[test]
fn matches_in_a_file_are_counted() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", FAILURES);
    let uploads = folder.write("uploads.json", UPLOADS);
    let events = folder.write("trail.json", format!(r#"{{"Records":[{}]}}"#, three().join(",")));
    let count = |expect: &[&str]| {
        let mut arguments = vec!["rules", "test", &rules, &uploads, "--events", &events];
        expect.iter().for_each(|expect| arguments.extend(["--expect", *expect]));
        run(&arguments)
    };
    let right = count(&["failures=1", "uploads=1"]);
    assert_eq!(right.exit, Some(0), "{}", right.stderr);
    assert!(right.stdout.ends_with(
        "\n3 records\nok    failures: 1 match\nok    uploads: 1 match\n4 tests, all passed\n"
    ));

    let wrong = count(&["failures=2"]);
    assert_eq!(wrong.exit, Some(1));
    let lines = "FAIL  failures: 1 match, expected 2 matches\n      uploads: 1 match\n";
    assert!(wrong.stdout.contains(lines), "{}", wrong.stdout);

    let unknown = count(&["failure=1"]);
    assert_eq!(unknown.exit, Some(2));
    assert!(unknown.stderr.contains("names the rule `failure`"), "{}", unknown.stderr);

    let missing = run(&["rules", "test", &rules, "--events", "missing.json"]);
    assert_eq!(missing.exit, Some(1));
    assert!(missing.stderr.contains("missing.json: No such file"), "{}", missing.stderr);
    assert_eq!(run(&["rules", "test", &rules, "--expect", "failures=1"]).exit, Some(2));
}

#[test]
fn everything_wrong_with_rules_is_shown_where_it_is() {
    let folder = Folder::new();
    let file = folder.write(
        "rules.yaml",
        r#"field: ""
rules:
  - {id: a, severity: urgent, description: x, pattern: {"a": [1]}}
  - id: b
    severity: low
    description: x
    pattern: {"é": {"a": [{"prefx": "a"}]}}
  - id: c
    severity: low
    description: " "
    patern: {}
  - id: d
    severity: low
    description: x
  - id: e e
    severity: low
    description: ""
    pattern:
      detail:
        a: [{wildcard: "a**b"}]
    tests:
      - event: {}
        match: maybe
      - [name, {}, true]
      - {event: 1, match: true}
  - {id: b, severity: low, description: x, pattern: {a: [1]}}
  - 5
"#,
    );
    let checked = run(&["rules", "check", &file, "missing.yaml"]);
    assert_eq!(checked.exit, Some(2));
    let places = checked.stderr.replace(&file, "FILE");
    let mut from = 0;
    for (sentence, place) in [
        ("expected a name of 1 to 256 bytes as `field`", "FILE:1:8"),
        ("unknown variant `urgent`, expected one of `informational`,", "FILE:3:23"),
        ("no such operator: write one of prefix", "FILE:7:28"),
        ("unknown field `patern`, expected one of `id`", "FILE:11:5"),
        ("missing field `pattern`", "FILE:12:5"),
        ("expected 1 to 256 bytes without white space as `id`", "FILE:15:5"),
        ("expected a sentence as `description`", "FILE:15:5"),
        ("two `*` side by side: write one", "FILE:20:24"),
        ("invalid type: string \"maybe\", expected a boolean", "FILE:23:16"),
        ("expected an object", "FILE:24:9"),
        ("expected an object as `event`", "FILE:25:17"),
        ("a second rule `b`: give it another id", "FILE:26:5"),
        ("expected an object", "FILE:27:5"),
        ("missing.yaml cannot be read: No such file", ""),
        ("the rules are refused: 14 errors", ""),
    ] {
        let found = places[from..].find(&format!("error: {sentence}"));
        let found = found.unwrap_or_else(|| panic!("{sentence} in\n{places}"));
        from += found + 1;
        let report = &places[from..];
        let report = &report[..report.find("\n\n").unwrap_or(report.len())];
        assert!(report.contains(&format!("--> {place}\n")) || place.is_empty(), "{report}");
    }
    let marked = "  |\n7 |     pattern: {\"é\": {\"a\": [{\"prefx\": \"a\"}]}}\n  |                            ^^^^^^^\n";
    assert!(places.contains(marked), "{places}");
}

#[test]
fn many_errors_are_counted() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", format!("rules:\n{}", "- 1\n".repeat(30)));
    let checked = run(&["rules", "check", &file]);
    assert_eq!(checked.stderr.matches("error: expected an object").count(), 20);
    assert!(checked.stderr.contains("and 10 more errors\n"), "{}", checked.stderr);
}

#[test]
fn files_add_up_and_ids_differ_over_all_of_them() {
    let folder = Folder::new();
    let failures = folder.write("failures.yaml", FAILURES);
    let uploads = folder.write("uploads.json", UPLOADS);
    let checked = run(&["rules", "check", &failures, &uploads, "builtin"]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);
    assert!(checked.stdout.starts_with("15 rules in 3 files, "), "{}", checked.stdout);

    let again = folder.write("again.yaml", FAILURES);
    let checked = run(&["rules", "check", &failures, &again]);
    assert_eq!(checked.exit, Some(2));
    for place in [
        "a second rule `failures`".to_owned(),
        format!(" {again}:3:5\n"),
        format!(" {failures}:3:5\n"),
    ] {
        assert!(checked.stderr.contains(&place), "{place} in {}", checked.stderr);
    }

    let field = |name: &str| folder.write(name, format!("field: {name}\nrules: []\n"));
    let checked = run(&["rules", "check", &field("one"), &field("two")]);
    assert!(checked.stderr.contains("another file gives another `field`"), "{}", checked.stderr);
}

#[test]
fn hostile_files_are_refused_in_time() {
    let folder = Folder::new();
    let rule = |pattern: &str| {
        format!(
            r#"{{"rules":[{{"id":"a","severity":"low","description":"x","pattern":{pattern}}}]}}"#
        )
    };
    for (hostile, word) in [
        (rule(&format!(r#"{{"a":["{}"]}}"#, "x".repeat(10 << 20))), "4096 characters"),
        (rule(&format!("{}{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000))), "limit"),
        (rule(&format!(r#"{{"a":{}{}}}"#, "[".repeat(200), "]".repeat(200))), "list"),
        ("\u{1b}[2J: [".to_owned(), "error"),
        (" ".repeat((16 << 20) + 1), "at most 16777216 bytes"),
        ("\0".to_owned(), "error"),
        (String::new(), "an empty file"),
        ("# nothing\r\n".to_owned(), "an empty file"),
        ("\u{feff}rules:\r\n- é: [".to_owned(), "unclosed"),
    ] {
        let checked = run(&["rules", "check", &folder.write("hostile", &hostile)]);
        assert_eq!(checked.exit, Some(2), "{}", checked.stderr);
        assert!(checked.stderr.contains(word), "{word} in {}", checked.stderr);
        assert!(checked.stderr.len() < 4096 && !checked.stderr.contains('\u{1b}'));
    }
    let latin = run(&["rules", "check", &folder.write("latin", b"rules: \xe9")]);
    assert_eq!(latin.exit, Some(2), "{}", latin.stderr);
}

#[test]
fn one_pattern_works_on_records_and_on_events() {
    let record = signin("anaya", "Failure");
    let event = format!(
        r#"{{"source":"aws.signin","detail-type":"AWS Console Sign In via CloudTrail","detail":{record}}}"#
    );
    let input = format!("{}\n{record}\n{event}\n{}\n", other(1), signin("mateo", "Success"));
    let matched = |pattern: &str| pipe(&["rules", "match", "--pattern", pattern], input.as_bytes());
    let both = format!("{record}\n{event}\n");
    for pattern in [
        r#"{"detail":{"responseElements":{"ConsoleLogin":["Failure"]}}}"#,
        r#"{"source":["aws.signin"],"detail-type":["AWS Console Sign In via CloudTrail"],"detail":{"userIdentity":{"userName":[{"prefix":"an"}]}}}"#,
        r#"{"signin":{"outcome":["failure"]}}"#,
    ] {
        let run = matched(pattern);
        assert_eq!((run.exit, run.stderr.as_str()), (Some(0), ""), "{pattern}");
        assert_eq!(run.stdout, both, "{pattern}");
    }
    let uploads = matched(r#" {"eventSource":["s3.amazonaws.com"]} "#);
    assert_eq!(uploads.stdout, format!("{}\n", other(1)));
}

#[test]
fn what_is_wrong_with_a_pattern_is_shown() {
    let wrong = run(&["rules", "match", "--pattern", r#"{"a":[{"prefx":"b"}]}"#]);
    assert_eq!((wrong.exit, wrong.stdout.as_str()), (Some(2), ""));
    assert!(wrong.stderr.contains("error: no such operator"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("--> --pattern:1:8\n"), "{}", wrong.stderr);

    let broken = pipe(&["rules", "match", "--pattern", r#"{"a":["b"]}"#], b"{\"a\":tru}");
    assert_eq!(broken.exit, Some(1));
    assert!(broken.stderr.contains("-, record 0 at byte 0: expected"), "{}", broken.stderr);
}

#[test]
fn classify_says_which_rules_match() {
    let folder = Folder::new();
    let failures = folder.write("failures.yaml", FAILURES);
    let uploads = folder.write("uploads.json", UPLOADS);
    let input = three().join("\n");
    let classify = |more: &[&str]| {
        let rules = ["classify", "--rules", &failures, "--rules", &uploads];
        pipe(&[&rules, more].concat(), input.as_bytes())
    };
    let all = classify(&[]);
    assert_eq!(all.exit, Some(0), "{}", all.stderr);
    assert_eq!(all.values("/signin/rules"), [json!(["failures"]), json!(["uploads"]), json!([])],);
    assert_eq!(all.values("/signin/kind"), ["console_login", "not_signin", "console_login"]);
    assert!(
        all.stderr.contains("\nMatches by rule\n           1  failures\n           1  uploads\n")
    );
    assert!(all.stderr.contains("\n2 sign-ins "), "{}", all.stderr);

    assert_eq!(classify(&["--only", "matches"]).values("/record"), [0, 1]);
    assert_eq!(classify(&["--only", "signin"]).values("/record"), [0, 2]);
    assert_eq!(classify(&["--only", "failures"]).values("/record"), [0]);

    let table = classify(&["--format", "table"]).stdout;
    let ends: Vec<_> = table.lines().map(|line| line.rsplit_once("  ").unwrap().1).collect();
    assert_eq!(ends, ["RULES", "failures", "uploads", "-"]);
    let without = pipe(&["classify", "--format", "table"], input.as_bytes());
    assert!(!without.stdout.contains("RULES"), "{}", without.stdout);

    let csv = classify(&["--format", "csv"]).stdout;
    let ends: Vec<_> = csv.lines().map(|line| line.rsplit_once(',').unwrap().1).collect();
    assert_eq!(ends, ["rules", "failures", "uploads", ""]);
}

#[test]
fn the_field_of_annotated_records_has_a_name() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", format!("field: verdict\n{FAILURES}"));
    let annotated = pipe(
        &["classify", "--rules", &rules, "--format", "annotated", "--only", "matches"],
        three().join("\n").as_bytes(),
    );
    assert_eq!(annotated.values("/verdict/rules"), [json!(["failures"])], "{}", annotated.stderr);
}

#[test]
fn classify_refuses_what_cannot_be() {
    let none = pipe(&["classify", "--only", "matches"], three()[0].as_bytes());
    assert_eq!(none.exit, Some(2));
    assert!(none.stderr.contains("needs rules to match"), "{}", none.stderr);

    let folder = Folder::new();
    let broken = folder.write("rules.yaml", "rules: {}");
    let refused = pipe(&["classify", "--rules", &broken], three()[0].as_bytes());
    assert_eq!((refused.exit, refused.stdout.as_str()), (Some(2), ""));
    assert!(refused.stderr.contains("rules.yaml:1:8\n"), "{}", refused.stderr);
}
