//! Rules out events by a few of their fields.

use alloc::vec::Vec;

use memchr::memchr_iter;
use sekisho_scan::LaxReader;

use crate::condition::Value;
use crate::index::Certainty;
use crate::rule_set::RuleSet;
use crate::scratch::Scratch;

/// Says from a few fields of an event whether any pattern could match it.
///
/// The fields are those of [`CompileOptions::prefilter_paths`](crate::CompileOptions). Feed the ones
/// that you have, in any order. If [`may_match`](Prefilter::may_match) is then `false`, no pattern
/// matches the event and you can skip it. If it is `true`, read the event with a
/// [`Matching`](crate::Matching).
///
/// It tests one predicate on these fields for each branch of the patterns. If a branch has no such
/// predicate, every event may match.
///
/// ```
/// use sekisho_rules::{CompileOptions, Pattern, Prefilter, RuleSet, Scratch};
///
/// let pattern = Pattern::parse(br#"{"eventName":["PutObject"],"awsRegion":["eu-west-1"]}"#)?;
/// let options = CompileOptions { prefilter_paths: &["eventName"], injected_key: None };
/// let rules = RuleSet::compile_with(&[pattern], &options);
/// let mut scratch = Scratch::new();
/// for (name, may_match) in [(&b"\"GetObject\""[..], false), (b"\"PutObject\"", true)] {
///     let mut prefilter = Prefilter::new(&rules, &mut scratch);
///     prefilter.feed_string(0, name);
///     assert_eq!(prefilter.may_match(), may_match);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Prefilter<'r, 's> {
    rules: &'r RuleSet,
    /// A buffer for a value in another case.
    folded: &'s mut Vec<u8>,
    may_match: bool,
}

impl<'r, 's> Prefilter<'r, 's> {
    /// Starts an event.
    pub fn new(rules: &'r RuleSet, scratch: &'s mut Scratch) -> Self {
        Prefilter { rules, folded: &mut scratch.decoded, may_match: !rules.prefilter_is_complete }
    }

    /// Whether any pattern could match, as far as the fields fed so far tell.
    #[must_use]
    pub fn may_match(&self) -> bool {
        self.may_match
    }

    /// Whether any pattern tests a prefilter path, given by its index, or a key below it.
    #[must_use]
    pub fn needs(&self, path: usize) -> bool {
        self.node(path).is_some()
    }

    /// Feeds the string at a prefilter path, given by its index. `string` includes the quotes and
    /// must not contain escapes.
    pub fn feed_string(&mut self, path: usize, string: &[u8]) {
        if let Some(node) = self.node(path) {
            self.test(node, string);
        }
    }

    /// Feeds the object at a prefilter path, given by its index. It is not read, but searched for the
    /// keys that patterns test: members of inner objects count, too. If the value of such a key is not
    /// a string without escapes, or there is a `\u` anywhere, the event may match.
    pub fn feed_object(&mut self, path: usize, object: &[u8]) {
        let rules = self.rules;
        let Some(node) = self.node(path) else { return };
        for key in rules.prefilter_keys.iter().filter(|key| key.parent == node) {
            let mut reader = LaxReader::new(object);
            while !self.may_match && reader.skip_past(&key.quoted, key.rare).is_some() {
                match reader.skip_colon().and_then(|()| reader.string()) {
                    Some(value) => self.test(key.node, value.raw),
                    None => self.may_match = true,
                }
            }
        }
        // No other escape can spell a key of the prefilter.
        let is_unicode = |backslash: usize| object.get(backslash + 1) == Some(&b'u');
        self.may_match = self.may_match || memchr_iter(b'\\', object).any(is_unicode);
    }

    fn node(&self, path: usize) -> Option<u32> {
        self.rules.prefilter_paths.get(path).copied().flatten()
    }

    /// Tests the predicates at a path with a string.
    fn test(&mut self, node: u32, text: &[u8]) {
        if !self.may_match && self.rules.prefilter.path(node).may_find(text) {
            self.look_up(node, text);
        }
    }

    // Not inlined: most values are ruled out before, and need no room for facts.
    #[inline(never)]
    fn look_up(&mut self, node: u32, text: &[u8]) {
        let index = &self.rules.prefilter;
        let facts = index.path(node).facts_to_look_up().of(text).unwrap_or_default();
        let value = Value { text, facts: &facts };
        index.look_up(node, &value, self.folded, &mut |number, certainty| {
            self.may_match |=
                certainty == Certainty::True || self.rules.predicate(number).is_met_by(&value);
        });
    }
}
