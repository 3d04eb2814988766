//! The complexity of wildcards in `sekisho-rules` against its oracle.

use std::fs;
use std::path::Path;

use sekisho_oracle::generate::wildcards;
use sekisho_oracle::wildcard_complexity;
use sekisho_rules::{Pattern, PatternErrorKind};
use serde_json::Value;

fn complexity(pattern: &str) -> usize {
    let complexity = Pattern::wildcard_complexity(pattern.as_bytes(), 1000);
    complexity.expect(pattern).expect("at most 1000")
}

#[test]
fn rows_have_their_numbers() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/complexity/wildcards.jsonl");
    let rows = fs::read_to_string(file).expect("a file of rows");
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).expect("a row");
        let pattern = row["pattern"].to_string();
        let expected = row["complexity"].as_u64().expect("a number") as usize;
        assert_eq!(complexity(&pattern), expected, "{}", row["name"]);
        assert_eq!(wildcard_complexity(&pattern), expected, "the oracle, {}", row["name"]);
        let error = Pattern::parse(pattern.as_bytes()).err().map(|error| error.kind);
        let is_refused = error == Some(PatternErrorKind::WildcardComplexity(10));
        assert_eq!(is_refused, expected > 10, "{}", row["name"]);
    }
}

#[test]
fn generated_patterns_have_the_numbers_of_the_oracle() {
    let mut counts = [0; 2];
    for pattern in wildcards(19).take(600) {
        let Ok(Some(found)) = Pattern::wildcard_complexity(pattern.as_bytes(), 12) else {
            continue;
        };
        assert_eq!(found, wildcard_complexity(&pattern), "{pattern}");
        counts[usize::from(found > 10)] += 1;
    }
    // Neither decision is rare.
    assert!(counts.iter().all(|count| *count > 30), "{counts:?}");
}
