//! The scanner over JSONTestSuite: 95 files to accept, 188 to refuse, and 35 that
//! `tests/cases/json_test_suite.json` decides.

use std::collections::BTreeMap;
use std::fs;

use sekisho_scan::{Malformed, Reader};

use crate::corpora::data;

#[test]
fn agrees_with_the_suite() {
    let Some(folder) = data("JSONTestSuite/test_parsing") else { return };
    let decided: BTreeMap<String, (String, String)> =
        serde_json::from_str(include_str!("../cases/json_test_suite.json"))
            .expect("file name to decision and reason");
    let mut counts = BTreeMap::<(char, bool), usize>::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let accepted = read(&fs::read(&path).expect("a readable file"));
        let expected = match name.as_bytes()[0] {
            b'y' => true,
            b'n' => false,
            _ => decided[&name].0 == "accepted",
        };
        assert_eq!(accepted.is_ok(), expected, "{name}: {accepted:?}");
        *counts.entry((name.chars().next().expect("a name"), expected)).or_default() += 1;
    }
    assert_eq!(counts[&('y', true)], 95);
    assert_eq!(counts[&('n', false)], 188);
    assert_eq!(counts[&('i', true)] + counts[&('i', false)], 35);
}

fn read(bytes: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(bytes);
    reader.value()?;
    reader.finish()
}
