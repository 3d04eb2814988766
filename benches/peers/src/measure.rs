//! Measures all candidates in rounds.

use std::hint::black_box;

use sekisho_measure::{Work, rounds};

/// Processes the record with an index.
pub(crate) type Run<'a, T> = Box<dyn FnMut(usize) -> T + 'a>;

/// A tool with its name in the figures.
pub(crate) struct Candidate<'a, T> {
    pub(crate) name: &'static str,
    pub(crate) run: Run<'a, T>,
}

/// Measures all candidates over the records of a workload.
pub(crate) fn measure<T>(name: &str, work: &Work, mut candidates: Vec<Candidate<'_, T>>) {
    rounds(name, work, |group| {
        for Candidate { name, run } in &mut candidates {
            group.bench_function(*name, |bencher| {
                bencher.iter(|| {
                    for index in 0..work.records.len() {
                        black_box(run(black_box(index)));
                    }
                });
            });
        }
    });
}
