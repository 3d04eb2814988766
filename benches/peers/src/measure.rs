//! Criterion in rounds: everybody is measured shortly, then all again, so that a noisy minute of the
//! machine falls on all. A ratio is always of two figures of one round.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{Criterion, Throughput};
use serde_json::Value;

const ROUNDS: usize = 5;

/// Records that are measured over, and what they are called.
pub(crate) struct Work {
    pub(crate) name: String,
    pub(crate) records: Vec<Vec<u8>>,
}

impl Work {
    pub(crate) fn bytes(&self) -> usize {
        self.records.iter().map(Vec::len).sum()
    }
}

/// Somebody who answers for the record of an index.
pub(crate) struct Contender<'a, Answer> {
    pub(crate) name: &'static str,
    pub(crate) ask: Box<dyn FnMut(usize) -> Answer + 'a>,
}

/// What everybody took for a record, in nanoseconds, in each round.
pub(crate) struct Figures(Vec<(&'static str, Vec<f64>)>);

impl Figures {
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    pub(crate) fn median(&self, name: &str) -> f64 {
        median(self.rounds(name).to_vec())
    }

    /// How many times longer than `base` `name` took.
    pub(crate) fn ratio(&self, name: &str, base: &str) -> f64 {
        let rounds = self.rounds(name).iter().zip(self.rounds(base));
        median(rounds.map(|(name, base)| name / base).collect())
    }

    fn rounds(&self, name: &str) -> &[f64] {
        let found = self.0.iter().find(|(measured, _)| *measured == name);
        found.map(|(_, rounds)| &rounds[..]).expect("it was measured")
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Measures everybody over the work's records, several times in turn.
pub(crate) fn measure<Answer>(work: &Work, mut contenders: Vec<Contender<'_, Answer>>) -> Figures {
    let results = results();
    let mut figures: Vec<_> = contenders.iter().map(|one| (one.name, Vec::new())).collect();
    for round in 1..=ROUNDS {
        let group = format!("{}, round {round}", work.name);
        measure_round(&results, &group, work, &mut contenders);
        for (name, rounds) in &mut figures {
            rounds.push(nanoseconds(&results.join(&group).join(*name)) / work.records.len() as f64);
        }
    }
    Figures(figures)
}

fn measure_round<Answer>(
    results: &Path,
    group: &str,
    work: &Work,
    contenders: &mut [Contender<'_, Answer>],
) {
    let mut criterion = Criterion::default()
        .output_directory(results)
        .sample_size(10)
        .nresamples(2000)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    let mut group = criterion.benchmark_group(group);
    let elements = work.records.len() as u64;
    group.throughput(Throughput::ElementsAndBytes { elements, bytes: work.bytes() as u64 });
    for Contender { name, ask } in contenders {
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                for index in 0..work.records.len() {
                    black_box(ask(black_box(index)));
                }
            });
        });
    }
    group.finish();
}

/// Where criterion leaves what it finds: beside the program.
fn results() -> PathBuf {
    let program = std::env::current_exe().expect("the program has a path");
    program.with_file_name("peers-criterion")
}

/// Criterion's median of one benchmark.
fn nanoseconds(benchmark: &Path) -> f64 {
    let path = benchmark.join("new/estimates.json");
    let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let estimates: Value = serde_json::from_slice(&text).expect("criterion writes JSON");
    estimates["median"]["point_estimate"].as_f64().expect("criterion writes a median")
}
