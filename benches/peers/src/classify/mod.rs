//! The first task: is this record a failed console sign-in, and why did it fail?

mod jaq;
mod luajit;
mod quamina;
mod serde;
mod simd_json;
mod sonic;
mod vrl;

use sekisho_host::{Filter, VerdictJson};
use sekisho_measure::{Classification, FLOOR, OURS, Work, filter, floor};
use sekisho_module::SIMD;

use crate::measure::{Candidate, Run, measure};

/// Compares the results of all candidates on every record, then measures.
pub(crate) fn run(work: &Work) {
    let records = &work.records;
    let mut candidates = vec![Candidate { name: OURS, run: module(records, filter(SIMD, "{}")) }];
    let expected = classify_all(&mut candidates[0].run, records.len());
    let failed = expected.iter().filter(|result| **result != Classification::Other).count();
    assert!(failed > 0, "work {} has failed sign-ins", work.name);
    for (name, mut run) in peers(records) {
        let results = classify_all(&mut run, records.len());
        for (index, (result, expected)) in results.iter().zip(&expected).enumerate() {
            let record = String::from_utf8_lossy(&records[index]);
            assert_eq!(result, expected, "{name} differs from the module: {record}");
        }
        candidates.push(Candidate { name, run });
    }
    println!("work {}: all agree, {failed} failed sign-ins", work.name);
    // The floor has no result to compare.
    candidates.push(Candidate { name: FLOOR, run: module(records, floor()) });
    measure("classify beside peers", work, candidates);
}

fn peers(records: &[Vec<u8>]) -> Vec<(&'static str, Run<'_, Classification>)> {
    vec![
        ("serde_json, struct", serde::typed(records)),
        ("serde_json, Value", serde::value(records)),
        ("simd-json, tape", simd_json::tape(records)),
        ("sonic-rs, struct", sonic::typed(records)),
        ("sonic-rs, get", sonic::get(records)),
        ("quamina", quamina::new(records)),
        ("vrl", vrl::new(records)),
        ("LuaJIT, decoded table", luajit::new(records)),
        ("jaq", jaq::new(records)),
    ]
}

fn module(records: &[Vec<u8>], mut filter: Filter) -> Run<'_, Classification> {
    Box::new(move |index| {
        let verdict = filter.process(&records[index]).expect("a record");
        Classification::from_verdict(verdict.map(VerdictJson::as_bytes))
    })
}

fn classify_all(run: &mut Run<'_, Classification>, count: usize) -> Vec<Classification> {
    (0..count).map(run).collect()
}
