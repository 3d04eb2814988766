//! `sekisho rules` and `sekisho classify --rules`, run as a program.

use crate::support::{Folder, other, pipe, run, signin, three};
use serde_json::json;

/// A rule that matches every failed sign-in to the console.
const FAILURES: &str = r#"
rules:
  - id: failures
    severity: medium
    description: A sign-in failed.
    pattern: {"detail": {"responseElements": {"ConsoleLogin": ["Failure"]}}}
    tests:
      - name: failure
        match: true
        event: {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin",
                "responseElements": {"ConsoleLogin": "Failure"}}
      - match: false
        event: {"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}
"#;

/// Rules for attempts, and a correlation.
const CORRELATED: &str = r#"
rules:
  - id: often
    severity: high
    description: Three attempts from one address failed.
    correlation: {type: event_count, rules: [refused, portal], group-by: [source_ip],
                  timespan: 1m, condition: {gt: 2}}
    tests:
      - name: three
        findings: 1
        events:
          - {times: 3, every: 30s, event: {"eventSource": "signin.amazonaws.com",
             "eventName": "ConsoleLogin", "userIdentity": {"principalId": "AIDA{n}"},
             "sourceIPAddress": "192.0.2.10", "responseElements": {"ConsoleLogin": "Failure"}}}
      - name: two and a record
        match: true
        events:
          - {times: 2, event: {"detail": {"eventSource": "signin.amazonaws.com",
             "eventName": "ConsoleLogin", "userIdentity": {"principalId": "AIDA{n}"},
             "sourceIPAddress": "192.0.2.10", "responseElements": {"ConsoleLogin": "Failure"}}}}
          - {"eventSource": "sso.amazonaws.com", "eventName": "Federate",
             "eventTime": "2025-01-01T00:01:00Z", "sourceIPAddress": "192.0.2.10"}
  - id: portal
    severity: low
    description: The portal was used.
    pattern: {"detail": {"eventName": ["Federate"]}}
  - id: refused
    severity: low
    description: An attempt failed.
    pattern: {"attempt": {"outcome": ["failure"]}}
    tests:
      - match: false
        events: [{"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}]
"#;

/// A rule that matches records other than sign-ins.
const UPLOADS: &str = r#"{"rules":[{"id":"uploads","severity":"low","description":"S3.",
    "pattern":{"eventSource":["s3.amazonaws.com"]}}]}"#;

#[test]
fn the_builtin_rules_pass_their_tests() {
    let checked = run(&["rules", "check", "builtin"]);
    assert_eq!((checked.exit, checked.stderr.as_str()), (Some(0), ""));
    assert!(checked.stdout.starts_with("32 rules in 1 file, "), "{}", checked.stdout);

    let tested = run(&["rules", "test", "builtin"]);
    assert_eq!(tested.exit, Some(0), "{}", tested.stdout);
    assert_eq!(tested.stdout.matches("\nok  ").count(), 31, "{}", tested.stdout);
    assert!(tested.stdout.ends_with(" tests, all passed\n"), "{}", tested.stdout);
}

