//! What the first fields of an event rule out.

use alloc::vec::Vec;

use sekisho_scan::LaxReader;

use crate::RuleSet;
use crate::Scratch;
use crate::condition::Value;
use crate::hash::has_dot_or_backslash;
use crate::index::Sure;

/// Says of an event whose header alone is known whether a pattern could match it. Of each branch
/// one predicate on the [header](crate::CompileOptions::prefilter_paths) was made its gate: while none of the gates
/// holds, no pattern matches.
///
/// ```
/// use sekisho_rules::{CompileOptions, Prefilter, Pattern, RuleSet, Scratch};
/// use sekisho_scan::LaxReader;
///
/// let pattern = Pattern::parse(br#"{"eventName":["PutObject"],"awsRegion":["eu-west-1"]}"#)?;
/// let options = CompileOptions { prefilter_paths: &["eventName"], injected_key: None };
/// let rules = RuleSet::compile_with(&[pattern], &options);
/// let mut scratch = Scratch::new();
/// for (name, open) in [(&b"\"GetObject\""[..], false), (b"\"PutObject\"", true)] {
///     let mut prefilter = Prefilter::new(&rules, &mut scratch);
///     prefilter.feed_string(0, name);
///     assert_eq!(prefilter.may_match(), open);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Prefilter<'r, 's> {
    rules: &'r RuleSet,
    /// Room for a value in another case.
    folded: &'s mut Vec<u8>,
    may_match: bool,
}

impl<'r, 's> Prefilter<'r, 's> {
    /// Begins an event. Without patterns, or where each has a gate, it is closed.
    pub fn new(rules: &'r RuleSet, scratch: &'s mut Scratch) -> Self {
        Prefilter { rules, folded: &mut scratch.decoded, may_match: !rules.is_gated }
    }

    /// Whether a pattern could match.
    #[must_use]
    pub fn may_match(&self) -> bool {
        self.may_match
    }

    /// Whether some pattern asks for a path of the header, by its index, or for what is below it.
    #[must_use]
    pub fn needs(&self, path: usize) -> bool {
        self.place(path).is_some()
    }

    /// Takes the string at a path of the header, by its index, with its quotes and without escapes.
    pub fn feed_string(&mut self, path: usize, string: &[u8]) {
        if let Some(path) = self.place(path) {
            self.see(path, string);
        }
    }

    /// Takes what stands directly in the object at a path of the header, by its index. Where that is
    /// not plain, the gate opens.
    pub fn feed_object(&mut self, path: usize, object: &[u8]) {
        if let Some(path) = self.place(path).filter(|path| self.rules.paths.is_inner(*path)) {
            self.may_match |= self.members(path, &mut LaxReader::new(object)).is_none();
        }
    }

    fn place(&self, path: usize) -> Option<u32> {
        self.rules.prefilter_paths.get(path).copied().flatten()
    }

    fn members(&mut self, path: u32, object: &mut LaxReader<'_>) -> Option<()> {
        object.skip_literal(b"{")?;
        loop {
            let key = object.string()?.text()?.raw();
            if has_dot_or_backslash(key) {
                return None;
            }
            object.skip_literal(b":")?;
            match self.rules.paths.child(path, key) {
                // Nothing directly below the path is found in an object.
                _ if object.object().is_some() => {}
                Some(path) => self.see(path, object.string()?.raw),
                None => object.skip_string()?,
            }
            if object.skip_literal(b"}").is_some() {
                return Some(());
            }
            object.skip_literal(b",")?;
        }
    }

    /// Opens the gate if a string at a path does.
    fn see(&mut self, path: u32, text: &[u8]) {
        let RuleSet { index, .. } = self.rules;
        if self.may_match || !index.place(path).asked {
            return;
        }
        let facts = index.place(path).asks.facts(text).unwrap_or_default();
        let value = Value { text, facts: &facts };
        index.wake(path, &value, self.folded, |number, sure| {
            let predicate = self.rules.predicate(number);
            self.may_match |=
                predicate.is_gate && (sure == Sure::Yes || predicate.is_met_by(&value));
        });
    }
}
