//! The records that people reported, with what must be said of each.
//!
//! They are in `signin_reports.ndjson` of the data folder. A report names the keys of the verdict
//! that matter; `null` says that the record is no sign-in.

use std::fs;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::corpora::data;
use crate::host::{Export, Host};
use crate::hosts::{Native, Wasmi, Wasmtime};

#[derive(serde::Deserialize)]
struct Report {
    id: String,
    expect: Option<Map<String, Value>>,
    record: Box<RawValue>,
}

#[test]
fn native() {
    check_all(Native::default());
}

#[test]
fn wasmtime_simd() {
    check_all(Wasmtime::new(sekisho_module::SIMD));
}

#[test]
fn wasmi_portable() {
    check_all(Wasmi::new(sekisho_module::PORTABLE));
}

fn check_all(mut host: impl Host) {
    let Some(file) = data("signin_reports.ndjson") else { return };
    let text = fs::read_to_string(file).expect("the file is there");
    let reports: Vec<Report> =
        text.lines().map(|line| serde_json::from_str(line).expect("a report")).collect();
    assert_eq!(reports.len(), 24);
    for Report { id, expect, record } in reports {
        let result = host.call(Export::Process, record.get().as_bytes());
        assert!(result.n >= 0, "{id}: {result:?}");
        let verdict: Option<Map<String, Value>> = (result.n > 0)
            .then(|| serde_json::from_slice(&result.output).expect("a verdict is an object"));
        let named = verdict.map(|mut verdict| {
            verdict.retain(|key, _| expect.as_ref().is_some_and(|keys| keys.contains_key(key)));
            verdict
        });
        assert_eq!(named, expect, "{id}");
    }
}
