//! The most frequent of very many things, in little memory.

use std::collections::HashMap;

/// So many different things are told apart. More cost exactness, never memory.
const KEPT: usize = 1 << 16;

/// Counts how often things occur: exactly while there are no more than [`KEPT`] different ones,
/// else at most one in `KEPT` of all occurrences too low (Misra and Gries, 1982).
#[derive(Debug, Default)]
pub(crate) struct Frequent {
    counts: HashMap<String, u64>,
    too_low: bool,
}

impl Frequent {
    /// Counts `times` occurrences of a thing.
    pub(crate) fn add(&mut self, thing: String, times: u64) {
        if self.counts.len() < KEPT || self.counts.contains_key(&thing) {
            *self.counts.entry(thing).or_default() += times;
            return;
        }
        self.too_low = true;
        let least = self.counts.values().copied().min().unwrap_or_default().min(times);
        self.counts.retain(|_, count| {
            *count -= least;
            *count > 0
        });
        if times > least {
            self.add(thing, times - least);
        }
    }

    /// Counts what another counted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.too_low |= other.too_low;
        for (thing, times) in other.counts {
            self.add(thing, times);
        }
    }

    /// The most frequent things, the first most often, and whether their counts may be too low.
    pub(crate) fn top(&self, number: usize) -> (Vec<(&str, u64)>, bool) {
        let mut things: Vec<_> =
            self.counts.iter().map(|(thing, times)| (thing.as_str(), *times)).collect();
        things.sort_by(|(a, a_times), (b, b_times)| b_times.cmp(a_times).then(a.cmp(b)));
        things.truncate(number);
        (things, self.too_low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_things_are_counted_exactly() {
        let mut frequent = Frequent::default();
        for thing in ["b", "a", "c", "a", "b", "a"] {
            frequent.add(thing.to_owned(), 1);
        }
        let mut other = Frequent::default();
        other.add("b".to_owned(), 3);
        frequent.merge(other);
        assert_eq!(frequent.top(2), (vec![("b", 5), ("a", 3)], false));
    }

    #[test]
    fn the_frequent_ones_are_found_among_very_many() {
        let mut frequent = Frequent::default();
        for n in 0..4 * KEPT {
            frequent.add(format!("once {n}"), 1);
            if n % 8 == 0 {
                frequent.add("often".to_owned(), 1);
            }
        }
        let (top, too_low) = frequent.top(1);
        let (thing, times) = top[0];
        let occurrences = (KEPT / 2) as u64;
        assert_eq!((thing, too_low), ("often", true));
        assert!((occurrences - 6..=occurrences).contains(&times), "{times}");
        assert!(frequent.counts.len() <= KEPT);
    }
}
