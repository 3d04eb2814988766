//! Finds the most frequent items of a long stream in bounded memory.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::name::bounded;

/// The maximum number of counters. More distinct items make counts less exact.
const MAX_COUNTERS: usize = 1 << 16;

/// The maximum size of all items together.
const MAX_BYTES: usize = 4 << 20;

/// Counts items, by the algorithm of Misra and Gries (1982): exactly if the distinct items fit into
/// [`MAX_COUNTERS`] and [`MAX_BYTES`]; beyond that, a count is too low by at most all occurrences
/// divided by the number of counters that fit. Long items are counted by their beginning and a digest.
#[derive(Debug, Default)]
pub(crate) struct Frequent {
    counts: HashMap<String, u64>,
    /// The size of all items.
    bytes: usize,
    too_low: bool,
}

impl Frequent {
    /// Adds `times` occurrences of an item.
    pub(crate) fn add(&mut self, item: &str, times: u64) {
        let item = bounded(item);
        match self.counts.get_mut(&*item) {
            Some(count) => *count += times,
            None => self.insert(item, times),
        }
    }

    /// Adds an item that is not counted yet, at the expense of all others if there is no room.
    fn insert(&mut self, item: Cow<'_, str>, mut times: u64) {
        while self.counts.len() >= MAX_COUNTERS || self.bytes + item.len() > MAX_BYTES {
            self.too_low = true;
            let least = self.counts.values().copied().min().unwrap_or_default().min(times);
            self.counts.retain(|counted, count| {
                *count -= least;
                self.bytes -= if *count == 0 { counted.len() } else { 0 };
                *count > 0
            });
            times -= least;
            if times == 0 {
                return;
            }
        }
        let mut item = item.into_owned();
        item.shrink_to_fit();
        self.bytes += item.len();
        self.counts.insert(item, times);
    }

    /// Adds the counts of `other`.
    pub(crate) fn merge(&mut self, other: Self) {
        self.too_low |= other.too_low;
        for (item, times) in other.counts {
            self.add(&item, times);
        }
    }

    /// The number of items that are counted.
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether an item is counted. Long items are not found by their whole text.
    pub(crate) fn contains(&self, item: &str) -> bool {
        self.counts.contains_key(item)
    }

    /// The most frequent items, in descending order, and whether their counts may be too low.
    pub(crate) fn top(&self, number: usize) -> (Vec<(&str, u64)>, bool) {
        let mut items: Vec<_> =
            self.counts.iter().map(|(item, times)| (item.as_str(), *times)).collect();
        items.sort_by(|(a, a_times), (b, b_times)| b_times.cmp(a_times).then(a.cmp(b)));
        items.truncate(number);
        (items, self.too_low)
    }

    /// All items, in alphabetical order, and whether their counts may be too low.
    pub(crate) fn all(&self) -> (Vec<(&str, u64)>, bool) {
        let (mut items, too_low) = self.top(usize::MAX);
        items.sort_unstable();
        (items, too_low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_distinct_items_are_counted_exactly() {
        let mut frequent = Frequent::default();
        for item in ["b", "a", "c", "a", "b", "a"] {
            frequent.add(item, 1);
        }
        let mut other = Frequent::default();
        other.add("b", 3);
        frequent.merge(other);
        assert_eq!(frequent.top(2), (vec![("b", 5), ("a", 3)], false));
    }

    #[test]
    fn frequent_items_are_found_among_many_distinct_ones() {
        let mut frequent = Frequent::default();
        for n in 0..4 * MAX_COUNTERS {
            frequent.add(&format!("once {n}"), 1);
            if n % 8 == 0 {
                frequent.add("often", 1);
            }
        }
        let (top, too_low) = frequent.top(1);
        let (item, times) = top[0];
        let occurrences = (MAX_COUNTERS / 2) as u64;
        assert_eq!((item, too_low), ("often", true));
        assert!((occurrences - 6..=occurrences).contains(&times), "{times}");
        assert!(frequent.counts.len() <= MAX_COUNTERS);
    }

    #[test]
    fn long_items_take_bounded_memory() {
        let mut frequent = Frequent::default();
        for n in 0..40_000 {
            frequent.add(&format!("{}{n}", "x".repeat(10 << 10)), 1);
            frequent.add("often", 1);
        }
        let kept: usize = frequent.counts.keys().map(String::capacity).sum();
        assert!(kept <= MAX_BYTES, "{kept}");
        assert_eq!(frequent.counts.keys().map(String::len).sum::<usize>(), frequent.bytes);
        let (top, too_low) = frequent.top(1);
        assert!(too_low && top[0].0 == "often" && top[0].1 > 39_000, "{top:?}");
    }
}
