//! EventBridge rules in files of Terraform.

use sekisho_import::{Definition, terraform};

const FILE: &str = r#"
variable "name" {}

resource "aws_cloudwatch_event_rule" "encoded" {
  name        = "root-signs-in"
  description = "Root signed in."
  event_pattern = jsonencode({
    detail-type = ["AWS Console Sign In via CloudTrail"]
    detail = {
      userIdentity = { type = ["Root"] }
      "additionalEventData" : { MFAUsed = [{ "anything-but" = "Yes" }, { exists = false }] }
    }
  })
}

resource "aws_cloudwatch_event_rule" "text" {
  event_pattern = <<-EOF
    {"detail": {"eventName": ["StopLogging"], "x": [{"wildcard": "a\\*"}, -1.5, null]}}
  EOF
}

resource "aws_cloudwatch_event_rule" "schedule" {
  schedule_expression = "rate(5 minutes)"
}
"#;

#[test]
fn patterns_are_imported() {
    let imported = terraform(FILE);
    assert_eq!(imported.refusals, []);
    let found: Vec<_> = imported.rules.iter().map(|rule| (&*rule.id, &rule.definition)).collect();
    let pattern = |json: &str| Definition::Pattern(serde_json::from_str(json).unwrap());
    assert_eq!(imported.rules[0].description, "Root signed in.");
    assert_eq!(
        found,
        [
            (
                "encoded",
                &pattern(
                    r#"{"detail-type":["AWS Console Sign In via CloudTrail"],"detail":{"userIdentity":{"type":["Root"]},"additionalEventData":{"MFAUsed":[{"anything-but":"Yes"},{"exists":false}]}}}"#
                )
            ),
            (
                "text",
                &pattern(
                    r#"{"detail":{"eventName":["StopLogging"],"x":[{"wildcard":"a\\*"},-1.5,null]}}"#
                )
            ),
        ]
    );
}

#[test]
fn what_is_not_known_is_refused_at_its_place() {
    let rows = [
        (r#"jsonencode({ detail = { eventName = [var.name] } })"#, "var.name"),
        (r#"jsonencode(local.pattern)"#, "local.pattern"),
        (r#"file("pattern.json")"#, r#"file("pattern.json")"#),
        (r#""{\"detail\": {\"eventName\": [\"${var.name}\"]}}""#, "${var.name}"),
        ("<<EOF\n{\"detail\": \"${var.name}\"}\nEOF\n", "${var.name}"),
        (r#"jsonencode({ detail = "x" })"#, r#"{ detail = "x" }"#),
        (r#""{}}""#, "{}}"),
        (r#"jsonencode()"#, "jsonencode()"),
    ];
    for (pattern, place) in rows {
        let file = format!(
            "resource \"aws_cloudwatch_event_rule\" \"one\" {{\n  event_pattern = {pattern}\n}}\n"
        );
        let imported = terraform(&file);
        let [refusal] = &imported.refusals[..] else { panic!("{file}{imported:?}") };
        assert!(file[refusal.span.clone()].contains(place), "{file}{refusal:?}");
    }
    let unnamed = FILE.replace("\"text\"", "\"a b\"");
    assert!(terraform(&unnamed).refusals[0].message.contains("white space"));
    for file in ["", "resource {", "a = 1", &"a = [".repeat(100_000), &"x {".repeat(100_000)] {
        assert_eq!(terraform(file).refusals.len(), 1);
    }
}
