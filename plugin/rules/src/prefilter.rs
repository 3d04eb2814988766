//! Rules out events by a few of their fields.

use alloc::vec::Vec;

use sekisho_scan::LaxReader;

use crate::condition::Value;
use crate::hash::has_dot_or_backslash;
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

    /// Feeds the object at a prefilter path, given by its index. Only its direct members count. If
    /// it is not compact JSON of strings and objects, the event may match.
    pub fn feed_object(&mut self, path: usize, object: &[u8]) {
        if let Some(node) = self.node(path).filter(|node| self.rules.paths.is_inner(*node)) {
            self.may_match |= self.members(node, &mut LaxReader::new(object)).is_none();
        }
    }

    fn node(&self, path: usize) -> Option<u32> {
        self.rules.prefilter_paths.get(path).copied().flatten()
    }

    fn members(&mut self, node: u32, object: &mut LaxReader<'_>) -> Option<()> {
        object.skip_literal(b"{")?;
        loop {
            let key = object.string()?.text()?.raw();
            if has_dot_or_backslash(key) {
                return None;
            }
            object.skip_literal(b":")?;
            match self.rules.paths.child(node, key) {
                // Predicates of the prefilter are at most one key below its paths.
                _ if object.object().is_some() => {}
                Some(node) => self.test(node, object.string()?.raw),
                None => object.skip_string()?,
            }
            if object.skip_literal(b"}").is_some() {
                return Some(());
            }
            object.skip_literal(b",")?;
        }
    }

    /// Tests the predicates at a path with a string.
    fn test(&mut self, node: u32, text: &[u8]) {
        let RuleSet { index, .. } = self.rules;
        if self.may_match || !index.path(node).is_used {
            return;
        }
        let facts = index.path(node).needed_facts.of(text).unwrap_or_default();
        let value = Value { text, facts: &facts };
        index.look_up(node, &value, self.folded, |number, certainty| {
            let predicate = self.rules.predicate(number);
            self.may_match |= predicate.in_prefilter
                && (certainty == Certainty::True || predicate.is_met_by(&value));
        });
    }
}
