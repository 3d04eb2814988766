//! Finds the most frequent items of a long stream in bounded memory.

use std::collections::HashMap;

/// The maximum number of counters. More distinct items make counts less exact.
const MAX_COUNTERS: usize = 1 << 16;

/// Counts items, by the algorithm of Misra and Gries (1982): exactly up to [`MAX_COUNTERS`] distinct
/// items; beyond that, a count is too low by at most 1/`MAX_COUNTERS` of all occurrences.
#[derive(Debug, Default)]
pub(crate) struct Frequent {
    counts: HashMap<String, u64>,
    too_low: bool,
}

impl Frequent {
    /// Adds `times` occurrences of an item.
    pub(crate) fn add(&mut self, item: String, times: u64) {
        if self.counts.len() < MAX_COUNTERS || self.counts.contains_key(&item) {
            *self.counts.entry(item).or_default() += times;
            return;
        }
        self.too_low = true;
        let least = self.counts.values().copied().min().unwrap_or_default().min(times);
        self.counts.retain(|_, count| {
            *count -= least;
            *count > 0
        });
        if times > least {
            self.add(item, times - least);
        }
    }

    /// Adds the counts of `other`.
    pub(crate) fn merge(&mut self, other: Self) {
        self.too_low |= other.too_low;
        for (item, times) in other.counts {
            self.add(item, times);
        }
    }

    /// The most frequent items, in descending order, and whether their counts may be too low.
    pub(crate) fn top(&self, number: usize) -> (Vec<(&str, u64)>, bool) {
        let mut items: Vec<_> =
            self.counts.iter().map(|(item, times)| (item.as_str(), *times)).collect();
        items.sort_by(|(a, a_times), (b, b_times)| b_times.cmp(a_times).then(a.cmp(b)));
        items.truncate(number);
        (items, self.too_low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_distinct_items_are_counted_exactly() {
        let mut frequent = Frequent::default();
        for item in ["b", "a", "c", "a", "b", "a"] {
            frequent.add(item.to_owned(), 1);
        }
        let mut other = Frequent::default();
        other.add("b".to_owned(), 3);
        frequent.merge(other);
        assert_eq!(frequent.top(2), (vec![("b", 5), ("a", 3)], false));
    }

    #[test]
    fn frequent_items_are_found_among_many_distinct_ones() {
        let mut frequent = Frequent::default();
        for n in 0..4 * MAX_COUNTERS {
            frequent.add(format!("once {n}"), 1);
            if n % 8 == 0 {
                frequent.add("often".to_owned(), 1);
            }
        }
        let (top, too_low) = frequent.top(1);
        let (item, times) = top[0];
        let occurrences = (MAX_COUNTERS / 2) as u64;
        assert_eq!((item, too_low), ("often", true));
        assert!((occurrences - 6..=occurrences).contains(&times), "{times}");
        assert!(frequent.counts.len() <= MAX_COUNTERS);
    }
}
