//! The cost of a record in each host, without rules and with a thousand.
//!
//! Every host processes the same records. Before timing, the total length of their verdicts is
//! compared.

mod node;
mod wasmi;

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use sekisho_host::{Filter, Framing, VerdictJson};
use sekisho_measure::{OURS, Work, filter, rounds};
use sekisho_module::{PORTABLE, SIMD};

use node::Node;
use wasmi::Wasmi;

/// Few, because an interpreter is a hundred times slower than the others.
const RECORDS: usize = 512;
const BATCH: usize = 256;

fn main() {
    let rules = sekisho_generator::rules(1000);
    for work in Work::both(RECORDS) {
        hosts("hosts", &work, "{}");
        hosts("hosts with 1000 rules", &work, &rules);
    }
}

/// Processes all records a number of times; returns the duration, and the total length of the
/// verdicts of one pass.
type Passes<'a> = Box<dyn FnMut(u64) -> (Duration, usize) + 'a>;

fn hosts(name: &str, work: &Work, configuration: &str) {
    let records = &work.records;
    let mut hosts: Vec<(&str, Passes<'_>)> = vec![
        (OURS, one_by_one(records, filter(SIMD, configuration))),
        ("wasmtime, batches of 256", in_batches(records, filter(SIMD, configuration))),
        ("wasmtime, a thread for each core", in_threads(records, configuration)),
        ("wasmtime, portable build", one_by_one(records, filter(PORTABLE, configuration))),
        ("wasmi, portable build", interpreted(records, configuration)),
        ("Node", in_node(records, SIMD, configuration)),
        ("Node, portable build", in_node(records, PORTABLE, configuration)),
    ];
    let (_, expected) = hosts[0].1(1);
    assert!(expected > 0, "there are verdicts");
    for (host, passes) in &mut hosts {
        assert_eq!(passes(1).1, expected, "{host}, bytes of all verdicts");
    }
    rounds(name, work, |group| {
        for (host, passes) in &mut hosts {
            group.bench_function(*host, |bencher| bencher.iter_custom(|times| passes(times).0));
        }
    });
}

/// Times a function that returns the total length of the verdicts.
fn timed<'a>(mut pass: impl FnMut() -> usize + 'a) -> Passes<'a> {
    Box::new(move |times| {
        let start = Instant::now();
        let lengths = (0..times).map(|_| pass()).last();
        (start.elapsed(), lengths.unwrap_or_default())
    })
}

fn one_by_one(records: &[Vec<u8>], mut filter: Filter) -> Passes<'_> {
    timed(move || pass(records, &mut filter))
}

fn length(verdict: VerdictJson<'_>) -> usize {
    verdict.as_bytes().len()
}

fn pass(records: &[Vec<u8>], filter: &mut Filter) -> usize {
    let mut verdict = |record| filter.process(black_box(record)).expect("a record").map(length);
    records.iter().filter_map(|record| verdict(record)).sum()
}

fn in_batches(records: &[Vec<u8>], mut filter: Filter) -> Passes<'_> {
    let frame = |record: &Vec<u8>| [&(record.len() as u32).to_le_bytes()[..], record].concat();
    let batches: Vec<Vec<u8>> =
        records.chunks(BATCH).map(|chunk| chunk.iter().flat_map(frame).collect()).collect();
    timed(move || {
        let mut lengths = 0;
        for batch in &batches {
            let results = filter.process_batch(black_box(batch), Framing::Lengths);
            let verdicts = results.expect("a batch").map(|(_, verdict)| verdict.expect("one"));
            lengths += verdicts.map(length).sum::<usize>();
        }
        lengths
    })
}

/// Each thread has its own instance and a share of the records.
fn in_threads<'a>(records: &'a [Vec<u8>], configuration: &str) -> Passes<'a> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let shares = records.chunks(records.len().div_ceil(cores));
    let mut workers: Vec<_> = shares.map(|share| (share, filter(SIMD, configuration))).collect();
    Box::new(move |times| {
        let start = Instant::now();
        let lengths = thread::scope(|scope| {
            let threads: Vec<_> = workers
                .iter_mut()
                .map(|(share, filter)| {
                    scope.spawn(move || (0..times).map(|_| pass(share, filter)).last())
                })
                .collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).sum()
        });
        (start.elapsed(), lengths)
    })
}

fn interpreted<'a>(records: &'a [Vec<u8>], configuration: &str) -> Passes<'a> {
    let mut wasmi = Wasmi::new(PORTABLE, configuration);
    timed(move || records.iter().map(|record| wasmi.process(black_box(record))).sum())
}

fn in_node<'a>(records: &[Vec<u8>], wasm: &[u8], configuration: &str) -> Passes<'a> {
    let mut node = Node::new(wasm, configuration, records);
    Box::new(move |times| node.passes(times))
}
