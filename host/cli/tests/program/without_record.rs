//! Input that holds no CloudTrail record: the program says so.

use crate::support::{Folder, other, pipe, run, signin};

const LOG: &str = r#"{"time":"2025-03-29T11:10:09Z","host":"web-1","event":{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}}"#;

/// The commands that read files to their end.
const COMMANDS: [&[&str]; 3] = [&["classify"], &["attempts"], &["explain"]];

fn with(command: &[&str], more: &[&str], input: &str) -> crate::support::Run {
    pipe(&[command, more].concat(), input.as_bytes())
}

#[test]
fn a_run_without_a_record_says_what_was_read_and_fails() {
    let lines = format!("{LOG}\n").repeat(40);
    for command in COMMANDS {
        let run = with(command, &[], &lines);
        assert_eq!(run.exit, Some(1), "{command:?}");
        let message = "40 items hold no CloudTrail record; the first, -, item 0 at byte 0, has the \
                       keys time, host, event: name the place with --record event\n";
        assert!(run.stderr.ends_with(message), "{}", run.stderr);

        let allowed = with(command, &["--allow-empty"], &lines);
        assert_eq!(allowed.exit, Some(0), "{command:?}: {}", allowed.stderr);
        assert!(allowed.stderr.ends_with(message), "{}", allowed.stderr);

        let named = with(command, &["--record", "event"], &lines);
        assert_eq!(named.exit, Some(0), "{command:?}: {}", named.stderr);
        assert!(!named.stderr.contains("no CloudTrail record"), "{}", named.stderr);
        assert!(named.stderr.contains("40 records"), "{}", named.stderr);
    }
}

#[test]
fn input_without_items_fails() {
    for command in COMMANDS {
        for input in ["", " \n"] {
            let run = with(command, &[], input);
            assert_eq!(run.exit, Some(1), "{command:?} {input}: {}", run.stderr);
            assert!(
                run.stderr.ends_with("No records: with --allow-empty this is no error\n"),
                "{command:?} {input}: {}",
                run.stderr
            );
            let allowed = with(command, &["--allow-empty"], input);
            assert_eq!(allowed.exit, Some(0), "{command:?} {input}");
            assert!(!allowed.stderr.contains("No records"), "{}", allowed.stderr);
        }
    }
    let folder = Folder::new();
    folder.write("notes.md", "no records");
    assert_eq!(run(&["classify", folder.name()]).exit, Some(1));
}

