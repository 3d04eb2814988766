//! The oracle against every row of `tests/cases`.

use std::collections::HashMap;
use std::path::Path;

use sekisho_oracle::{MALFORMED, Row, annotate, process, rows};

fn all_rows() -> Vec<Row> {
    rows(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases"))
}

#[test]
fn every_row_has_its_expected_result() {
    let rows = all_rows();
    let wrong: Vec<String> = rows
        .iter()
        .filter(|row| process(&row.input) != row.expected)
        .map(|row| {
            let Row { name, file, line, expected, .. } = row;
            let found = process(&row.input);
            format!("{file}:{line} {name}\n  row    {expected:?}\n  oracle {found:?}")
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
    assert!(!rows.is_empty(), "expected rows");
}

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = HashMap::new();
    for Row { name, file, line, .. } in all_rows() {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!name.is_empty() && name.chars().all(kebab), "{file}:{line} {name}");
        if let Some(first) = seen.insert(name.clone(), format!("{file}:{line}")) {
            panic!("{name} is at {first} and at {file}:{line}");
        }
    }
}

#[test]
fn an_annotated_row_has_the_same_verdict() {
    for row in all_rows() {
        let Ok(Some(verdict)) = &row.expected else { continue };
        let output = annotate(&row.input, "signin").expect(&row.name).expect(&row.name);
        let member = format!(",\"signin\":{}", verdict.to_json()).into_bytes();
        let start = output.windows(member.len()).rposition(|part| part == member);
        let start = start.expect(&row.name);
        let rest = [&output[..start], &output[start + member.len()..]].concat();
        assert_eq!(rest, row.input, "{}", row.name);
        assert_eq!(process(&output), row.expected, "{}", row.name);
    }
}

#[test]
fn a_truncated_sign_in_record_is_malformed() {
    for row in all_rows().iter().filter(|row| matches!(row.expected, Ok(Some(_)))) {
        for end in (0..row.input.trim_ascii_end().len()).step_by(7) {
            let result = process(&row.input[..end]);
            assert_eq!(result, Err(MALFORMED), "{} cut at byte {end}", row.name);
        }
    }
}
