//! Criterion in rounds: each round measures every candidate for a short time, so that a noisy minute
//! affects all of them. Ratios are computed from two figures of the same round.

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};

use crate::work::Work;

const ROUNDS: usize = 5;

/// The candidates of one round.
pub type Group<'a> = BenchmarkGroup<'a, WallTime>;

/// Runs several rounds over a workload; `round` measures every candidate once.
///
/// The figures of a round are the criterion group `<name>, work <work>, round <number>`.
pub fn rounds(name: &str, work: &Work, mut round: impl FnMut(&mut Group<'_>)) {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .nresamples(2000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400))
        .configure_from_args();
    let (elements, bytes) = (work.records.len() as u64, work.bytes() as u64);
    for number in 1..=ROUNDS {
        let mut group =
            criterion.benchmark_group(format!("{name}, work {}, round {number}", work.name));
        group.throughput(Throughput::ElementsAndBytes { elements, bytes });
        round(&mut group);
        group.finish();
    }
}

/// Measures `read` over every record of a workload.
pub fn each<T>(group: &mut Group<'_>, name: &str, work: &Work, mut read: impl FnMut(&[u8]) -> T) {
    group.bench_function(name, |bencher| {
        bencher.iter(|| {
            for record in &work.records {
                black_box(read(black_box(record)));
            }
        });
    });
}
