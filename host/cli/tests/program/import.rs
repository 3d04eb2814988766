//! `sekisho rules import` and `export`, run as a program.

use crate::support::{Folder, run};

const SIGMA: &str = "
title: Trail Stopped
logsource: {product: aws, service: cloudtrail}
detection:
  stop: {eventSource: cloudtrail.amazonaws.com, eventName: StopLogging}
  known: {sourceIPAddress|cidr: 192.0.2.0/24}
  condition: stop
level: high
tags: [attack.t1562.008]
";

#[test]
fn sigma_rules_are_imported_and_the_others_named() {
    let folder = Folder::new();
    let good = folder.write("good.yml", SIGMA);
    let bad = folder.write("bad.yml", SIGMA.replace(": stop\n", ": stop and not known\n"));
    let imported = run(&["rules", "import", "sigma", &good, &bad]);
    assert_eq!(imported.exit, Some(1), "{}", imported.stderr);
    assert!(imported.stderr.contains("bad.yml:6:11"), "{}", imported.stderr);
    assert!(imported.stderr.ends_with("1 rule imported, 1 refused\n"), "{}", imported.stderr);
    assert!(imported.stdout.contains(r#""equals-ignore-case": "StopLogging""#));
    let rules = folder.write("rules.json", &imported.stdout);
    let checked = run(&["rules", "check", &rules]);
    assert!(checked.stdout.starts_with("1 rule in 1 file, "), "{}", checked.stderr);
}

#[test]
fn two_rules_have_two_ids_and_a_correlation_is_valid() {
    let folder = Folder::new();
    let one = folder.write("one.yml", format!("{SIGMA}name: stopped\n"));
    let two = folder.write(
        "two.yml",
        "title: Often\ncorrelation: {type: event_count, rules: [stopped], timespan: 90d, condition: {gte: 10}}\n",
    );
    let imported = run(&["rules", "import", "sigma", &one, &one, &two]);
    assert!(imported.stderr.contains("a second rule with the id `stopped`"), "{}", imported.stderr);
    assert!(imported.stderr.contains("not a valid correlation: "), "{}", imported.stderr);
    assert!(imported.stderr.ends_with("1 rule imported, 2 refused\n"), "{}", imported.stderr);
}

#[test]
fn a_template_of_cloudformation_is_imported() {
    const TEMPLATE: &str = "
Resources:
  RootSignsIn:
    Type: AWS::Events::Rule
    Properties:
      Description: Root signed in.
      EventPattern:
        detail-type: [AWS Console Sign In via CloudTrail]
        detail: {userIdentity: {type: [Root]}}
  Named:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail: {userIdentity: {userName: [!Ref Name]}}}
  Topic:
    Type: AWS::SNS::Topic
";
    let folder = Folder::new();
    let template = folder.write("template.yaml", TEMPLATE);
    let output = folder.path("rules.json");
    let output = output.to_str().unwrap();
    let imported = run(&["rules", "import", "eventbridge", &template, "--output", output]);
    assert_eq!(imported.exit, Some(1), "{}", imported.stderr);
    assert!(imported.stderr.contains("a function of CloudFormation"), "{}", imported.stderr);
    assert!(imported.stderr.contains("template.yaml:13:"), "{}", imported.stderr);
    let checked = run(&["rules", "check", output]);
    assert!(checked.stdout.starts_with("1 rule in 1 file, "), "{}", checked.stderr);
}

#[test]
fn a_file_of_terraform_is_imported() {
    let folder = Folder::new();
    let file = folder.write(
        "main.tf",
        r#"resource "aws_cloudwatch_event_rule" "stopped" {
  event_pattern = jsonencode({ detail = { eventName = ["StopLogging"] } })
}"#,
    );
    let imported = run(&["rules", "import", "eventbridge", &file]);
    assert_eq!((imported.exit, &*imported.stderr), (Some(0), ""));
    assert!(imported.stdout.contains(r#""id": "stopped""#), "{}", imported.stdout);
}

#[test]
fn nothing_to_import_leaves_the_output_as_it_was() {
    let folder = Folder::new();
    let other = folder.write("other.yaml", "Resources: {}\n");
    let output = folder.write("rules.json", "kept");
    for (format, message) in [("eventbridge", "`AWS::Events::Rule`"), ("sigma", "a `title`")] {
        let imported = run(&["rules", "import", format, &other, "-o", &output]);
        assert_eq!(imported.exit, Some(1), "{}", imported.stderr);
        assert!(imported.stderr.contains(message), "{}", imported.stderr);
        assert_eq!(std::fs::read_to_string(&output).unwrap(), "kept");
        let overwriting = run(&["rules", "import", format, &other, "-o", &other]);
        assert_eq!(overwriting.exit, Some(2), "{}", overwriting.stderr);
    }
    let missing = run(&["rules", "import", "sigma", "missing.yml"]);
    assert_eq!(missing.exit, Some(2), "{}", missing.stderr);
    assert!(missing.stderr.contains("missing.yml cannot be read"), "{}", missing.stderr);
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    const RULES: &str = r#"
rules:
  - {id: root-signs-in, severity: high, description: Root., pattern: {"detail": {"userIdentity": {"type": ["Root"]}}}}
  - {id: bare, severity: low, description: Bare., pattern: {"eventName": ["A"], "$or": [{"a": [1]}, {"b": [{"exists": false}]}]}}
  - {id: Bare, severity: low, description: Bare., pattern: {"eventName": ["B"]}}
  - {id: verdict, severity: low, description: No., pattern: {"signin": {"outcome": ["failure"]}}}
  - {id: attempt, severity: low, description: No., pattern: {"attempt": {"outcome": ["failure"]}}}
  - {id: often, severity: low, description: No., correlation: {type: event_count, rules: [attempt], timespan: 1m, condition: {gte: 2}}}
  - {id: "off", severity: low, description: No., pattern: {"eventName": ["C"]}}
tune: [{id: "off", enabled: false}]
"#;
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", RULES);
    let exported = run(&["rules", "export", &rules]);
    assert_eq!(exported.exit, Some(1), "{}", exported.stderr);
    for message in [
        "`Bare` is left out: a second rule that is named Bare",
        "`verdict` is left out: EventBridge knows no verdicts",
        "`attempt` is left out: EventBridge knows no attempts",
        "`often` is left out: EventBridge correlates nothing",
        "rules.yaml:6:",
    ] {
        assert!(exported.stderr.contains(message), "{message}: {}", exported.stderr);
    }
    assert!(exported.stderr.ends_with("2 rules exported, 4 left out\n"), "{}", exported.stderr);
    let template = folder.write("template.json", &exported.stdout);
    let imported = run(&["rules", "import", "eventbridge", &template]);
    let rules: serde_json::Value = serde_json::from_str(&imported.stdout).unwrap();
    assert_eq!(
        rules["rules"].as_array().unwrap().iter().map(|rule| &rule["pattern"]).collect::<Vec<_>>(),
        [
            &serde_json::json!({"detail": {"eventName": ["A"], "$or": [{"a": [1]}, {"b": [{"exists": false}]}]}}),
            &serde_json::json!({"detail": {"userIdentity": {"type": ["Root"]}}}),
        ]
    );
    assert_eq!(imported.exit, Some(0), "{}", imported.stderr);
}
