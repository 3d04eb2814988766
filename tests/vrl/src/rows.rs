//! Each row, as an event and as text in an event.

use std::path::Path;

use sekisho::Classifier;
use sekisho_oracle::{Row, rows};
use serde_json::{Value as Json, json};

use crate::program::{Program, annotated, any_event, print};

/// Rows with another result as an event. VRL parses fewer than 128 levels of JSON text, and an event
/// has only the last of duplicate keys, so a foreign first source is lost.
const OTHER_EVENTS: [&str; 7] = [
    "arrival-part-text-of-128-levels",
    "arrival-message-of-128-levels",
    "arrival-duplicate-source-foreign-first",
    "arrival-duplicate-source-foreign-then-number",
    "arrival-duplicate-source-foreign-in-detail",
    "arrival-duplicate-source-foreign-in-records",
    "arrival-duplicate-source-foreign-in-message",
];

/// Rows with another result as text. Besides, VRL cannot parse lone surrogates and numbers beyond the
/// range of a double, and it does not search lists.
const OTHER_TEXTS: [&str; 13] = [
    "arrival-part-text-of-128-levels",
    "arrival-message-of-128-levels",
    "arrival-list-of-one",
    "arrival-lone-surrogates",
    "arrival-wide-numbers",
    "arrival-duplicate-source-foreign-first",
    "arrival-duplicate-source-foreign-then-number",
    "arrival-duplicate-source-foreign-in-detail",
    "arrival-duplicate-source-foreign-in-records",
    "arrival-duplicate-source-foreign-in-message",
    "malformed-depth-128",
    "malformed-depth-128-objects",
    "malformed-depth-128-in-records",
];

/// All rows but those whose record has to be searched for or is spelled otherwise, which a program
/// without loops cannot do.
fn all_rows() -> Vec<Row> {
    let mut rows = rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases"));
    rows.retain(|row| row.file != "wrapping.jsonl" && row.file != "spelling.jsonl");
    rows
}

fn program() -> Program {
    Program::new(&print(&[]).expect("a program"), any_event())
}

#[test]
fn each_row_is_an_event() {
    let mut program = program();
    let mut verdicts = 0;
    let mut differing = Vec::new();
    for row in all_rows() {
        let Ok(event @ Json::Object(_)) = serde_json::from_slice(&row.input) else { continue };
        let mut expected = event.clone();
        if let Ok(Some(verdict)) = &row.expected {
            expected["signin"] =
                serde_json::from_str(&verdict.to_json()).expect("a verdict is JSON");
            verdicts += 1;
        }
        if program.run(&event) != expected {
            differing.push(row.name);
        }
    }
    assert_eq!(differing, OTHER_EVENTS);
    assert!(verdicts > 400, "{verdicts} verdicts");
}

#[test]
fn each_row_is_text_in_an_event() {
    let mut program = program();
    let mut classifier = Classifier::new();
    let mut differing = Vec::new();
    for row in all_rows() {
        let Ok(text) = String::from_utf8(row.input) else { continue };
        let event = json!({"message": text});
        if program.run(&event) != annotated(&mut classifier, &event) {
            differing.push(row.name);
        }
    }
    assert_eq!(differing, OTHER_TEXTS);
}
