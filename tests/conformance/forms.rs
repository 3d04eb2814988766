//! Every row of the forms in every host, and what builds without the forms say.

use std::path::Path;

use sekisho_oracle::{FormRow, FormStream, form_rows, form_streams};
use serde_json::Value;

use crate::corpora::{collected_signins, generated};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};
use crate::rows::batch_entry;

#[test]
fn native() {
    check_all(Native::default());
}

#[test]
fn wasmtime_portable() {
    check_all(Wasmtime::new(sekisho_module::FORMS_PORTABLE));
}

#[test]
fn wasmtime_simd() {
    check_all(Wasmtime::new(sekisho_module::FORMS_SIMD));
}

#[test]
fn wasmi() {
    check_all(Wasmi::new(sekisho_module::FORMS_PORTABLE));
}

#[test]
fn node() {
    for wasm in [sekisho_module::FORMS_PORTABLE, sekisho_module::FORMS_SIMD] {
        if let Some(node) = Node::new(wasm) {
            check_all(node);
        }
    }
}

/// A record whose skeleton is known has the same event.
#[test]
fn learned_records_have_the_same_events() {
    let rows = rows();
    let mut hosts: [Box<dyn Host>; 2] =
        [Box::new(Native::default()), Box::new(Wasmtime::new(sekisho_module::FORMS_SIMD))];
    for host in &mut hosts {
        for configurations in rows.chunk_by(|one, other| one.configuration == other.configuration) {
            configure(host, &configurations[0].configuration);
            for row in configurations.iter().chain(configurations) {
                // Once to learn, and again after the others.
                assert_eq!(process(host, row), result(&row.result), "{}", row.name);
                assert_eq!(process(host, row), result(&row.result), "{}", row.name);
            }
        }
    }
}

/// The oracle compares values: a text may be written with other escapes.
#[test]
fn generated_records_agree_with_the_oracle() {
    let mut formed = [r#"{"form":"ecs"}"#, r#"{"identity":true}"#].map(|configuration| {
        let mut native = Native::default();
        configure(&mut native, configuration);
        native
    });
    let records = generated(11, 5000).into_iter().chain(collected_signins().into_iter().flatten());
    let mut count = 0;
    for record in records {
        let Ok(Some(verdict)) = sekisho_oracle::process(&record) else { continue };
        let tree: Value = serde_json::from_slice(&record).expect("well-formed");
        let tree = if tree["detail"].is_object() { &tree["detail"] } else { &tree };
        // What is in other envelopes is not unwrapped here.
        if !tree["eventSource"].is_string() {
            continue;
        }
        let results = formed.each_mut().map(|native| {
            let result = native.call(Export::Process, &record);
            serde_json::from_slice::<Value>(&result.output).expect("an event")
        });
        let shown = String::from_utf8_lossy(&record);
        assert_eq!(results[0], sekisho_oracle::ecs_event(tree, &verdict), "{shown}");
        let identity = sekisho_oracle::identity_object(tree, &verdict);
        assert_eq!(results[1]["identity"], identity, "{shown}");
        count += 1;
    }
    assert!(count >= 4500, "{count} sign-ins");
}

#[test]
fn builds_without_the_forms_name_the_build_that_has_them() {
    for wasm in [sekisho_module::PORTABLE, sekisho_module::SIMD] {
        let module = sekisho_host::Module::new(wasm).expect("the module is accepted");
        let mut filter = module.filter().expect("an instance");
        filter.configure(br#"{"form":"verdict","identity":false}"#).expect("verdicts");
        for configuration in [r#"{"form":"ecs"}"#, r#"{"form":"ocsf"}"#, r#"{"identity":true}"#] {
            let error = filter.configure(configuration.as_bytes()).expect_err("refused");
            assert!(error.to_string().contains("sekisho-forms.wasm"), "{configuration}: {error}");
        }
    }
}

#[test]
fn unknown_forms_are_refused() {
    let mut host = Wasmi::new(sekisho_module::FORMS_PORTABLE);
    for configuration in [
        r#"{"form":"cef"}"#,
        r#"{"form":null}"#,
        r#"{"form":["ecs"]}"#,
        r#"{"identity":"true"}"#,
        r#"{"form":"ecs","identity":1}"#,
    ] {
        let status = host.call(Export::Configure, configuration.as_bytes());
        assert_eq!(status, CallResult::status(-4), "{configuration}");
    }
    let escaped = br#"{"form":"\u0065cs","identity":true}"#;
    assert_eq!(host.call(Export::Configure, escaped), CallResult::status(0));
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/forms")
}

fn rows() -> Vec<FormRow> {
    let rows = form_rows(&folder());
    assert!(rows.len() >= 200, "the rows are found");
    rows
}

fn check_all(mut host: impl Host) {
    for row in rows() {
        check(&mut host, &row);
    }
    let streams = form_streams(&folder().join("streams"));
    assert!(streams.len() >= 20, "the streams are found");
    for stream in streams {
        check_stream(&mut host, &stream);
    }
}

fn check(host: &mut impl Host, row: &FormRow) {
    configure(host, &row.configuration);
    let expected = result(&row.result);
    assert_eq!(process(host, row), expected, "process {}", row.name);
    let annotated = host.call(Export::Annotate, row.record.as_bytes());
    assert_eq!(annotated, result(&row.annotated), "annotate {}", row.name);
    let framed = [&(row.record.len() as u32).to_le_bytes()[..], row.record.as_bytes()].concat();
    let entry = batch_entry(0, &expected);
    assert_eq!(host.call(Export::ProcessBatch(0), &framed), entry, "batch {}", row.name);
}

fn check_stream(host: &mut impl Host, row: &FormStream) {
    configure(host, &row.configuration);
    host.call(Export::Reset, b"");
    let mut lines = Vec::new();
    for record in &row.records {
        lines.extend(host.call(Export::Observe(0), record.as_bytes()).output);
    }
    while let CallResult { n: 1.., output } = host.call(Export::Flush, b"") {
        lines.extend(output);
    }
    let expected: String = row.lines.iter().flat_map(|line| [line, "\n"]).collect();
    assert_eq!(String::from_utf8_lossy(&lines), expected, "{}", row.name);
}

fn configure(host: &mut impl Host, configuration: &str) {
    let status = host.call(Export::Configure, configuration.as_bytes());
    assert_eq!(status, CallResult::status(0), "{configuration}");
}

fn process(host: &mut impl Host, row: &FormRow) -> CallResult {
    host.call(Export::Process, row.record.as_bytes())
}

fn result(json: &Option<String>) -> CallResult {
    CallResult::output(json.clone().unwrap_or_default().into_bytes())
}
