//! Every row in every host.

use sekisho_oracle::{Answer as Expected, Row};

use crate::corpora::rows;
use crate::host::{Answer, Export, Host};
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
        Expected::NotOurs => Answer::number(0),
        Expected::Verdict(verdict) => Answer::output(verdict.to_json().into_bytes()),
        Expected::Error(code) => Answer::number(*code),
    };
    assert_eq!(host.call(Export::Process, &row.input), verdict, "process {place}");

    let annotated = match sekisho_oracle::annotate(&row.input, "signin") {
        Ok(record) => Answer::output(record.unwrap_or_default()),
        Err(code) => Answer::number(code),
    };
    assert_eq!(host.call(Export::Annotate, &row.input), annotated, "annotate {place}");

    let framed = [&(row.input.len() as u32).to_le_bytes()[..], &row.input].concat();
    let answers = batch_answer(0, &verdict);
    assert_eq!(host.call(Export::ProcessBatch(0), &framed), answers, "batch {place}");
}

/// What a batch answers for one record.
pub(crate) fn batch_answer(index: u32, answer: &Answer) -> Answer {
    if answer.n == 0 {
        return Answer::number(0);
    }
    let head = [index.to_le_bytes(), answer.n.to_le_bytes()].concat();
    Answer::output([head, answer.output.clone()].concat())
}
