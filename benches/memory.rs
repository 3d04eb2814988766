//! What the works are, and what memory they take: told as JSON, for `cargo xtask bench`.
//!
//! These are no times, so criterion has no place for them.

use sekisho_measure::{Work, filter};
use sekisho_module::SIMD;
use serde_json::{Value, json};

/// Records of a work, as many as the benches take.
const RECORDS: usize = 4096;

/// By then an instance has the memory that it needs.
const SETTLED: usize = 10_000;

/// So many more are to take none.
const MORE: usize = 1_000_000;

const PAGE: usize = 64 << 10;

fn main() {
    println!("{}", Work::both(RECORDS).iter().map(told).collect::<Value>());
}

fn told(work: &Work) -> Value {
    let mut filter = filter(SIMD, "{}");
    let mut is_signin = |record: &Vec<u8>| filter.process(record).expect("a record").is_some();
    let signins = work.records.iter().filter(|record| is_signin(record)).count();
    let mut records = work.records.iter().cycle();
    let mut memory_after = |count| {
        for record in records.by_ref().take(count) {
            filter.process(record).expect("a record");
        }
        filter.memory_bytes()
    };
    let (settled, afterwards) = (memory_after(SETTLED), memory_after(MORE));
    json!({
        "name": work.name,
        "records": RECORDS,
        "bytes": work.bytes(),
        "signins": signins,
        "settled_records": SETTLED,
        "more_records": MORE,
        "more_pages": (afterwards - settled) / PAGE,
    })
}
