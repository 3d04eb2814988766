//! What a record costs here, and in what people use for the same question: asked of everybody in one
//! run, answers compared before anything is timed. Prints the goals and whether they are met, and
//! writes `benches/RESULTS.md`.
#![forbid(unsafe_code)]

mod answer;
mod classify;
mod goals;
mod machine;
mod measure;
mod program;
mod report;
mod rules;

use std::{fs, io};

use measure::Work;

/// How many records the question is asked of, and how many are matched against rules: some take a
/// millisecond for a record with a thousand rules.
const RECORDS: usize = 4096;
const RULE_RECORDS: usize = 512;

fn main() -> io::Result<()> {
    let signins = sekisho_generator::signin_records(1);
    let mixed = sekisho_generator::mixed_records;
    let classified = [work("S", signins.take(RECORDS)), work("M", mixed(1).take(RECORDS))]
        .map(|work| (classify::run(&work), work));
    let ruled = rules::SIZES.map(|size| {
        let work = work(&format!("M, {size} rules"), mixed(1).take(RULE_RECORDS));
        (rules::run(&work, size), work)
    });
    let goals = goals::table(&classified, &ruled);
    println!("\n{goals}");
    let results = concat!(env!("CARGO_MANIFEST_DIR"), "/../RESULTS.md");
    fs::write(results, report::write(&classified, &ruled, &goals))
}

fn work(name: &str, records: impl Iterator<Item = sekisho_generator::Record>) -> Work {
    let records = records.map(|record| record.json.into_bytes()).collect();
    Work { name: name.to_owned(), records }
}
