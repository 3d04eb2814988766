//! Which of the built-in rules find something in a stream of records, and which must not.
//!
//! The streams are the rows of `tests/cases/alerts` and the reported ones of the data folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::corpora::data;
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Wasmi, Wasmtime};
use crate::yaml;

/// A stream of records, and what must be said of it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stream {
    #[serde(alias = "id")]
    name: String,
    #[serde(default)]
    #[expect(dead_code, reason = "for people")]
    note: Option<String>,
    expect: Expectation,
    records: Vec<Value>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    /// Rules that must find something. None at all: no rule may but informational ones.
    findings: Option<Vec<String>>,
    /// Rules that must find something.
    #[serde(default)]
    some: Vec<String>,
    /// Rules that must find nothing.
    #[serde(default)]
    never: Vec<String>,
    /// The number of attempts.
    attempts: Option<usize>,
    /// Values of all attempts.
    #[serde(default)]
    attempt: Map<String, Value>,
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
    let rules = builtin_rules();
    let configuration = json!({"strict": true, "rules": rules}).to_string();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/alerts");
    let mut count = 0;
    for file in ["attacks.jsonl", "quiet.jsonl"] {
        let text = fs::read_to_string(folder.join(file)).expect(file);
        for stream in streams(&text) {
            check(&mut host, &configuration, &rules, &stream);
            count += 1;
        }
    }
    assert!(count >= 20, "{count} rows are found");
    let Some(file) = data("signin_report_sequences.ndjson") else { return };
    let text = fs::read_to_string(file).expect("the file is there");
    let reported: Vec<Stream> = streams(&text).collect();
    assert_eq!(reported.len(), 7);
    for stream in &reported {
        check(&mut host, &configuration, &rules, stream);
    }
}

fn streams(text: &str) -> impl Iterator<Item = Stream> {
    text.lines().map(|line| serde_json::from_str(line).expect("a stream"))
}

/// The built-in rules, as JSON.
pub(crate) fn builtin_rules() -> Vec<Value> {
    let file = yaml::to_json(include_str!("../../plugin/rules/signin.yaml"));
    let Some(Value::Array(rules)) = file.map(|mut file| file["rules"].take()) else {
        panic!("the built-in rules are a list")
    };
    rules
}

fn check(host: &mut impl Host, configuration: &str, rules: &[Value], stream: &Stream) {
    let Stream { name, expect, records, .. } = stream;
    let lines = observe(host, configuration, records);
    let of_type = |name: &str| lines.iter().filter(|line| line["type"] == name).collect::<Vec<_>>();
    let (findings, attempts) = (of_type("finding"), of_type("attempt"));
    let found: BTreeSet<&str> = lines.iter().flat_map(rules_of).collect();

    let alerts =
        findings.iter().map(|finding| json!([finding["rule"], finding["key"]]).to_string());
    let alerts: BTreeSet<_> = alerts.collect();
    assert_eq!(alerts.len(), findings.len(), "{name}: one attack, one alert: {findings:?}");
    if let Some(count) = expect.attempts {
        assert_eq!(attempts.len(), count, "{name}");
    }
    for (key, value) in &expect.attempt {
        assert!(attempts.iter().all(|attempt| attempt[key] == *value), "{name}: {key}");
    }
    for rule in expect.findings.iter().flatten().chain(&expect.some) {
        assert!(found.contains(&**rule), "{name}: {rule} is not in {found:?}");
    }
    for rule in &expect.never {
        assert!(!found.contains(&**rule), "{name}: {rule} is in {found:?}");
    }
    for rule in [&expect.some, &expect.never].into_iter().flatten() {
        assert!(rules.iter().any(|known| known["id"] == **rule), "{name}: no rule {rule}");
    }
    if expect.findings.as_ref().is_some_and(Vec::is_empty) {
        assert!(findings.is_empty(), "{name}: {findings:?}");
        let is_alert = |rule: &&Value| {
            rule["severity"] != "informational"
                && rule["id"].as_str().is_some_and(|id| found.contains(id))
        };
        assert!(!rules.iter().any(|rule| is_alert(&rule)), "{name}: {found:?}");
    }
}

/// The verdict on each record, and the lines of the stream.
fn observe(host: &mut impl Host, configuration: &str, records: &[Value]) -> Vec<Value> {
    assert_eq!(host.call(Export::Configure, configuration.as_bytes()), CallResult::status(0));
    assert_eq!(host.call(Export::Reset, b""), CallResult::status(0));
    let mut output = Vec::new();
    for record in records {
        let record = record.to_string();
        for export in [Export::Process, Export::Observe(0)] {
            let result = host.call(export, record.as_bytes());
            assert!(result.n >= 0, "{export:?} {result:?} of {record}");
            output.extend(result.output);
            output.push(b'\n');
        }
    }
    loop {
        match host.call(Export::Flush, b"") {
            CallResult { n: 0, .. } => break,
            result => output.extend(result.output),
        }
    }
    let line = |line| serde_json::from_slice(line).expect("a line of JSON");
    output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(line).collect()
}

/// The rules that a verdict or a line names.
fn rules_of(line: &Value) -> impl Iterator<Item = &str> {
    let matched = line["rules"].as_array().into_iter().flatten();
    matched.chain(line.get("rule")).filter_map(Value::as_str)
}
