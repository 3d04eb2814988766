//! Buffers of a match, kept from one event to the next.

use alloc::vec::Vec;
use core::{iter, mem};

use crate::condition::{Facts, NeededFacts, Value};
use crate::consistency::{Elements, Search};
use crate::rule_set::RuleSet;

/// Buffers to match in. Once they have grown to the size that your events need, matching an event
/// allocates nothing.
///
/// A scratch works with any number of rule sets, one after the other. Each thread needs its own.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) truths: Truths,
    /// The values of the event at paths that patterns test, and their texts in a row.
    pub(crate) values: Vec<EventValue>,
    pub(crate) texts: Vec<u8>,
    pub(crate) facts: Vec<Facts>,
    paths: Vec<PathState>,
    /// A bit for each rule that matches. All are zero between events.
    matched: Vec<u64>,
    /// Whether any rule matches.
    any_matched: bool,
    /// The rules that match, in ascending order.
    pub(crate) ids: Vec<u32>,
    pub(crate) elements: Elements,
    pub(crate) search: Search,
    pub(crate) frames: Vec<Frame>,
    /// A key or a value, decoded or case-folded.
    pub(crate) decoded: Vec<u8>,
}

/// Which predicates are true.
#[derive(Debug, Default)]
pub(crate) struct Truths {
    /// Counts events. An entry with another number belongs to an earlier event, so that lists as
    /// long as the number of rules need not be cleared for each event.
    generation: u32,
    /// For each predicate, twice the generation in which it was evaluated, plus one if it is true.
    known: Vec<u32>,
    /// The predicates that values of the event have made true, in the order of the event.
    pub(crate) predicates: Vec<u32>,
}

impl Truths {
    /// Whether a predicate is true, if it was evaluated for this event.
    #[inline]
    pub(crate) fn known(&self, predicate: u32) -> Option<bool> {
        let known = self.known[predicate as usize];
        (known >> 1 == self.generation).then_some(known & 1 == 1)
    }

    pub(crate) fn set_known(&mut self, predicate: u32, is_true: bool) {
        self.known[predicate as usize] = self.generation << 1 | u32::from(is_true);
    }

    /// Adds a predicate that a value makes true.
    pub(crate) fn set_true(&mut self, predicate: u32) {
        self.set_known(predicate, true);
        self.predicates.push(predicate);
    }
}

/// A value of the event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventValue {
    place: TextPlace,
    /// The index of its facts, or [`NONE`].
    facts: u32,
    /// Whether its facts were looked for.
    has_facts: bool,
    /// The innermost array element around it.
    pub(crate) element: u32,
    /// The previous value at the same path, or [`NONE`].
    previous: u32,
}

/// The index of nothing.
const NONE: u32 = u32::MAX;

impl EventValue {
    /// The value, with its text and its facts.
    #[inline(always)]
    pub(crate) fn value<'s>(
        &self,
        texts: &'s [u8],
        source: &'s [u8],
        facts: &'s [Facts],
    ) -> Value<'s> {
        const NO_FACTS: &Facts = &Facts { number: None, address: None, pairs: None };
        let text = self.place.text(texts, source).unwrap_or_default();
        Value { text, facts: facts.get(self.facts as usize).unwrap_or(NO_FACTS) }
    }
}

/// Where the text of a value is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextPlace {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it is in the text of the event, or else among the copied texts.
    pub(crate) in_source: bool,
}

impl TextPlace {
    #[inline(always)]
    pub(crate) fn text<'s>(self, texts: &'s [u8], source: &'s [u8]) -> Option<&'s [u8]> {
        let from = if self.in_source { source } else { texts };
        from.get(self.start..self.end)
    }
}

/// The values at a path.
#[derive(Clone, Copy, Debug, Default)]
struct PathState {
    generation: u32,
    /// The last of them.
    last: u32,
    /// Whether any of them is in an array element.
    in_array: bool,
}

/// A container that the walk is in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) path: u32,
    /// The innermost array element that it is or that is around it.
    pub(crate) element: u32,
    /// The number of the array, if it is one.
    pub(crate) array: Option<u32>,
}

