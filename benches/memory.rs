//! Prints the size of the workloads and the memory they need as JSON, for `cargo xtask bench`.
//!
//! Criterion measures times only.

use sekisho_measure::{Work, filter};
use sekisho_module::SIMD;
use serde_json::{Value, json};

/// Records per workload, as in the other benches.
const RECORDS: usize = 4096;

/// The number of records after which an instance has all the memory it needs.
const SETTLED: usize = 10_000;

/// The number of further records, which must not take more.
const MORE: usize = 1_000_000;

const PAGE: usize = 64 << 10;

fn main() {
    println!("{}", Work::both(RECORDS).iter().map(measure).collect::<Value>());
}

fn measure(work: &Work) -> Value {
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
    let (settled, later) = (memory_after(SETTLED), memory_after(MORE));
    json!({
        "name": work.name,
        "records": RECORDS,
        "bytes": work.bytes(),
        "signins": signins,
        "settled_records": SETTLED,
        "more_records": MORE,
        "more_pages": (later - settled) / PAGE,
    })
}
