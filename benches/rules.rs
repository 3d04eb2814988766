//! The cost of 10 to 10,000 rules, per record and to configure.
//!
//! The rules are typical for CloudTrail: a service and some of its events, with conditions on the
//! identity and the address. Most match nothing.

use std::time::Duration;

use criterion::{Criterion, Throughput};
use sekisho_measure::{Work, each, filter, rounds};
use sekisho_module::SIMD;

const RECORDS: usize = 2048;
const SIZES: [usize; 4] = [10, 100, 1000, 10_000];

fn main() {
    for work in Work::both(RECORDS) {
        matching(&work);
    }
    compiling();
}

fn matching(work: &Work) {
    let mut filters = SIZES.map(|size| filter(SIMD, &sekisho_generator::rules(size)));
    rounds("match", work, |group| {
        for (size, filter) in SIZES.iter().zip(&mut filters) {
            each(group, &format!("{size} rules"), work, |record| {
                filter.process(record).expect("a record").is_some()
            });
        }
    });
}

/// Also prints the memory of an instance, which never shrinks.
fn compiling() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(1))
        .warm_up_time(Duration::from_millis(300))
        .configure_from_args();
    let mut group = criterion.benchmark_group("configure");
    for size in SIZES {
        let rules = sekisho_generator::rules(size);
        let mut filter = filter(SIMD, &rules);
        println!("configure/{size} rules: {} KiB of memory", filter.memory_bytes() >> 10);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(format!("{size} rules"), |bencher| {
            bencher.iter(|| filter.configure(rules.as_bytes()).expect("valid"));
        });
    }
    group.finish();
}