impl Scratch {
    /// Creates empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts an event.
    pub(crate) fn begin(&mut self, rules: &RuleSet) {
        if self.truths.generation == u32::MAX / 2 {
            self.truths.generation = 0;
            self.truths.known.clear();
            self.paths.clear();
        }
        self.truths.generation += 1;
        grow(&mut self.paths, rules.paths.len());
        grow(&mut self.truths.known, rules.predicates.len());
        grow(&mut self.matched, rules.rules.div_ceil(64));
        self.values.clear();
        self.texts.clear();
        self.facts.clear();
        self.truths.predicates.clear();
        self.ids.clear();
        self.elements.clear();
    }

    /// Adds a value and returns its number.
    #[inline(always)]
    pub(crate) fn add_value(&mut self, path: u32, place: TextPlace, element: u32) -> u32 {
        let state = &mut self.paths[path as usize];
        if state.generation != self.truths.generation {
            *state = PathState { generation: self.truths.generation, last: NONE, in_array: false };
        }
        let number = self.values.len() as u32;
        let previous = mem::replace(&mut state.last, number);
        state.in_array |= element != Elements::OUTSIDE;
        let value = EventValue { place, facts: NONE, has_facts: false, element, previous };
        self.values.push(value);
        number
    }

    /// Finds the facts of the values at a path. Those before one that has them have them, too.
    #[inline(never)]
    pub(crate) fn find_facts(&mut self, path: u32, needed: NeededFacts, source: &[u8]) {
        let mut number = self.last(path).unwrap_or(NONE);
        while let Some(value) = self.values.get_mut(number as usize) {
            number = value.previous;
            if mem::replace(&mut value.has_facts, true) {
                break;
            }
            if let Some(text) = value.place.text(&self.texts, source)
                && let Some(facts) = needed.of(text)
            {
                value.facts = self.facts.len() as u32;
                self.facts.push(facts);
            }
        }
    }

    pub(crate) fn value<'s>(&'s self, value: &EventValue, source: &'s [u8]) -> Value<'s> {
        value.value(&self.texts, source, &self.facts)
    }

    /// The values at a path, the last one first.
    pub(crate) fn values_at(&self, path: u32) -> impl Iterator<Item = &EventValue> {
        let last = self.last(path).and_then(|last| self.values.get(last as usize));
        iter::successors(last, move |value| self.values.get(value.previous as usize))
    }

    /// Whether there is a value at a path.
    pub(crate) fn is_present(&self, path: u32) -> bool {
        self.last(path).is_some()
    }

    /// Whether any value at a path is in an array element.
    pub(crate) fn is_in_array(&self, path: u32) -> bool {
        let state = &self.paths[path as usize];
        state.generation == self.truths.generation && state.in_array
    }

    fn last(&self, path: u32) -> Option<u32> {
        let state = &self.paths[path as usize];
        (state.generation == self.truths.generation).then_some(state.last)
    }

    pub(crate) fn has_matched(&self, rule: u32) -> bool {
        self.matched[rule as usize / 64] >> (rule % 64) & 1 == 1
    }

    pub(crate) fn set_matched(&mut self, rule: u32) {
        self.matched[rule as usize / 64] |= 1 << (rule % 64);
        self.any_matched = true;
    }

    /// Moves the rules that match from the bits to the list.
    pub(crate) fn list_matched(&mut self) {
        if !mem::take(&mut self.any_matched) {
            return;
        }
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
    use crate::pattern::Pattern;
    use crate::rule_set::RuleSet;

    #[test]
    fn generations_restart_before_they_overflow() {
        let pattern = Pattern::parse(br#"{"a":["x"],"b":[{"exists":true}]}"#).unwrap();
        let rules = RuleSet::compile(&[pattern]);
        let mut scratch = Scratch::new();
        for generation in [0, u32::MAX / 2 - 2] {
            scratch.truths.generation = generation;
            for _ in 0..4 {
                assert_eq!(rules.matches(br#"{"a":"x","b":1}"#, &mut scratch), Ok(&[0][..]));
                assert_eq!(rules.matches(br#"{"a":"x"}"#, &mut scratch), Ok(&[][..]));
            }
        }
        assert!(scratch.truths.generation < 10);
    }
}
