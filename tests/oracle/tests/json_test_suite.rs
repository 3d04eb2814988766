//! Well-formedness against JSONTestSuite, whose files are not in the repository.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Write as _, stderr};
use std::path::Path;

use sekisho_oracle::well_formed;

/// The expected result for each file that the grammar leaves open, with the reason.
const DECISIONS: &str = include_str!("../../cases/json_test_suite.json");

#[test]
fn agrees_with_json_test_suite() {
    let Some(data) = std::env::var_os("SEKISHO_DATA") else {
        // Not `eprintln!`, whose output the harness captures.
        let written = stderr().write_all(
            b"SKIPPED: set SEKISHO_DATA to a folder that contains JSONTestSuite/test_parsing\n",
        );
        return written.expect("standard error is open");
    };
    let mut decisions: BTreeMap<String, (String, String)> =
        serde_json::from_str(DECISIONS).expect("file name to [decision, reason]");
    let mut counts = BTreeMap::new();
    let folder = Path::new(&data).join("JSONTestSuite/test_parsing");
    for entry in fs::read_dir(&folder).expect("a folder at JSONTestSuite/test_parsing") {
        let path = entry.expect("a folder entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let expected = match name.as_bytes()[0] {
            b'y' => "accepted".into(),
            b'n' => "refused".into(),
            _ => decisions.remove(&name).unwrap_or_else(|| panic!("no decision on {name}")).0,
        };
        let bytes = fs::read(&path).expect(&name);
        let found = if well_formed(&bytes) { "accepted" } else { "refused" };
        assert_eq!(found, expected, "{name}");
        *counts.entry(name.as_bytes()[0] as char).or_insert(0) += 1;
    }
    assert!(decisions.is_empty(), "decisions without a file: {decisions:?}");
    assert_eq!(counts, BTreeMap::from([('y', 95), ('n', 188), ('i', 35)]));
}