#[test]
fn the_highest_complexity_of_wildcards_is_printed() {
    let rule = |id: &str, wildcard: &str| {
        format!(
            r#"{{"id":"{id}","severity":"low","description":"-","pattern":{{"userAgent":[{{"wildcard":"{wildcard}"}}]}}}}"#
        )
    };
    let check = |rules: &[String]| {
        let folder = Folder::new();
        let file = folder.write("rules.json", format!(r#"{{"rules":[{}]}}"#, rules.join(",")));
        run(&["rules", "check", &file])
    };
    let valid = check(&[rule("simple", "a*"), rule("complex", "*a*a*a*a*a")]);
    let expected = "wildcards: a complexity of up to 10, in `complex`; AWS accepts 10\n";
    assert!(valid.stdout.ends_with(expected), "{}", valid.stdout);
    let refused = check(&[rule("too-complex", "*a*a*a*a*aa")]);
    assert_eq!(refused.exit, Some(2));
}

#[test]
fn the_example_in_the_help_is_valid() {
    let help = run(&["rules", "--help"]).stdout;
    let (_, example) = help.split_once("in YAML or JSON:\n").unwrap();
    let (example, _) = example.split_once("\n\n").unwrap();
    let folder = Folder::new();
    let tested = run(&["rules", "test", &folder.write("rules.yaml", example)]);
    assert_eq!(tested.exit, Some(0), "{}{}", tested.stderr, tested.stdout);
    assert!(tested.stdout.ends_with("\n2 tests, all passed\n"), "{}", tested.stdout);
}

#[test]
fn every_builtin_rule_has_a_test_for_each_result() {
    let rules = include_str!("../../../../plugin/rules/signin.yaml");
    let rules = rules.split("\n  - id: ").skip(1);
    for rule in rules {
        let results = match rule.contains("correlation:") {
            true => ["findings: 1", "findings: 0"],
            false => ["match: true", "match: false"],
        };
        for result in results {
            assert!(rule.contains(result), "{result} in {rule}");
        }
    }
}

#[test]
fn a_failing_test_shows_its_position_and_event() {
    let folder = Folder::new();
    let file = folder.write("rules.yaml", FAILURES.replace("match: true", "match: false"));
    let tested = run(&["rules", "test", &file]);
    assert_eq!(tested.exit, Some(1), "{}", tested.stderr);
    let expected = format!(
        "FAIL  medium         failures  2 tests
      `failure` at {file}:10:16: expected no match, found a match
      event: {{\"eventSource\":\"signin.amazonaws.com\",\"eventName\":\"ConsoleLogin\",\"responseElements\":{{\"ConsoleLogin\":\"Failure\"}}}}
      yes  detail.responseElements.ConsoleLogin [\"Failure\"], found \"Failure\"
2 tests, 1 failed\n"
    );
    assert_eq!(tested.stdout, expected);
}

#[test]
fn a_failing_test_of_attempts_shows_the_emitted_lines() {
    let folder = Folder::new();
    let passing = run(&["rules", "test", &folder.write("passing.yaml", CORRELATED)]);
    assert_eq!((passing.exit, passing.stderr.as_str()), (Some(0), ""), "{}", passing.stdout);
    assert!(passing.stdout.ends_with("\n3 tests, all passed\n"), "{}", passing.stdout);

    for (part, other, message) in [
        (
            "findings: 1",
            "findings: 2",
            "`three` at FILE:12:11: expected 2 findings, found 1 finding",
        ),
        ("gt: 2", "gt: 3", "`three` at FILE:12:11: expected 1 finding, found 0 findings"),
        ("30s", "31s", "`three` at FILE:12:11: expected 1 finding, found 0 findings"),
        (
            "192.0.2.10",
            "192.0.2.{n}",
            "`three` at FILE:12:11: expected 1 finding, found 0 findings",
        ),
        (
            "match: true",
            "match: false",
            "`two and a record` at FILE:18:11: expected no match, found a match",
        ),
        (
            "00:01:00Z",
            "00:01:01Z",
            "`two and a record` at FILE:18:11: expected a match, found no match",
        ),
    ] {
        let file = folder.write("failing.yaml", CORRELATED.replacen(part, other, 1));
        let failing = run(&["rules", "test", &file]);
        assert_eq!(failing.exit, Some(1), "{}", failing.stderr);
        let stdout = failing.stdout.replace(&file, "FILE");
        assert!(
            stdout.contains(&format!("\n      {message}\n      emitted: {{\"type\":\"attempt\",")),
            "{stdout}"
        );
        assert!(stdout.ends_with(" failed\n"), "{stdout}");
    }

    let file = CORRELATED.replace("match: false", "match: true");
    let failing = run(&["rules", "test", &folder.write("failing.yaml", file)]);
    let reason = "\"flags\":[],\"identity\":null,\"rules\":[]}\n      no   attempt.outcome [\"failure\"], found \"unknown\"\n3 tests, 1 failed\n";
    assert!(failing.stdout.ends_with(reason), "{}", failing.stdout);
}

#[test]
fn a_test_with_unreadable_events_fails() {
    let folder = Folder::new();
    let event = r#"{"Records": [{"a": 1}, {"b": 2}]}"#;
    let file = CORRELATED
        .replace(r#"{"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"}"#, event);
    let tested = run(&["rules", "test", &folder.write("rules.yaml", file)]);
    assert_eq!(tested.exit, Some(1), "{}", tested.stderr);
    assert!(tested.stdout.contains("expected no match, found the input"), "{}", tested.stdout);
}

/// Correlations and patterns for attempts match no single record.
#[test]
fn rules_for_attempts_do_not_match_records() {
    let folder = Folder::new();
    let correlated = folder.write("correlated.yaml", CORRELATED);
    let failures = folder.write("failures.yaml", FAILURES);
    let input = signin("anaya", "Failure");
    let rules = ["--rules", &correlated, "--rules", &failures];
    let classified = pipe(&[&["classify"], &rules[..]].concat(), input.as_bytes());
    assert_eq!(classified.values("/signin/rules"), [json!(["failures"])], "{}", classified.stderr);
    let explained = pipe(&[&["explain"], &rules[..]].concat(), input.as_bytes());
    let ids = explained.lines()[0]["rules"].as_array().unwrap().clone();
    let ids: Vec<_> = ids.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["portal", "failures"]);

    for id in ["refused", "often"] {
        let expect = format!("{id}=1");
        let tested =
            run(&["rules", "test", &correlated, "--events", &correlated, "--expect", &expect]);
        assert_eq!(tested.exit, Some(2));
        assert!(
            tested.stderr.contains("found a rule for attempts or a correlation"),
            "{}",
            tested.stderr
        );
    }
    let pattern = r#"{"attempt":{"outcome":["failure"]}}"#;
    let matched = pipe(&["rules", "match", "--pattern", pattern], input.as_bytes());
    assert_eq!((matched.exit, matched.stdout.as_str()), (Some(2), ""));
    assert!(matched.stderr.contains("found a pattern for attempts"), "{}", matched.stderr);
}

#[test]
fn a_test_with_an_unreadable_event_fails() {
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
fn counts_matches_in_a_file() {
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
    assert!(unknown.stderr.contains("found no rule with this id"), "{}", unknown.stderr);

    let missing = run(&["rules", "test", &rules, "--events", "missing.json"]);
    assert_eq!(missing.exit, Some(1));
    assert!(missing.stderr.contains("missing.json: No such file"), "{}", missing.stderr);
    assert_eq!(run(&["rules", "test", &rules, "--expect", "failures=1"]).exit, Some(2));
}

#[test]
fn all_errors_in_rules_are_shown_at_their_position() {
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
    tags: [attack.t1110, ""]
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
    let shown = checked.stderr.replace(&file, "FILE");
    let mut from = 0;
    for (message, position) in [
        ("expected a name of 1 to 256 bytes as `field`", "FILE:1:8"),
        ("unknown variant `urgent`, expected one of `informational`,", "FILE:3:23"),
        ("no such operator: write one of prefix", "FILE:7:28"),
        ("unknown field `patern`, expected one of `id`", "FILE:11:5"),
        ("expected a `pattern` or a `correlation`", "FILE:12:5"),
        ("expected 1 to 256 bytes without white space as `id`", "FILE:15:5"),
        ("expected text as `description`", "FILE:15:5"),
        ("expected text as each of the `tags`", "FILE:15:5"),
        ("two `*` side by side: write one", "FILE:21:24"),
        ("invalid type: string \"maybe\", expected a boolean", "FILE:24:16"),
        ("expected an object", "FILE:25:9"),
        ("expected an object as `event`", "FILE:26:17"),
        ("expected a unique `id`, found a second rule `b`", "FILE:27:5"),
        ("expected an object", "FILE:28:5"),
        ("missing.yaml cannot be read: No such file", ""),
        ("the rules are invalid: 15 errors", ""),
    ] {
        let found = shown[from..].find(&format!("error: {message}"));
        let found = found.unwrap_or_else(|| panic!("{message} in\n{shown}"));
        from += found + 1;
        let report = &shown[from..];
        let report = &report[..report.find("\n\n").unwrap_or(report.len())];
        assert!(report.contains(&format!("--> {position}\n")) || position.is_empty(), "{report}");
    }
    let marked = "  |\n7 |     pattern: {\"é\": {\"a\": [{\"prefx\": \"a\"}]}}\n  |                            ^^^^^^^\n";
    assert!(shown.contains(marked), "{shown}");
}

#[test]
fn all_errors_in_correlations_are_shown_at_their_position() {
    let folder = Folder::new();
    let file = folder.write(
        "rules.yaml",
        r#"rules:
  - id: a
    severity: low
    description: x
    pattern: {"attempt": {"outcome": ["failure"]}, "detail": {"a": [1]}}
    tests: [{event: {}, match: true}]
  - id: b
    severity: low
    description: x
    correlation:
      type: temporal
      rules: [a]
      timespan: 5m
  - id: c
    severity: low
    description: x
    correlation: {type: event_count, rules: [a], timespan: 5m, condition: {lt: 3}}
  - id: d
    severity: low
    description: x
    correlation:
      type: value_count
      rules: [a, nobody, d, failures]
      group-by: [user]
      timespan: 30d
      condition: {gte: 1000, field: source_ip}
    tests:
      - event: {}
        match: true
      - events: [7, {times: 0, event: {}}, {every: soon, times: 1, event: {}}, {times: 1, event: 3}]
        findings: 1
      - {events: {}, findings: 1}
      - {events: [], findings: 1}
      - {events: [{}], findings: 1, match: true}
      - {events: [{times: 10001, event: {}}], findings: 0}
  - id: e
    severity: low
    description: x
    pattern: {"a": [1]}
    correlation: {}
    tests: [{event: 7}]
  - id: f
    severity: low
    description: x
    correlation: {type: event_count, rules: [e], timespan: 5m, condition: {gte: 3}, aliases: 1}
  - id: g
    severity: low
    description: x
    pattern: {"a": [1]}
    tests: [{events: [{}], findings: 1}]
"#,
    );
    let failures = folder.write("failures.yaml", FAILURES);
    let checked = run(&["rules", "check", &file, &failures]);
    assert_eq!(checked.exit, Some(2));
    let shown = checked.stderr.replace(&file, "FILE");
    let mut from = 0;
    for (message, position) in [
        ("expected only `attempt` in a pattern for attempts, found `detail`", "FILE:5:14"),
        ("expected `events` and `match` in a test of a pattern for attempts", "FILE:6:13"),
        ("expected `event_count`, `value_count` or `temporal_ordered`", "FILE:11:13"),
        ("expected `gte` or `gt` (whether an upper bound", "FILE:17:80"),
        ("expected `events`, and `findings` or `match`, in a test of a", "FILE:28:9"),
        ("expected an object", "FILE:30:18"),
        ("expected at least 1 as `times`", "FILE:30:21"),
        ("expected 0s to 2592000s, or a number", "FILE:30:44"),
        ("invalid type: integer `3`, expected a map", "FILE:30:98"),
        ("invalid type: map, expected a sequence", "FILE:32:18"),
        ("expected at least one event", "FILE:33:18"),
        ("expected `events`, and `findings` or `match`, in a test of a", "FILE:34:9"),
        ("expected at most 10000 events in a test", "FILE:35:19"),
        ("expected a `pattern` or a `correlation`, found both", "FILE:36:5"),
        ("unknown field `aliases`", "FILE:45:94"),
        ("expected `event` and `match` in a test of a pattern for records", "FILE:50:13"),
        ("expected the id of a rule, found `nobody`", "FILE:23:18"),
        ("expected the id of a rule with a pattern, found correlation `d`", "FILE:23:26"),
        ("the rules are invalid: 18 errors", ""),
    ] {
        let found = shown[from..].find(&format!("error: {message}"));
        let found = found.unwrap_or_else(|| panic!("{message} in\n{shown}"));
        from += found + 1;
        let report = &shown[from..];
        let report = &report[..report.find("\n\n").unwrap_or(report.len())];
        assert!(report.contains(&format!("--> {position}\n")) || position.is_empty(), "{report}");
    }
}

#[test]
fn correlations_reference_rules_in_other_files() {
    let folder = Folder::new();
    let mine = folder.write(
        "mine.yaml",
        CORRELATED.replacen("[refused, portal]", "[failed-attempt, portal]", 1),
    );
    let alone = run(&["rules", "check", &mine]);
    assert_eq!(alone.exit, Some(2));
    assert!(alone.stderr.contains("found `failed-attempt`"), "{}", alone.stderr);
    for files in [[mine.as_str(), "builtin"], ["builtin", mine.as_str()]] {
        let tested = run(&[&["rules", "test"], &files[..]].concat());
        assert_eq!(tested.exit, Some(0), "{}{}", tested.stderr, tested.stdout);
    }
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
fn ids_are_unique_across_files() {
    let folder = Folder::new();
    let failures = folder.write("failures.yaml", FAILURES);
    let uploads = folder.write("uploads.json", UPLOADS);
    let checked = run(&["rules", "check", &failures, &uploads, "builtin"]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);
    assert!(checked.stdout.starts_with("34 rules in 3 files, "), "{}", checked.stdout);

    let again = folder.write("again.yaml", FAILURES);
    let checked = run(&["rules", "check", &failures, &again]);
    assert_eq!(checked.exit, Some(2));
    for expected in [
        "found a second rule `failures`".to_owned(),
        format!(" {again}:3:5\n"),
        format!(" {failures}:3:5\n"),
    ] {
        assert!(checked.stderr.contains(&expected), "{expected} in {}", checked.stderr);
    }

    let field = |name: &str| folder.write(name, format!("field: {name}\nrules: []\n"));
    let checked = run(&["rules", "check", &field("one"), &field("two")]);
    assert!(
        checked.stderr.contains("expected `one` as `field`, as in another file"),
        "{}",
        checked.stderr
    );
}

#[test]
fn rejects_hostile_files_in_time() {
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
fn a_pattern_matches_records_and_events() {
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
fn errors_in_a_pattern_are_shown() {
    let wrong = run(&["rules", "match", "--pattern", r#"{"a":[{"prefx":"b"}]}"#]);
    assert_eq!((wrong.exit, wrong.stdout.as_str()), (Some(2), ""));
    assert!(wrong.stderr.contains("error: no such operator"), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("--> --pattern:1:8\n"), "{}", wrong.stderr);

    let broken = pipe(&["rules", "match", "--pattern", r#"{"a":["b"]}"#], b"{\"a\":tru}");
    assert_eq!(broken.exit, Some(1));
    assert!(broken.stderr.contains("-, record 0 at byte 0: expected"), "{}", broken.stderr);
}

#[test]
fn classify_shows_the_rules_that_match() {
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
    let cells: Vec<_> = csv.lines().map(|line| line.rsplit(',').nth(6).unwrap()).collect();
    assert_eq!(cells, ["rules", "failures", "uploads", ""]);
}

#[test]
fn a_rule_file_sets_the_field_of_annotated_records() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", format!("field: verdict\n{FAILURES}"));
    let annotated = pipe(
        &["classify", "--rules", &rules, "--format", "annotated", "--only", "matches"],
        three().join("\n").as_bytes(),
    );
    assert_eq!(annotated.values("/verdict/rules"), [json!(["failures"])], "{}", annotated.stderr);
}

#[test]
fn classify_rejects_invalid_rules() {
    let none = pipe(&["classify", "--only", "matches"], three()[0].as_bytes());
    assert_eq!(none.exit, Some(2));
    assert!(none.stderr.contains("needs rules"), "{}", none.stderr);

    let folder = Folder::new();
    let broken = folder.write("rules.yaml", "rules: {}");
    let refused = pipe(&["classify", "--rules", &broken], three()[0].as_bytes());
    assert_eq!((refused.exit, refused.stdout.as_str()), (Some(2), ""));
    assert!(refused.stderr.contains("rules.yaml:1:8\n"), "{}", refused.stderr);
}
