//! Random choices.

use std::ops::RangeBounds;

use fastrand::Rng;

pub(super) struct Random(Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(Rng::with_seed(seed))
    }

    pub(super) fn bool(&mut self) -> bool {
        self.0.bool()
    }

    pub(super) fn usize(&mut self, range: impl RangeBounds<usize>) -> usize {
        self.0.usize(range)
    }

    pub(super) fn u128(&mut self) -> u128 {
        self.0.u128(..)
    }

    /// True with a probability of one in `count`.
    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.usize(0..count) == 0
    }

    /// One of `items`, which must not be empty.
    pub(super) fn choose<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.usize(0..items.len())].clone()
    }
}
