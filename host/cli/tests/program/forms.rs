//! Events of ECS and OCSF, by the commands that print or bake them.

use std::path::Path;

use sekisho_host::{Annotated, Module};
use sekisho_oracle::{FormRow, form_rows};
use serde_json::Value;

use crate::support::{Folder, pipe, run};

/// The rows of a form whose configuration is nothing but that form.
fn rows(form: &str) -> Vec<FormRow> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases/forms");
    let configuration = format!(r#"{{"form":"{form}"}}"#);
    let mut rows = form_rows(&folder);
    rows.retain(|row| row.configuration == configuration);
    assert!(rows.len() >= 50, "the rows are found");
    rows
}

fn input(rows: &[FormRow]) -> String {
    rows.iter().flat_map(|row| [&row.record, "\n"]).collect()
}

/// Every line, with what is added to it.
fn annotated(rows: &[FormRow]) -> String {
    let line = |row: &FormRow| row.annotated.clone().unwrap_or_else(|| row.record.clone()) + "\n";
    rows.iter().map(line).collect()
}

#[test]
fn classify_prints_an_event_for_each_signin() {
    for form in ["ecs", "ocsf"] {
        let rows = rows(form);
        let printed = pipe(&["classify", "--quiet", "--format", form], input(&rows).as_bytes());
        let events: String = rows
            .iter()
            .filter_map(|row| row.result.as_ref())
            .flat_map(|event| [event, "\n"])
            .collect();
        assert_eq!((printed.exit, printed.stdout.as_str()), (Some(0), &*events), "{form}");
    }
}

#[test]
fn annotated_records_are_in_the_form() {
    for form in ["ecs", "ocsf"] {
        let rows = rows(form);
        for command in [
            &["classify", "--quiet", "--format", "annotated", "--form", form][..],
            &["filter", "--quiet", "--form", form],
        ] {
            let printed = pipe(command, input(&rows).as_bytes());
            assert_eq!(
                (printed.exit, &*printed.stdout),
                (Some(0), &*annotated(&rows)),
                "{command:?}"
            );
        }
    }
}

#[test]
fn attempts_and_findings_are_events() {
    for form in ["ecs", "ocsf"] {
        let rows = rows(form);
        let printed = pipe(&["attempts", "--quiet", "--form", form], input(&rows).as_bytes());
        assert_eq!((printed.exit, printed.stderr.as_str()), (Some(0), ""), "{form}");
        let events = printed.lines();
        assert!(events.len() >= 10, "{form}");
        for event in events {
            let is_event = match form {
                "ecs" => event["ecs"]["version"] == "9.0.0",
                _ => event["metadata"]["version"] == "1.8.0",
            };
            assert!(is_event, "{event}");
        }
    }
}

/// The techniques that the built-in rules name, in the events of the sample trail and of a baked module.
#[test]
fn findings_name_techniques() {
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/trail");
    let trail = trail.to_str().unwrap();
    for (form, key) in [("ecs", "threat"), ("ocsf", "finding_info")] {
        let printed = run(&["attempts", "--quiet", "--rules", "builtin", "--form", form, trail]);
        let events = printed.lines();
        let named = |event: &&Value| match form {
            "ecs" => event["threat"]["technique"]["id"][0].is_string(),
            _ => event["finding_info"]["attacks"][0]["technique"]["uid"].is_string(),
        };
        let findings = events.iter().filter(|event| event.get(key).is_some()).count();
        assert!(findings > 0, "{form}: {}", printed.stderr);
        assert_eq!(events.iter().filter(named).count(), findings, "{form}");
    }
}

/// So do the events of sign-ins that the built-in rules match.
#[test]
fn signins_name_techniques() {
    let trail = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/trail");
    let trail = trail.to_str().unwrap();
    for (form, pointer) in [("ecs", "/threat/technique/id/0"), ("ocsf", "/attacks/0/technique/uid")]
    {
        let printed = run(&["classify", "--quiet", "--rules", "builtin", "--format", form, trail]);
        let events = printed.lines();
        let named = events.iter().filter(|event| event.pointer(pointer).is_some()).count();
        assert!(named > 0 && named < events.len(), "{form}: {named} of {}", events.len());
    }
}

#[test]
fn filters_choose_by_the_verdict() {
    let rows = rows("ecs");
    let printed = pipe(
        &["filter", "--quiet", "--form", "ecs", "--mode", "failures"],
        input(&rows).as_bytes(),
    );
    let failures: Vec<_> = printed.stdout.lines().collect();
    assert!(failures.len() >= 5, "{}", printed.stdout);
    for line in failures {
        assert!(line.contains(r#""outcome":"failure""#) || line.contains(r#""outcome":"denied""#));
        assert!(line.contains(r#""ecs":{"version":"9.0.0"}"#), "{line}");
    }
}

#[test]
fn a_form_can_be_baked() {
    let folder = Folder::new();
    for form in ["ecs", "ocsf"] {
        let path = folder.path("baked.wasm");
        let path = path.to_str().unwrap();
        let baked = run(&["bake", "--portable", "--form", form, "--output", path]);
        assert_eq!((baked.exit, baked.stderr.as_str()), (Some(0), ""));
        let inspected: Value =
            serde_json::from_str(&run(&["inspect", "--format", "json", path]).stdout).unwrap();
        let manifest = inspected.get("manifest").unwrap_or(&inspected);
        assert_eq!(manifest["form"], form, "{inspected}");
        let module = Module::new(&std::fs::read(path).unwrap()).unwrap();
        let mut filter = module.filter().unwrap();
        for row in rows(form) {
            let annotated = match filter.annotate(row.record.as_bytes()) {
                Annotated::Added { record, .. } => Some(std::str::from_utf8(record).unwrap()),
                Annotated::Unchanged(_) => None,
                Annotated::Failed { error, .. } => panic!("{}: {error}", row.name),
            };
            assert_eq!(annotated, row.annotated.as_deref(), "{}", row.name);
        }
    }
}

#[test]
fn a_form_needs_a_place() {
    let listed = pipe(&["classify", "--form", "ecs"], b"{}\n");
    assert_eq!(listed.exit, Some(2));
    assert!(listed.stderr.contains("`--form` needs `--format annotated`"), "{}", listed.stderr);
    let replies = pipe(&["filter", "--mode", "rsyslog", "--form", "ecs"], b"{}\n");
    assert_eq!(replies.exit, Some(2));
    assert!(replies.stderr.contains("replies for rsyslog"), "{}", replies.stderr);
}
