//! `sekisho rules import`, run as a program.

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
