//! Files of every form in which people hold records, without any option.

use std::fs;
use std::io::Write;
use std::path::Path;

use sekisho_generator::file_forms::FILE_FORMS;
use serde_json::Value;

use crate::support::{Folder, pipe, run, text, three};

#[track_caller]
fn check(name: &str, file: &str) {
    for command in ["classify", "explain", "attempts"] {
        let run = pipe(&[command, "--format", "ndjson"], file.as_bytes());
        assert_eq!(run.exit, Some(0), "{command}, {name}: {}", run.stderr);
        let mut users: Vec<_> = run
            .lines()
            .iter()
            .filter_map(|line| {
                let places = ["/user", "/actor/user", "/attempt/user"];
                places.iter().find_map(|place| line.pointer(place)?.as_str().map(str::to_owned))
            })
            .collect();
        users.sort();
        assert_eq!(users, ["anaya", "mateo"], "{command}, {name}: {}", run.stdout);
    }
}

#[test]
fn each_form_of_file_is_read() {
    for form in FILE_FORMS {
        check(form.name, &form.file(&three()));
    }
}

#[test]
fn json_in_base64_is_decoded() {
    let rows = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/cases/encoded/encoded.jsonl");
    for row in fs::read_to_string(rows).unwrap().lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let input = row["text"].as_str().unwrap();
        let run = pipe(&["classify", "--format", "ndjson", "--allow-empty"], input.as_bytes());
        assert_eq!(run.exit, Some(0), "{}: {}", row["name"], run.stderr);
        let expected = row["verdicts"].as_array().unwrap();
        assert_eq!(run.values("/signin"), *expected, "{}", row["name"]);
    }
}

#[test]
fn records_among_other_text_are_read() {
    check("lookup-events --query", &format!("[\n{}\n]", three().map(|it| text(&it)).join(",\n")));
    let columns = |record| format!("EVENTS\t1\t{record}\tConsoleLogin\tanaya\n");
    check("--output text", &three().map(columns).concat());
    let labels = |record| format!("2025-03-29T11:10:09Z {{job=\"trail\"}} {record}\n");
    check("logcli", &three().map(labels).concat());
}

#[test]
fn logs_with_headers_are_read_in_folders() {
    let folder = Folder::new();
    let line = |record| format!("2025-03-29T11:10:09Z stdout F {record}\n");
    folder.write("0.log", three().map(line).concat());
    folder.write("app.log", "2025-03-29T11:10:09Z stdout F {\"level\":\"info\"}\n");
    let run = run(&["classify", folder.name()]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.values("/user"), ["anaya", "mateo"]);
}

#[test]
fn csv_in_folders_is_read_if_it_holds_records() {
    let folder = Folder::new();
    let form = FILE_FORMS.iter().find(|form| form.name == "logs_insights_csv").unwrap();
    folder.write("export.csv", form.file(&three()));
    folder.write("prices.csv", "name,price\nbread,3\n");
    let run = run(&["classify", folder.name()]);
    assert_eq!(run.exit, Some(0), "{}", run.stderr);
    assert_eq!(run.values("/user"), ["anaya", "mateo"]);
}

#[test]
fn formats_that_are_not_read_say_what_to_take_instead() {
    for (file, reason) in [
        (&b"PAR1\x15\x04"[..], "byte 0: Parquet is not read: export JSON or CSV"),
        (
            b"Event ID,Event time,User name,Event source,Event name\n1,2,3,4,5\n",
            "byte 0: CSV of Event history lacks most of a record: download it as JSON",
        ),
    ] {
        let run = pipe(&["classify"], file);
        assert_ne!(run.exit, Some(0));
        assert!(run.stderr.contains(reason), "{}", run.stderr);
    }
}

#[test]
fn each_form_of_the_data_outside_the_repository_is_read() {
    let Some(folder) = std::env::var_os("SEKISHO_DATA") else {
        // Written to standard error directly, the note is seen without `--nocapture`.
        let note = b"SKIPPED: file_shapes.json: SEKISHO_DATA is not set\n";
        return drop(std::io::stderr().write_all(note));
    };
    let forms = fs::read(Path::new(&folder).join("file_shapes.json")).unwrap();
    for form in serde_json::from_slice::<Vec<Value>>(&forms).unwrap() {
        let part = |name: &str| form[name].as_str().unwrap();
        let each = three().map(|record| fill(part("each"), &record)).join(part("join"));
        check(part("name"), &part("file").replace("@EACH", &each));
    }
}

/// Puts a record into a template.
fn fill(template: &str, record: &str) -> String {
    let value: Value = serde_json::from_str(record).unwrap();
    let mut filled = template
        .replace("@TEXT", &text(record))
        .replace("@RECORD", record)
        .replace("@RAW", record)
        .replace("@PRETTY", &serde_json::to_string_pretty(&value).unwrap())
        .replace("@CSV", &format!("\"{}\"", record.replace('"', "\"\"")));
    for name in ["eventSource", "eventName", "eventTime"] {
        filled = filled.replace(&format!("@F({name})"), &value[name].to_string());
    }
    filled
}
