//! What a record costs here, and in what people use for the same question: asked of everybody in
//! one run, answers compared before anything is timed. `cargo xtask bench` reads the figures.
#![forbid(unsafe_code)]

mod classify;
mod measure;
mod program;
mod rules;

use sekisho_measure::Work;

/// How many records the question is asked of, and how many are matched against rules: some take a
/// millisecond for a record with a thousand rules.
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
