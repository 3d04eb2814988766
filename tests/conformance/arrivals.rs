//! The shapes in which people hold records: a record in one of them has the verdict of the bare
//! record, and what is no sign-in stays none.
//!
//! They are in `arrival_shapes.json` of the data folder, with `@RECORD` where the record is and
//! `@TEXT` where its JSON text is.

use std::fs;

use sekisho_generator::signin_records;
use sekisho_generator::wrapping::WRAPPINGS;
use serde_json::{Value, json};

use crate::corpora::{collected_background, data, generated};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Wasmi, Wasmtime};

#[derive(serde::Deserialize)]
struct Shape {
    name: String,
    input: Value,
}

fn shapes() -> Option<Vec<Shape>> {
    let text = fs::read_to_string(data("arrival_shapes.json")?).expect("the file is there");
    let shapes: Vec<Shape> = serde_json::from_str(&text).expect("a list of shapes");
    assert_eq!(shapes.len(), 17);
    Some(shapes)
}

impl Shape {
    /// The shape with a record in it.
    fn wrap(&self, record: &[u8]) -> Vec<u8> {
        let record = str::from_utf8(record).expect("a record is UTF-8");
        let text = json!(record).to_string();
        let shape = self.input.to_string();
        shape.replace("\"@RECORD\"", record).replace("\"@TEXT\"", &text).into_bytes()
    }
}

fn check_all(mut host: impl Host) {
    let Some(shapes) = shapes() else { return };
    for record in generated(8, 200) {
        let bare = host.call(Export::Process, &record);
        for shape in &shapes {
            let wrapped = shape.wrap(&record);
            assert_eq!(host.call(Export::Process, &wrapped), bare, "{}", shape.name);
        }
    }
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

#[test]
fn other_records_are_no_signins_in_any_shape() {
    let (Some(shapes), Some(background)) = (shapes(), collected_background()) else { return };
    let mut host = Native::default();
    let mut signins = 0;
    for record in background {
        let bare = host.call(Export::Process, &record);
        signins += usize::from(bare != CallResult::status(0));
        for shape in &shapes {
            assert_eq!(host.call(Export::Process, &shape.wrap(&record)), bare, "{}", shape.name);
        }
    }
    // A token of the access portal is one.
    assert_eq!(signins, 1);
}

/// Where the record is in each of the generator's wrappings.
const PATHS: [(&str, &str); 14] = [
    ("splunk_event", "event"),
    ("splunk_export", "result._raw"),
    ("wazuh_alert", "data.aws"),
    ("elastic_decoded", "json"),
    ("opensearch_hit", "_source"),
    ("opensearch_result", "hits.hits._source"),
    ("logs_insights", "@message"),
    ("lake_row", "eventJson"),
    ("sqs_message", "body"),
    ("sqs_event", "Records.body"),
    ("sns_in_sqs", "body.Message"),
    ("datadog_log", "content.attributes"),
    ("loki_result", "data.result.values"),
    ("nested", "a.b.c.d.e"),
];

#[test]
fn a_configured_path_is_read_instead_of_a_search() {
    let hosts: [Box<dyn Host>; 2] =
        [Box::new(Native::default()), Box::new(Wasmtime::new(sekisho_module::SIMD))];
    for mut host in hosts {
        let mut call = |path: &str, record: &str| {
            let configuration = json!({"record": [path]}).to_string();
            let configured = host.call(Export::Configure, configuration.as_bytes());
            assert_eq!(configured, CallResult::status(0));
            host.call(Export::Process, record.as_bytes())
        };
        for record in signin_records(9).take(100) {
            let bare = call("none", &record.json);
            for ((name, wrap), (known, path)) in WRAPPINGS.iter().zip(PATHS) {
                assert_eq!(*name, known);
                let wrapped = wrap(&record.json);
                // A pair of a time and a line is a list, which no path leads through.
                let expected = if *name == "loki_result" { -7 } else { bare.n };
                assert_eq!(call(path, &wrapped).n, expected, "{name}: {wrapped}");
                assert_eq!(call("none", &wrapped), CallResult::status(0), "{name}: {wrapped}");
            }
        }
    }
}
