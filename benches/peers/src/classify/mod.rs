//! One question, asked of everybody: is this record a failed console sign-in, and why did it fail?

mod jaq;
mod luajit;
mod quamina;
mod serde;
mod simd_json;
mod sonic;
mod vrl;

use sekisho_host::{Filter, VerdictJson};
use sekisho_measure::{Answer, FLOOR, OURS, Work, filter, floor};
use sekisho_module::SIMD;

use crate::measure::{Contender, measure};

/// Asks everybody about every record, compares the answers, then measures.
pub(crate) fn run(work: &Work) {
    let records = &work.records;
    let mut contenders = vec![Contender { name: OURS, ask: module(records, filter(SIMD, "{}")) }];
    let expected = answers(&mut contenders[0].ask, records.len());
    let failed = expected.iter().filter(|answer| **answer != Answer::Other).count();
    assert!(failed > 0, "work {} holds failed sign-ins", work.name);
    for (name, mut ask) in peers(records) {
        let answers = answers(&mut ask, records.len());
        for (index, (answer, expected)) in answers.iter().zip(&expected).enumerate() {
            let record = String::from_utf8_lossy(&records[index]);
            assert_eq!(answer, expected, "{name} answers as the module does: {record}");
        }
        contenders.push(Contender { name, ask });
    }
    println!("work {}: all agree, {failed} failed sign-ins", work.name);
    // It answers nothing, so there is nothing to compare.
    contenders.push(Contender { name: FLOOR, ask: module(records, floor()) });
    measure("classify beside peers", work, contenders);
}

/// Answers for the record of an index.
pub(crate) type Ask<'a> = Box<dyn FnMut(usize) -> Answer + 'a>;

fn peers(records: &[Vec<u8>]) -> Vec<(&'static str, Ask<'_>)> {
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

fn module(records: &[Vec<u8>], mut filter: Filter) -> Ask<'_> {
    Box::new(move |index| {
        let verdict = filter.process(&records[index]).expect("the record is read");
        Answer::of_verdict(verdict.map(VerdictJson::as_bytes))
    })
}

fn answers(ask: &mut Ask<'_>, count: usize) -> Vec<Answer> {
    (0..count).map(ask).collect()
}
