//! The complexity of wildcards, with the numbers of AWS's event-ruler.

use std::fs;
use std::path::PathBuf;

use sekisho_rules::Pattern;
use sekisho_scan::Reader;

/// The patterns are not part of the repository. `SEKISHO_DATA` is the path of their folder.
#[test]
fn numbers_are_those_of_event_ruler() {
    let Some(folder) = std::env::var_os("SEKISHO_DATA") else {
        eprintln!("SKIPPED: wildcard_complexity.ndjson: SEKISHO_DATA is not set");
        return;
    };
    let rows = fs::read(PathBuf::from(folder).join("wildcard_complexity.ndjson")).expect("a file");
    let mut count = 0;
    for row in rows.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()) {
        let mut reader = Reader::new(row);
        reader.enter().expect("a row is an object");
        let (mut expected, mut pattern) = (None, None);
        while let Some(key) = reader.next_key().expect("a row is well-formed") {
            let value = reader.value().expect("a row is well-formed").raw;
            match key.to_string().as_str() {
                "complexity" => expected = str::from_utf8(value).ok().and_then(|n| n.parse().ok()),
                "pattern" => pattern = Some(value),
                _ => {}
            }
        }
        let pattern = pattern.expect("a row has a pattern");
        let text = String::from_utf8_lossy(pattern);
        assert_eq!(Pattern::wildcard_complexity(pattern, 1000), Ok(expected), "{text}");
        count += 1;
    }
    assert_eq!(count, 500);
}
