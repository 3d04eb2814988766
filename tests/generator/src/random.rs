//! The one source of chance. PCG32 is defined by its paper and tested against its reference
//! vectors, so a seed means the same for ever; what is drawn from it is integer arithmetic only.

use std::ops::RangeInclusive;

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

const LOWER_HEX: &str = "0123456789abcdef";
const MIXED: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// PCG's own default; any odd number would do.
const STREAM: u64 = 0xa02_bdbf_7bb3_c0a7;

pub(crate) struct Random(Pcg32);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Pcg32::new(seed, STREAM))
    }

    /// A number from 0 to `limit` - 1. The bias of multiply-and-shift does no harm here.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(limit)) >> 32) as u32
    }

    pub(crate) fn between(&mut self, range: RangeInclusive<u32>) -> u32 {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    /// One of `items`, which holds at least one.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len() as u32) as usize]
    }

    /// One of `items`, each as often as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, items: &[(u32, T)]) -> T {
        let mut left = self.below(items.iter().map(|(weight, _)| weight).sum());
        let (_, item) = items
            .iter()
            .find(|(weight, _)| {
                let found = left < *weight;
                left = left.saturating_sub(*weight);
                found
            })
            .expect("the number drawn is below the sum of the weights");
        *item
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(LOWER_HEX, length)
    }

    pub(crate) fn mixed(&mut self, length: usize) -> String {
        self.text(MIXED, length)
    }

    /// A long opaque text. It repeats itself so that a sample trail stays small when compressed.
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
