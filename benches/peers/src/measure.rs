//! Everybody, in rounds.

use std::hint::black_box;

use sekisho_measure::{Work, rounds};

/// Somebody who answers for the record of an index.
pub(crate) struct Contender<'a, Answer> {
    pub(crate) name: &'static str,
    pub(crate) ask: Box<dyn FnMut(usize) -> Answer + 'a>,
}

/// Measures everybody over the work's records.
pub(crate) fn measure<Answer>(name: &str, work: &Work, mut contenders: Vec<Contender<'_, Answer>>) {
    rounds(name, work, |group| {
        for Contender { name, ask } in &mut contenders {
            group.bench_function(*name, |bencher| {
                bencher.iter(|| {
                    for index in 0..work.records.len() {
                        black_box(ask(black_box(index)));
                    }
                });
            });
        }
    });
}