#[test]
fn an_empty_list_is_said_to_be_empty() {
    for command in COMMANDS {
        let run = with(command, &[], r#"{"Records":[]}"#);
        assert_eq!(run.exit, Some(1), "{command:?}: {}", run.stderr);
        let message =
            "No records: -: its list Records is empty; with --allow-empty this is no error\n";
        assert!(run.stderr.ends_with(message), "{}", run.stderr);

        let allowed = with(command, &["--allow-empty"], r#"{"Records":[]}"#);
        assert_eq!(allowed.exit, Some(0), "{command:?}");
        assert!(!allowed.stderr.contains("Records is empty"), "{}", allowed.stderr);

        let others = with(command, &[], &format!("{{\"Events\":[]}}\n{}\n", other(1)));
        assert_eq!(others.exit, Some(0), "{command:?}: {}", others.stderr);
        assert!(!others.stderr.contains("is empty"), "{}", others.stderr);
    }
    let folder = Folder::new();
    folder.write("a.json", r#"{"hits":{"hits":[]}}"#);
    folder.write("b.json", r#"{"events":[],"searchedLogStreams":[]}"#);
    let run = run(&["classify", folder.name()]);
    let message = "a.json: its list hits.hits is empty, and 1 more; with";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    folder.write("c.json", LOG);
    let run = crate::support::run(&["classify", folder.name()]);
    assert!(run.stderr.contains("1 item holds no CloudTrail record"), "{}", run.stderr);
}

#[test]
fn records_of_other_services_are_records() {
    for command in COMMANDS {
        let run = with(command, &[], &format!("{}\n{}\n", other(1), other(2)));
        assert_eq!(run.exit, Some(0), "{command:?}: {}", run.stderr);
        assert!(!run.stderr.contains("no CloudTrail record"), "{}", run.stderr);
    }
}

#[test]
fn some_items_without_a_record_are_no_error() {
    let input = format!("{}\n{LOG}\n{}\n", other(1), signin("anaya", "Success"));
    for command in COMMANDS {
        let run = with(command, &[], &input);
        assert_eq!(run.exit, Some(0), "{command:?}: {}", run.stderr);
        assert!(
            run.stderr.contains("1 item holds no CloudTrail record; the first, -, item 1 at byte"),
            "{}",
            run.stderr
        );
    }
    let classified = with(&["classify"], &[], &input);
    assert!(classified.stderr.starts_with("2 records in 1 file"), "{}", classified.stderr);
}

#[test]
fn quiet_is_silent_about_items_but_not_about_a_failure() {
    let input = format!("{}\n{LOG}\n", other(1));
    for command in [&["classify", "--quiet"][..], &["attempts", "--quiet"]] {
        assert_eq!(with(command, &[], &input).stderr, "");
        let failed = with(command, &[], LOG);
        assert_eq!(failed.exit, Some(1));
        assert!(failed.stderr.starts_with("1 item holds no CloudTrail record"), "{failed:?}");
    }
}

#[test]
fn a_rule_that_matches_is_enough() {
    let folder = Folder::new();
    let rules = folder.write(
        "rules.yaml",
        "rules: [{id: web, severity: low, description: x, pattern: {host: [web-1]}}]",
    );
    let run = with(&["classify", "--rules", &rules], &[], LOG);
    assert_eq!((run.exit, run.lines().len()), (Some(0), 1), "{}", run.stderr);
}

#[test]
fn the_first_of_many_files_is_named() {
    let folder = Folder::new();
    folder.write("1.json", other(1));
    for number in 2..9 {
        folder.write(&format!("{number}.json"), format!("{}\n{{\"file\":{number}}}", other(2)));
    }
    let run = run(&["classify", "--threads", "4", folder.name()]);
    assert_eq!(run.exit, Some(0));
    let expected = format!("7 items hold no CloudTrail record; the first, {}", folder.name());
    assert!(run.stderr.contains(&expected), "{}", run.stderr);
    assert!(run.stderr.contains("2.json, item 1 at byte"), "{}", run.stderr);
    assert!(run.stderr.contains("has the keys file: if the record is in"), "{}", run.stderr);
}

#[test]
fn streams_go_on() {
    let input = format!("{LOG}\n\n{}\n", other(1));
    for mode in ["annotate", "signins", "rsyslog"] {
        let run = with(&["filter", "--report", "--mode", mode], &[], &input);
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        assert!(run.stderr.starts_with("1 record in 1 file"), "{}", run.stderr);
        assert!(run.stderr.contains("1 item holds no CloudTrail record"), "{}", run.stderr);
    }
    assert_eq!(with(&["filter"], &[], LOG).stderr, "");
    let follow = with(&["attempts", "--follow"], &[], LOG);
    assert_eq!(follow.exit, Some(0), "{}", follow.stderr);
    assert!(follow.stderr.contains("1 item holds no CloudTrail record"), "{}", follow.stderr);
}

#[test]
fn commands_of_rules_say_it_too() {
    let folder = Folder::new();
    let file = folder.write("trail.json", LOG);
    let pattern = r#"{"eventName":["GetObject"]}"#;
    for arguments in [
        &["rules", "match", "--pattern", pattern, &file][..],
        &["rules", "test", "builtin", "--events", &file],
    ] {
        let run = run(arguments);
        assert_eq!(run.exit, Some(0), "{}", run.stderr);
        assert!(run.stderr.starts_with("1 item holds no CloudTrail record"), "{}", run.stderr);
    }
}
