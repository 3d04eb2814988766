//! Patterns and events with the result that AWS gave for them.
//!
//! The data files are not part of the repository. `SEKISHO_DATA` is the path of their folder.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use flate2::read::GzDecoder;
use sekisho_rules::{Limits, Pattern, RuleSet, Scratch};
use sekisho_scan::{Reader, Value};

/// Rows for which we return another result: the pattern, the event and the reason.
const DEVIATIONS: &[(&str, &str, &str)] = &[
    (r#"{"a":["A"]} trailing"#, r#"{"a":"A"}"#, "text after a pattern is a mistake"),
    (
        r#"{"a":["A"]}"#,
        r#"{"a":"A"} x"#,
        "an event with text after it is malformed, as everywhere in sekisho",
    ),
];

/// event-ruler does not limit the complexity of wildcards.
const RULER: Limits = Limits { wildcard_prefixes: usize::MAX, ..Limits::AWS };

/// A row of a data file.
#[derive(Default)]
struct Row {
    pattern: Vec<u8>,
    event: Option<Vec<u8>>,
    valid: bool,
    matches: bool,
    disputed: bool,
}

impl Row {
    fn read(line: &[u8]) -> Self {
        let mut row = Row { valid: true, ..Row::default() };
        let mut reader = Reader::new(line);
        reader.enter().expect("a row is an object");
        while let Some(key) = reader.next_key().expect("a row is well-formed") {
            let value = reader.value().expect("a row is well-formed");
            match key.to_string().as_str() {
                "pattern" => row.pattern = value.raw.to_vec(),
                "pattern_text" => row.pattern = decoded(value),
                "event" => row.event = Some(value.raw.to_vec()),
                "event_text" => row.event = Some(decoded(value)),
                "valid" => row.valid = value.raw == b"true",
                "match" => row.matches = value.raw == b"true",
                "disputed" => row.disputed = value.raw == b"true",
                _ => {}
            }
        }
        row
    }

    /// Checks that we get the result of the row. The error is the result that we get.
    fn check(&self, limits: &Limits, scratch: &mut Scratch) -> Result<(), String> {
        let pattern = match Pattern::parse_with(&self.pattern, limits) {
            Ok(_) if !self.valid => return Err("accepted".to_owned()),
            Ok(pattern) => pattern,
            Err(_) if !self.valid => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let Some(event) = &self.event else { return Ok(()) };
        let rules = RuleSet::compile(&[pattern]);
        match rules.matches(event, scratch) {
            Ok(ids) if ids.is_empty() != self.matches => Ok(()),
            Ok(ids) => Err(format!("{} rules match", ids.len())),
            Err(error) => Err(error.to_string()),
        }
    }

    fn is_deviation(&self) -> bool {
        let event = self.event.as_deref().unwrap_or_default();
        DEVIATIONS
            .iter()
            .any(|(row, of, _)| row.as_bytes() == self.pattern && of.as_bytes() == event)
    }
}

fn decoded(value: Value<'_>) -> Vec<u8> {
    value.text().expect("a text is a string").to_string().into_bytes()
}

/// The rows of a file. Without data it prints a message and returns none.
fn rows(file: &str) -> Vec<Row> {
    let Some(folder) = std::env::var_os("SEKISHO_DATA") else {
        eprintln!("SKIPPED: {file}: SEKISHO_DATA is not set");
        return Vec::new();
    };
    let path = PathBuf::from(folder).join(file);
    let mut bytes = Vec::new();
    let mut opened = File::open(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    match path.extension().is_some_and(|extension| extension == "gz") {
        true => GzDecoder::new(opened).read_to_end(&mut bytes),
        false => opened.read_to_end(&mut bytes),
    }
    .unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(Row::read).collect()
}

/// Checks all rows of a file except disputed ones. Returns the number of deviations.
fn check_file(file: &str, count: usize, limits: &Limits) -> usize {
    let rows = rows(file);
    assert!(rows.is_empty() || rows.len() == count, "{file} has {} rows", rows.len());
    let mut scratch = Scratch::new();
    let (mut wrong, mut deviations) = (Vec::new(), 0);
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| !row.disputed) {
        match row.check(limits, &mut scratch) {
            Err(_) if row.is_deviation() => deviations += 1,
            Err(result) => {
                let [pattern, event] = [&row.pattern, row.event.as_ref().unwrap_or(&Vec::new())]
                    .map(|text| String::from_utf8_lossy(text).into_owned());
                wrong.push(format!("{}: {pattern}\n  {event}\n  {result}", index + 1));
            }
            Ok(()) => assert!(!row.is_deviation(), "row {} does not deviate", index + 1),
        }
    }
    assert!(wrong.is_empty(), "{file}: {} rows\n{}", wrong.len(), wrong.join("\n"));
    deviations
}

#[test]
fn agrees_with_aws() {
    assert_eq!(check_file("localstack_cases.ndjson", 118, &Limits::AWS), 0);
    assert_eq!(check_file("localstack_invalid.ndjson", 38, &Limits::AWS), 0);
}

#[test]
fn agrees_with_the_tests_of_event_ruler() {
    assert_eq!(check_file("ruler_cases.ndjson", 4464, &RULER), 0);
    assert_eq!(check_file("ruler_invalid.ndjson", 107, &RULER), 0);
}

#[test]
fn agrees_with_event_ruler_on_generated_patterns() {
    assert_eq!(check_file("ruler_generated.ndjson.gz", 14050, &RULER), 0);
    assert_eq!(check_file("ruler_generated_invalid.ndjson", 100, &RULER), 0);
}

#[test]
fn agrees_on_edge_cases() {
    let deviations = check_file("semantics_cases.ndjson", 120, &RULER);
    assert!(deviations == DEVIATIONS.len() || std::env::var_os("SEKISHO_DATA").is_none());
}
