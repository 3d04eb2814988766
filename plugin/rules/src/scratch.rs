//! What a match remembers, kept from one event to the next.

use alloc::vec::Vec;

use crate::RuleSet;
use crate::condition::{Asks, Facts, Value};
use crate::consistency::{Elements, Search};

/// Room to match in. Once it has grown to the size that the events need, no event allocates.
///
/// It can be used with any number of rule sets, one after the other.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Counts events: what carries another number belongs to an earlier event. So nothing has to
    /// be cleared that is as long as the rules are many.
    generation: u32,
    /// The values seen at asked-for paths, and their texts in a row.
    pub(crate) seen: Vec<Seen>,
    pub(crate) texts: Vec<u8>,
    facts: Vec<Facts>,
    places: Vec<PlaceState>,
    /// For each predicate twice the generation in which it became known, plus one if it holds.
    known: Vec<u32>,
    /// A bit for each rule that matches, and then none again.
    matched: Vec<u64>,
    /// The predicates that one value makes true.
    pub(crate) found: Vec<u32>,
    /// The predicates that came true while the event was read.
    pub(crate) awake: Vec<u32>,
    /// The rules that match, ascending.
    pub(crate) ids: Vec<u32>,
    pub(crate) elements: Elements,
    pub(crate) search: Search,
    pub(crate) frames: Vec<Frame>,
    /// A key or a value, decoded or folded.
    pub(crate) decoded: Vec<u8>,
}

/// A value of the event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    start: usize,
    end: usize,
    /// Into the facts.
    facts: Option<u32>,
    /// The innermost array element that it is in.
    pub(crate) element: u32,
    /// The value seen before it at the same path.
    previous: Option<u32>,
}

/// What was seen at a path.
#[derive(Clone, Copy, Debug, Default)]
struct PlaceState {
    generation: u32,
    last: Option<u32>,
    /// Whether some value is in an array element.
    in_array: bool,
}

/// A container that the walk is in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) path: u32,
    /// The innermost array element that it is, or is in.
    pub(crate) element: u32,
    /// Its number, if it is an array.
    pub(crate) array: Option<u32>,
}

impl Scratch {
    /// Room that is still empty.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gets ready for an event.
    pub(crate) fn begin(&mut self, rules: &RuleSet) {
        if self.generation == u32::MAX / 2 {
            self.generation = 0;
            self.places.clear();
            self.known.clear();
        }
        self.generation += 1;
        grow(&mut self.places, rules.paths.len());
        grow(&mut self.known, rules.predicates.len());
        grow(&mut self.matched, rules.rules.div_ceil(64));
        self.seen.clear();
        self.texts.clear();
        self.facts.clear();
        self.awake.clear();
        self.ids.clear();
        self.elements.clear();
    }

    /// Remembers the value whose text begins at `start` in `texts` and ends with them.
    pub(crate) fn remember(&mut self, path: u32, start: usize, element: u32, asks: Asks) {
        let place = &mut self.places[path as usize];
        if place.generation != self.generation {
            *place = PlaceState { generation: self.generation, last: None, in_array: false };
        }
        let previous = place.last.replace(self.seen.len() as u32);
        place.in_array |= element != Elements::OUTSIDE;
        let facts = asks.facts(&self.texts[start..]).map(|facts| {
            self.facts.push(facts);
            self.facts.len() as u32 - 1
        });
        let end = self.texts.len();
        self.seen.push(Seen { start, end, facts, element, previous });
    }

    pub(crate) fn value(&self, seen: &Seen) -> Value<'_> {
        const NO_FACTS: &Facts = &Facts { number: None, address: None, pairs: None };
        let text = &self.texts[seen.start..seen.end];
        let facts = seen.facts.map_or(NO_FACTS, |facts| &self.facts[facts as usize]);
        Value { text, facts }
    }

    /// The values seen at a path, the last one first.
    pub(crate) fn values(&self, path: u32) -> impl Iterator<Item = &Seen> {
        let at = |index: Option<u32>| index.map(|index| &self.seen[index as usize]);
        core::iter::successors(at(self.last(path)), move |seen| at(seen.previous))
    }

    /// Whether a value was seen at a path.
    pub(crate) fn is_present(&self, path: u32) -> bool {
        self.last(path).is_some()
    }

    /// Whether a value at a path is in an array element.
    pub(crate) fn is_in_array(&self, path: u32) -> bool {
        let place = &self.places[path as usize];
        place.generation == self.generation && place.in_array
    }

    fn last(&self, path: u32) -> Option<u32> {
        let place = &self.places[path as usize];
        if place.generation == self.generation { place.last } else { None }
    }

    /// Whether a predicate holds, if that is known already.
    #[inline]
    pub(crate) fn known(&self, predicate: u32) -> Option<bool> {
        let known = self.known[predicate as usize];
        (known >> 1 == self.generation).then_some(known & 1 == 1)
    }

    pub(crate) fn set_known(&mut self, predicate: u32, holds: bool) {
        self.known[predicate as usize] = self.generation << 1 | u32::from(holds);
    }

    pub(crate) fn has_matched(&self, rule: u32) -> bool {
        self.matched[rule as usize / 64] >> (rule % 64) & 1 == 1
    }

    pub(crate) fn set_matched(&mut self, rule: u32) {
        self.matched[rule as usize / 64] |= 1 << (rule % 64);
    }

    /// Lists the rules that match, and forgets them.
    pub(crate) fn list_matched(&mut self) {
        for (index, bits) in self.matched.iter_mut().enumerate() {
            while *bits != 0 {
                self.ids.push(index as u32 * 64 + bits.trailing_zeros());
                *bits &= *bits - 1;
            }
        }
    }
}

fn grow<T: Clone + Default>(items: &mut Vec<T>, length: usize) {
    if items.len() < length {
        items.resize(length, T::default());
    }
}

#[cfg(test)]
mod tests {
    use super::Scratch;
    use crate::{Pattern, RuleSet};

    #[test]
    fn generations_begin_anew_when_they_run_out() {
        let pattern = Pattern::parse(br#"{"a":["x"],"b":[{"exists":true}]}"#).unwrap();
        let rules = RuleSet::compile(&[pattern]);
        let mut scratch = Scratch::new();
        for generation in [0, u32::MAX / 2 - 2] {
            scratch.generation = generation;
            for _ in 0..4 {
                assert_eq!(rules.matches(br#"{"a":"x","b":1}"#, &mut scratch), Ok(&[0][..]));
                assert_eq!(rules.matches(br#"{"a":"x"}"#, &mut scratch), Ok(&[][..]));
            }
        }
        assert!(scratch.generation < 10);
    }
}
