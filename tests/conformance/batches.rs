//! In every framing, a batch has the results that its records have one by one.

use sekisho_generator::spelling::insights_cells;
use serde_json::json;

use crate::corpora::{generated, rows};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Wasmi, Wasmtime};
use crate::rows::batch_entry;

/// Every row and generated records: sign-ins, other records and malformed ones.
fn records() -> Vec<Vec<u8>> {
    rows().into_iter().map(|row| row.input).chain(generated(6, 300)).collect()
}

/// The result of a batch of these records.
fn expected(records: &[Vec<u8>]) -> CallResult {
    let mut single = Native::default();
    let entries = records.iter().zip(0..).flat_map(|(record, index)| {
        batch_entry(index, &single.call(Export::Process, record)).output
    });
    CallResult::output(entries.collect())
}

#[test]
fn with_lengths() {
    let records = records();
    let framed: Vec<u8> = records
        .iter()
        .flat_map(|record| [&(record.len() as u32).to_le_bytes()[..], record].concat())
        .collect();
    for host in &mut hosts() {
        assert_eq!(host.call(Export::ProcessBatch(0), &framed), expected(&records));
    }
}

#[test]
fn by_line() {
    let mut records = records();
    records.retain(|record| !record.contains(&b'\n') && !record.trim_ascii().is_empty());
    let lines = records.join(&b'\n');
    for host in &mut hosts() {
        assert_eq!(host.call(Export::ProcessBatch(1), &lines), expected(&records));
    }
}

#[test]
fn a_blank_line_counts_but_has_no_entry() {
    let record = generated(7, 1).swap_remove(0);
    let lines = [b"\n \r\n", &record[..], b"\r\n"].concat();
    let verdict = Native::default().call(Export::Process, &record);
    for host in &mut hosts() {
        assert_eq!(host.call(Export::ProcessBatch(1), &lines), batch_entry(2, &verdict));
    }
}

#[test]
fn as_json() {
    let records = generated(8, 300);
    let list = [b"[", &records.join(&b',')[..], b"]"].concat();
    let expected = expected(&records);
    for (before, after) in
        [("", ""), ("{\"Records\":", "}"), ("{\"a\":[{}],\"Events\" : ", ",\"b\":1}")]
    {
        let input = [before.as_bytes(), &list, after.as_bytes()].concat();
        for host in &mut hosts() {
            assert_eq!(host.call(Export::ProcessBatch(2), &input), expected, "{before}…{after}");
        }
    }
}

/// An element that is an array is looked into, as no annotation is asked for.
#[test]
fn elements_of_json_may_be_rows() {
    let record = generated(13, 1).swap_remove(0);
    let text = str::from_utf8(&record).expect("a record is UTF-8");
    let row = insights_cells(text);
    let pair = json!(["1758000000", text]);
    let verdict = Native::default().call(Export::Process, &record);
    let expected = [0, 2, 3].map(|index| batch_entry(index, &verdict).output);
    let several = batch_entry(4, &CallResult::status(-7)).output;
    let expected = CallResult::output([&expected.concat()[..], &several].concat());
    let list = format!(r#"[{row},["x"],{pair},{text},[{text},{text}],[]]"#);
    for input in
        [list.clone(), format!(r#"{{"results":{list}}}"#), format!(r#"{{"Events": {list}}}"#)]
    {
        for host in &mut hosts() {
            assert_eq!(host.call(Export::ProcessBatch(2), input.as_bytes()), expected, "{input}");
        }
    }
}

#[test]
fn json_without_a_list_is_one_record() {
    let record = generated(9, 1).swap_remove(0);
    let verdict = Native::default().call(Export::Process, &record);
    assert!(verdict.n > 0);
    for host in &mut hosts() {
        assert_eq!(host.call(Export::ProcessBatch(2), &record), batch_entry(0, &verdict));
    }
}

#[test]
fn records_before_a_fault_have_their_results() {
    let record = generated(10, 1).swap_remove(0);
    let verdict = Native::default().call(Export::Process, &record);
    let first = batch_entry(0, &verdict).output;
    let fault = |code| batch_entry(1, &CallResult::status(code)).output;
    let length = (record.len() as u32).to_le_bytes();
    let inputs: [(u32, Vec<u8>, i32); 4] = [
        (0, [&length[..], &record, &[255, 0, 0, 0, b'{']].concat(), -1),
        (0, [&length[..], &record, &[1, 0]].concat(), -1),
        (1, [&record[..], b"\n{\"a\":"].concat(), -2),
        (2, [b"[", &record[..], b",{\"a\"},{}]"].concat(), -2),
    ];
    for (framing, input, code) in inputs {
        for host in &mut hosts() {
            let result = host.call(Export::ProcessBatch(framing), &input);
            assert_eq!(result.output, [first.clone(), fault(code)].concat(), "framing {framing}");
        }
    }
}

fn hosts() -> [Box<dyn Host>; 3] {
    [
        Box::new(Native::default()),
        Box::new(Wasmtime::new(sekisho_module::SIMD)),
        Box::new(Wasmi::new(sekisho_module::PORTABLE)),
    ]
}
