//! `sekisho explain`, run as a program.

use crate::support::{Folder, other, pipe, run, signin, text, three};
use serde_json::json;

#[test]
fn every_value_has_a_line_and_fields() {
    let input = format!("{}\n{}", other(1), signin("anaya", "Failure"));
    let run = pipe(&["explain"], input.as_bytes());
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let explained = &run.lines()[0];
    assert_eq!(explained["record"], 1);
    assert_eq!(explained["offset"], other(1).len() + 1);
    let keys: Vec<_> =
        explained["values"].as_array().unwrap().iter().map(|v| v["key"].clone()).collect();
    assert_eq!(keys, ["kind", "outcome", "reason", "principal", "mfa", "user_exists"]);
    let outcome = &explained["values"][1];
    assert_eq!(outcome["value"], "failure");
    assert_eq!(outcome["line"], "the result is Failure");
    assert_eq!(
        outcome["fields"],
        json!([{
            "path": "responseElements.ConsoleLogin",
            "value": "Failure",
            "offset": input.find("\"Failure\"").unwrap(),
        }])
    );
    let actor = json!({"identity": "AIDAEXAMPLEanaya", "user": "anaya", "account": "111122223333",
        "through": "console"});
    assert_eq!(explained["actor"], actor);
}

#[test]
fn text_output_lists_values_and_fields() {
    let input = signin("anaya", "Failure");
    let run = pipe(&["explain", "--format", "text"], input.as_bytes());
    let offset = input.find("\"Failure\"").unwrap();
    for line in [
        "ConsoleLogin  2025-03-29T11:10:09Z  anaya  -, record 0, byte 0\n".to_owned(),
        "  outcome      failure: the result is Failure\n".to_owned(),
        format!("               responseElements.ConsoleLogin = \"Failure\", byte {offset}\n"),
        "  identity     AIDAEXAMPLEanaya\n  user         anaya\n".to_owned(),
    ] {
        assert!(run.stdout.contains(&line), "{line}\n{}", run.stdout);
    }
}

#[test]
fn records_in_json_text_and_in_files_are_found() {
    let folder = Folder::new();
    let log = format!(r#"{{"message":{}}}"#, text(&signin("anaya", "Failure")));
    let file = folder.write("log.json", log);
    let explained = run(&["explain", &file]);
    assert_eq!(explained.values("/values/1/fields/0/value"), ["Failure"]);
    assert_eq!(explained.values("/values/1/fields/0/offset"), [json!(null)]);

    let records = format!(r#"{{"Records":[{}]}}"#, three().join(","));
    assert_eq!(pipe(&["explain"], records.as_bytes()).values("/record"), [0, 2]);
}

#[test]
fn input_without_sign_ins_is_reported() {
    let none = pipe(&["explain"], other(1).as_bytes());
    assert_eq!((none.exit, none.stdout.as_str()), (Some(0), ""));
    assert_eq!(none.stderr, "No sign-ins in 1 record\n");

    let broken = pipe(&["explain"], b"{\"a\":tru}");
    assert_eq!(broken.exit, Some(1));
    assert!(broken.stderr.contains("-, record 0 at byte 0: expected"), "{}", broken.stderr);

    let missing = run(&["explain", "missing.json"]);
    assert_eq!(missing.exit, Some(1));
    assert!(missing.stderr.contains("missing.json: No such file"), "{}", missing.stderr);
}

const RULES: &str = r#"
rules:
  - id: failed-or-absent
    severity: low
    description: Two ways to match.
    pattern: {"detail": {"$or": [{"eventName": ["CheckMfa"]}, {"responseElements": {"ConsoleLogin": ["Failure"]}}]}}
  - id: verdict
    severity: low
    description: Looks at the verdict.
    pattern: {"signin": {"outcome": ["success"]}, "no.such": ["field"]}
"#;

#[test]
fn rules_list_their_conditions_and_the_values_found() {
    let folder = Folder::new();
    let rules = folder.write("rules.yaml", RULES);
    let input = format!("{}\n{}", other(1), signin("anaya", "Failure"));
    let run = pipe(&["explain", "--format", "text", "--rules", &rules], input.as_bytes());
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    let expected = "  \
  yes  rule failed-or-absent
      yes  one of these, in detail
        no   all of these
          no   detail.eventName [\"CheckMfa\"], found \"ConsoleLogin\"
        yes  all of these
          yes  detail.responseElements.ConsoleLogin [\"Failure\"], found \"Failure\"
  no   rule verdict
      no   signin.outcome [\"success\"], found \"failure\"
      no   no.such [\"field\"], which is absent
";
    assert!(run.stdout.contains(expected.trim_start_matches(' ')), "{}", run.stdout);

    let run = pipe(&["explain", "--rules", &rules], input.as_bytes());
    assert_eq!(run.values("/rules/0/match"), [false, true]);
    assert_eq!(run.values("/rules/0/asked/4/passes"), [false, true]);
    assert_eq!(run.values("/rules/0/asked/4/found"), [json!([]), json!(["Failure"])]);
    let missing = pipe(&["explain", "--rules", "no such file"], input.as_bytes());
    assert_eq!(missing.exit, Some(2));
}
