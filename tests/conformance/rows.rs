//! Every row in every host.

use sekisho_oracle::Row;

use crate::corpora::rows;
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Node, Wasmi, Wasmtime};

#[test]
fn native() {
    check_all(Native::default());
}

#[test]
fn wasmtime_portable() {
    check_all(Wasmtime::new(sekisho_module::PORTABLE));
}

#[test]
fn wasmtime_simd() {
    check_all(Wasmtime::new(sekisho_module::SIMD));
}

#[test]
fn wasmi() {
    check_all(Wasmi::new(sekisho_module::PORTABLE));
}

#[test]
fn node_portable() {
    if let Some(node) = Node::new(sekisho_module::PORTABLE) {
        check_all(node);
    }
}

#[test]
fn node_simd() {
    if let Some(node) = Node::new(sekisho_module::SIMD) {
        check_all(node);
    }
}

fn check_all(mut host: impl Host) {
    for row in rows() {
        check(&mut host, &row);
    }
}

fn check(host: &mut impl Host, row: &Row) {
    let place = format!("{} ({} line {})", row.name, row.file, row.line);
    let verdict = match &row.expected {
        Ok(None) => CallResult::status(0),
        Ok(Some(verdict)) => CallResult::output(verdict.to_json().into_bytes()),
        Err(code) => CallResult::status(*code),
    };
    assert_eq!(host.call(Export::Process, &row.input), verdict, "process {place}");

    let annotated = match sekisho_oracle::annotate(&row.input, "signin") {
        Ok(record) => CallResult::output(record.unwrap_or_default()),
        Err(code) => CallResult::status(code),
    };
    assert_eq!(host.call(Export::Annotate, &row.input), annotated, "annotate {place}");

    let framed = [&(row.input.len() as u32).to_le_bytes()[..], &row.input].concat();
    let entry = batch_entry(0, &verdict);
    assert_eq!(host.call(Export::ProcessBatch(0), &framed), entry, "batch {place}");
}

/// The entry in the result of a batch for one record; nothing if it has no verdict.
pub(crate) fn batch_entry(index: u32, result: &CallResult) -> CallResult {
    if result.n == 0 {
        return CallResult::status(0);
    }
    let header = [index.to_le_bytes(), result.n.to_le_bytes()].concat();
    CallResult::output([header, result.output.clone()].concat())
}
