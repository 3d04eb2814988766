//! The cost of a record in `sekisho` and in other tools for the same task. All run in one process,
//! and their results are compared before anything is timed. `cargo xtask bench` reads the figures.
#![forbid(unsafe_code)]

mod classify;
mod measure;
mod program;
mod rules;

use sekisho_measure::Work;

/// The number of records to classify, and to match against rules: some tools take a millisecond per
/// record with a thousand rules.
const RECORDS: usize = 4096;
const RULE_RECORDS: usize = 512;

fn main() {
    for work in Work::both(RECORDS) {
        classify::run(&work);
    }
    let work = Work::mixed(RULE_RECORDS);
    for size in rules::SIZES {
        rules::run(&work, size);
    }
}
