//! The source of randomness. PCG32 is defined by its paper and tested against reference vectors, and
//! everything else is integer arithmetic, so a seed always produces the same values.

use std::ops::RangeInclusive;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

const LOWER_HEX: &str = "0123456789abcdef";
const MIXED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// PCG's default; any odd number works.
const STREAM: u64 = 0xa02_bdbf_7bb3_c0a7;

pub(crate) struct Random(Pcg32);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Pcg32::new(seed, STREAM))
    }

    /// A number from 0 to `limit` - 1. The bias of multiply-and-shift is harmless here.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(limit)) >> 32) as u32
    }

    pub(crate) fn between(&mut self, range: RangeInclusive<u32>) -> u32 {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// One of `items`, with probabilities proportional to their weights.
    pub(crate) fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        let mut rest = self.below(items.iter().map(|(weight, _)| weight).sum());
        let (_, item) = items
            .iter()
            .find(|(weight, _)| {
                let found = rest < *weight;
                rest = rest.saturating_sub(*weight);
                found
            })
            .expect("the number is below the sum of the weights");
        *item
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(LOWER_HEX, length)
    }

    pub(crate) fn mixed(&mut self, length: usize) -> String {
        self.text(MIXED, length)
    }

    /// A long opaque text. It is repetitive, to keep compressed trails small.
    pub(crate) fn token(&mut self, length: usize) -> String {
        self.mixed(20).chars().cycle().take(length).collect()
    }

    pub(crate) fn uuid(&mut self) -> String {
        let lengths = [8, 4, 3, 3, 12];
        let [a, b, c, d, e] = lengths.map(|length| self.hex(length));
        format!("{a}-{b}-4{c}-a{d}-{e}")
    }

    fn text(&mut self, alphabet: &str, length: usize) -> String {
        (0..length).map(|_| char::from(self.pick(alphabet.as_bytes()))).collect()
    }
}
