//! The oracle against every row of `tests/cases/sequences`.

use std::collections::HashMap;
use std::path::Path;

use jiff::Timestamp;
use sekisho_oracle::{Sequence, sequences};
use serde_json::Value;

fn all_sequences() -> Vec<Sequence> {
    sequences(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/sequences"))
}

/// One value per line. Compared as text, because the order of keys matters too. Without the ids of
/// findings, which are hashes.
fn to_lines(lines: &[Value]) -> String {
    let without_id = |line: &Value| {
        let mut line = line.clone();
        line.as_object_mut().expect("a line").shift_remove("id");
        format!("    {line}\n")
    };
    lines.iter().map(without_id).collect()
}

#[test]
fn every_sequence_has_its_expected_lines() {
    let sequences = all_sequences();
    let wrong: Vec<String> = sequences
        .iter()
        .map(|sequence| (sequence, to_lines(&sequence.expected())))
        .filter(|(sequence, found)| to_lines(&sequence.attempts) != *found)
        .map(|(sequence, found)| {
            let Sequence { name, file, line, attempts, .. } = sequence;
            format!("{file}:{line} {name}\n  row\n{}  oracle\n{found}", to_lines(attempts))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), sequences.len(), wrong.join("\n"));
    assert!(!sequences.is_empty(), "expected sequences");
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = HashMap::new();
    for Sequence { name, file, line, .. } in all_sequences() {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!name.is_empty() && name.chars().all(kebab), "{file}:{line} {name}");
        if let Some(first) = seen.insert(name.clone(), format!("{file}:{line}")) {
            panic!("{name} is at {first} and at {file}:{line}");
        }
    }
}

#[test]
fn no_record_of_a_sequence_is_late() {
    for Sequence { name, records, settings, .. } in all_sequences() {
        let mut latest = Timestamp::MIN;
        for record in records {
            let time: Timestamp = record["eventTime"].as_str().unwrap().parse().unwrap();
            latest = latest.max(time);
            let lateness_ms = latest.as_millisecond() - time.as_millisecond();
            assert!(lateness_ms <= i64::from(settings.lateness_seconds) * 1000, "{name}: {record}");
        }
    }
}
