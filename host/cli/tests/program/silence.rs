//! `silence` and `tune` in rule files, run as a program.

use crate::support::{Folder, pipe, run, signin, three};
use serde_json::{Value, json};

/// A scanner in the audit, and a higher threshold for addresses.
const MINE: &str = "\
silence:
  - source_ip: 192.0.2.0/24
    user_agent: scanner/*
    reason: The yearly audit.
    until: 2025-06-30T00:00:00Z
tune:
  - id: brute-force-ip
    severity: critical
    count: 10
    timespan: 15m
";

/// Failed sign-ins of different users within minutes, from one address.
fn failures(count: u32, agent: &str) -> String {
    let record = |number: u32| {
        signin(&format!("user{number}"), "Failure")
            .replace("11:10:09Z", &format!("11:10:{number:02}Z"))
            .replace("Mozilla/5.0", agent)
    };
    (0..count).map(|number| record(number) + "\n").collect()
}

fn rules_of(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["rule"].as_str()).collect()
}

#[test]
fn a_scanner_is_silenced_until_a_date() {
    let folder = Folder::new();
    let mine = folder.write("mine.yaml", MINE);
    let attempts = |input: &str, more: &[&str]| {
        let rules = ["attempts", "--rules", "builtin", "--rules", &mine];
        pipe(&[&rules, more].concat(), input.as_bytes())
    };
    let silenced = attempts(&failures(12, "scanner/7"), &[]);
    assert_eq!(silenced.exit, Some(0), "{}", silenced.stderr);
    let lines = silenced.lines();
    assert_eq!(lines.len(), 12, "{}", silenced.stdout);
    for line in &lines {
        assert_eq!((&line["silenced"], &line["silenced_by"]), (&line["rules"], &json!([0])));
    }
    // Each attempt, and its record.
    let summary = format!(
        "\nSilenced by\n          24  The yearly audit., until 2025-06-30T00:00:00Z, {mine}:2:5\n"
    );
    assert!(silenced.stderr.contains(&summary), "{}", silenced.stderr);

    let loud = attempts(&failures(12, "curl/8"), &[]).lines();
    assert!(loud.iter().all(|line| line.get("silenced").is_none()));
    assert!(rules_of(&loud).contains(&"brute-force-ip"), "{loud:?}");
    let late = failures(12, "scanner/7").replace("2025-03", "2025-07");
    assert!(rules_of(&attempts(&late, &[]).lines()).contains(&"brute-force-ip"));

    let table = attempts(&failures(1, "scanner/7"), &["--format", "table"]).stdout;
    assert!(table.lines().nth(1).unwrap().ends_with("  silenced"), "{table}");
    let csv = attempts(&failures(1, "scanner/7"), &["--format", "csv"]).stdout;
    assert!(csv.lines().next().unwrap().contains(",silenced,"), "{csv}");
    assert!(csv.lines().nth(1).unwrap().contains(",failed-attempt"), "{csv}");
}

#[test]
fn a_threshold_of_a_builtin_rule_is_changed() {
    let folder = Folder::new();
    let mine = folder.write("mine.yaml", MINE);
    let findings = |files: &[&str], count: u32| {
        let rules = files.iter().flat_map(|file| ["--rules", file]).collect::<Vec<_>>();
        let run = pipe(&[&["attempts"], &*rules].concat(), failures(count, "curl/8").as_bytes());
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        let lines = run.lines();
        let opened = lines.iter().filter(|line| line["state"] == "opened");
        let found = opened.filter(|line| line["rule"] == "brute-force-ip");
        found.map(|line| (line["count"].clone(), line["severity"].clone())).collect::<Vec<_>>()
    };
    assert!(!findings(&["builtin"], 9).is_empty());
    assert!(findings(&["builtin", &mine], 9).is_empty());
    let found = findings(&["builtin", &mine], 10);
    assert_eq!(found, [(json!(10), json!("critical"))]);
    let off = folder.write("off.yaml", "tune: [{id: brute-force-ip, enabled: false}]");
    assert!(findings(&["builtin", &mine, &off], 12).is_empty());
    let on = folder.write("on.yaml", "tune: [{id: brute-force-ip, enabled: true, count: 12}]");
    assert_eq!(findings(&["builtin", &mine, &off, &on], 12), [(json!(12), json!("critical"))]);
}

/// Rules on records: failures, and what else is read.
const RECORDS: &str = r#"
rules:
  - {id: failures, severity: low, description: A failure., pattern: {"signin": {"outcome": ["failure"]}}}
  - {id: users, severity: low, description: Users., pattern: {"userIdentity": {"type": ["IAMUser"]}}}
  - {id: objects, severity: low, description: S3., pattern: {"eventSource": ["s3.amazonaws.com"]}}
silence:
  - {rules: [users], identity: aidaEXAMPLEmateo, reason: Mateo., until: 2025-06-30T00:00:00+02:00}
  - {rules: [failures], account: "111122223333", reason: Others., until: 2025-06-30T00:00:00Z}
  - {rules: [failures], account: "444455556666", reason: Nobody., until: 2025-06-30T00:00:00Z}
tune:
  - {id: objects, enabled: false}
"#;

#[test]
fn what_is_silenced_is_no_match() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", RECORDS);
    let input = three().join("\n");
    let classify =
        |more: &[&str]| pipe(&[&["classify", "--rules", &rules], more].concat(), input.as_bytes());
    let all = classify(&[]);
    assert_eq!(all.values("/signin/rules"), [json!(["failures", "users"]), json!(["users"])]);
    assert_eq!(all.values("/signin/silenced"), [json!(["failures"]), json!(["users"])]);
    assert_eq!(all.values("/signin/silenced_by"), [json!([1]), json!([0])]);
    let summary = format!(
        "\nMatches by rule\n           1  users\nSilenced by\n           \
         1  Mateo., until 2025-06-29T22:00:00Z, {rules}:7:5\n           \
         1  Others., until 2025-06-30T00:00:00Z, {rules}:8:5\n"
    );
    assert!(all.stderr.contains(&summary), "{}", all.stderr);

    assert_eq!(classify(&["--only", "matches"]).values("/record"), [0]);
    let table = classify(&["--format", "table"]).stdout;
    let ends: Vec<_> = table.lines().map(|line| line.rsplit_once("  ").unwrap().1).collect();
    assert_eq!(ends, ["RULES", "users silenced", "silenced"]);

    let filter = ["filter", "--report", "--rules", &rules, "--mode", "matches"];
    let filtered = pipe(&filter, input.as_bytes());
    assert_eq!(filtered.values("/eventID"), ["event-anaya"], "{}", filtered.stderr);
    assert!(filtered.stderr.contains("\nSilenced by\n"), "{}", filtered.stderr);

    let text = ["explain", "--format", "text", "--rules", &rules];
    let explained = pipe(&text, input.as_bytes()).stdout;
    assert!(!explained.contains("objects"), "{explained}");
    assert!(explained.contains("  yes  rule failures, silenced\n"), "{explained}");
    let entry = format!("\n  silenced by  Others., until 2025-06-30T00:00:00Z, {rules}:8:5\n");
    assert!(explained.contains(&entry), "{explained}");
    let ndjson = pipe(&["explain", "--rules", &rules, "--format", "ndjson"], input.as_bytes());
    let lines = ndjson.lines();
    assert_eq!(lines[0]["silenced_by"], json!([1]));
    let rule = |id: &str| {
        let rules = lines[0]["rules"].as_array().unwrap();
        rules.iter().find(|rule| rule["id"] == id).unwrap()["silenced"].clone()
    };
    assert_eq!((rule("failures"), rule("users")), (json!(true), json!(null)));
    assert!(lines.iter().any(|line| line.get("silenced_by").is_none()));

    // A module with the same inside says the same.
    let baked = folder.path("baked.wasm").to_str().unwrap().to_owned();
    let written = run(&["bake", "--rules", &rules, "--output", &baked]);
    assert!(written.stdout.starts_with("2 rules in "), "{}{}", written.stdout, written.stderr);
    let inside = pipe(&["classify", "--module", &baked], input.as_bytes());
    assert_eq!(inside.stdout, all.stdout);
    assert!(inside.stderr.contains("\n           1  entry 0 of the module\n"), "{}", inside.stderr);
}

#[test]
fn the_example_in_the_help_is_valid() {
    let help = run(&["rules", "--help"]).stdout;
    let (_, example) = help.split_once("of `builtin` too:\n").unwrap();
    let (example, _) = example.split_once("\nAn entry").unwrap();
    let folder = Folder::new();
    let checked = run(&["rules", "check", "builtin", &folder.write("rules.yaml", example)]);
    assert_eq!(checked.exit, Some(0), "{}{}", checked.stderr, checked.stdout);
}

#[test]
fn the_examples_in_the_docs_are_valid() {
    let page = include_str!("../../../../plugin/rules/DETECTIONS.md");
    let folder = Folder::new();
    let examples: Vec<_> = page.split("```yaml\n").skip(1).collect();
    assert_eq!(examples.len(), 2);
    for (number, example) in examples.iter().enumerate() {
        let (example, _) = example.split_once("```").unwrap();
        let file = folder.write(&format!("{number}.yaml"), example);
        let checked = run(&["rules", "check", "builtin", &file]);
        assert_eq!(checked.exit, Some(0), "{}{}", checked.stderr, checked.stdout);
    }
}

#[test]
fn check_says_what_is_over() {
    let folder = Folder::new();
    let mine = folder.write("mine.yaml", MINE);
    let checked = run(&["rules", "check", "builtin", &mine]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);
    let lines: Vec<_> = checked.stdout.lines().collect();
    assert!(lines[0].contains(" in 2 files, ") && lines[0].ends_with(" tests: valid"), "{lines:?}");
    assert_eq!(lines[1..3], ["1 silence", "1 change"]);
    let over = format!(
        "over, so that it holds for older events only: The yearly audit., until \
         2025-06-30T00:00:00Z, {mine}:2:5"
    );
    assert_eq!(lines.last(), Some(&&*over));
    let coming = folder.write("coming.yaml", MINE.replace("2025-06", "9999-06"));
    assert!(!run(&["rules", "check", "builtin", &coming]).stdout.contains("over"));
}

#[test]
fn rules_are_tested_as_they_are_written() {
    let folder = Folder::new();
    let all = "silence: [{account: \"111122223333\", reason: All., until: 9999-01-01T00:00:00Z}]\n\
               tune: [{id: brute-force-ip, count: 10}, {id: failed-attempt, enabled: false}]";
    let tested = run(&["rules", "test", "builtin", &folder.write("all.yaml", all)]);
    assert_eq!(tested.exit, Some(0), "{}", tested.stdout);
}

#[test]
fn each_mistake_has_its_position() {
    let folder = Folder::new();
    let rest = "reason: Ours., until: 2025-06-30T00:00:00Z";
    for (entries, place, message) in [
        (format!("silence: [{{{rest}}}]"), 10, "would silence everything"),
        (
            format!("silence: [{{rules: [any], {rest}}}]"),
            19,
            "expected the id of a rule, found `any`",
        ),
        (format!("silence: [{{account: 111122223333, {rest}}}]"), 20, "as `account`"),
        ("silence: [{account: a, until: 2025-06-30T00:00:00Z}]".to_owned(), 10, "as `reason`"),
        ("silence: [{account: a, reason: b, until: 2025-06-30}]".to_owned(), 41, "as `until`"),
        (format!("silence: [{{source_ip: 192.0.2.0/40, {rest}}}]"), 22, "as `source_ip`"),
        (format!("silence: [{{user: a, account: b, {rest}}}]"), 17, "unknown field `user`"),
        ("silence: {}".to_owned(), 9, "expected a sequence"),
        ("tune: [{id: any}]".to_owned(), 12, "or in one before it, found `any`"),
        ("tune: [{count: 3}]".to_owned(), 7, "missing field `id`"),
        ("tune: [{id: failed-attempt, count: 3}]".to_owned(), 35, "expected no `count`"),
        ("tune: [{id: failed-attempt, timespan: 3s}]".to_owned(), 38, "expected no `timespan`"),
        ("tune: [{id: mfa-fatigue, count: 0}]".to_owned(), 32, "a number from 1 to 1000"),
        ("tune: [{id: mfa-fatigue, severity: huge}]".to_owned(), 35, "unknown variant `huge`"),
        ("field: signin".to_owned(), 0, "expected `rules`, `silence` or `tune`"),
    ] {
        let mine = folder.write("mine.yaml", &entries);
        let checked = run(&["rules", "check", "builtin", &mine]);
        assert_eq!(checked.exit, Some(2), "{entries}: {}", checked.stdout);
        assert!(checked.stderr.contains(message), "{entries}: {}", checked.stderr);
        let position = format!("mine.yaml:1:{}\n", place + 1);
        assert!(checked.stderr.contains(&position), "{entries}: {}", checked.stderr);
    }
    // A change may be of a rule before it only.
    let tune = folder.write("tune.yaml", "tune: [{id: mfa-fatigue, count: 4}]");
    let checked = run(&["rules", "check", &tune, "builtin"]);
    assert!(checked.stderr.contains("pass the file that defines it first"), "{}", checked.stderr);
    // An entry may name any.
    let entry = format!("silence: [{{rules: [mfa-fatigue], {rest}}}]");
    let checked = run(&["rules", "check", &folder.write("entry.yaml", entry), "builtin"]);
    assert_eq!(checked.exit, Some(0), "{}", checked.stderr);
}

#[test]
fn vrl_silences_nothing_but_leaves_out_what_is_off() {
    let folder = Folder::new();
    let refused = run(&["vrl", "--rules", &folder.write("rules.yaml", RECORDS)]);
    assert_eq!(refused.exit, Some(2));
    assert!(refused.stderr.contains("`silence` has no equivalent in VRL"), "{}", refused.stderr);
    let (rules, rest) = RECORDS.split_once("silence:").unwrap();
    let (_, tune) = rest.split_once("tune:").unwrap();
    let tuned = folder.write("tuned.yaml", format!("{rules}tune:{tune}"));
    let program = run(&["vrl", "--rules", &tuned]);
    assert_eq!(program.exit, Some(0), "{}", program.stderr);
    assert!(program.stdout.contains("# failures (low)") && !program.stdout.contains("# objects"));
}
