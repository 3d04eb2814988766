//! Patterns that are matched against the same object.

use alloc::vec::Vec;

use sekisho_rules::{CompileOptions, Matching, Pattern, Prefilter, RuleSet, Scratch};
use sekisho_scan::{Malformed, Reader};

/// The key of the verdict in what patterns are matched against.
pub(crate) const VERDICT: &str = "signin";

/// Patterns that are matched against the same object.
#[derive(Debug)]
pub(crate) struct PatternGroup {
    pub(crate) set: RuleSet,
    /// The number of each pattern's rule.
    pub(crate) numbers: Vec<u32>,
    /// Whether any pattern tests the verdict.
    pub(crate) tests_verdict: bool,
}

impl PatternGroup {
    /// Starts to match an object whose values are in `source`. `None` if there are no patterns.
    pub(crate) fn start<'s>(
        &'s self,
        scratch: &'s mut Scratch,
        source: &'s [u8],
    ) -> Option<Matching<'s, 's>> {
        (!self.numbers.is_empty()).then(|| Matching::within(&self.set, scratch, source))
    }

    /// Whether a pattern may match an object, of which `feed` feeds some fields. If that returns `None`,
    /// any may.
    pub(crate) fn may_match(
        &self,
        scratch: &mut Scratch,
        feed: impl FnOnce(&mut Prefilter<'_, '_>) -> Option<()>,
    ) -> bool {
        if self.numbers.is_empty() {
            return false;
        }
        let mut prefilter = Prefilter::new(&self.set, scratch);
        feed(&mut prefilter).is_none() || prefilter.may_match()
    }

    /// Feeds the verdict, if there is one, and returns the numbers of the rules that match.
    pub(crate) fn finish<'s>(
        &'s self,
        mut matching: Matching<'s, 's>,
        verdict: Option<&[u8]>,
    ) -> Result<impl Iterator<Item = u32> + 's, Malformed> {
        if let Some(verdict) = verdict
            && self.tests_verdict
        {
            matching.feed_object(VERDICT, &mut Reader::new(verdict))?;
        }
        Ok(matching.finish().iter().map(|index| self.numbers[*index as usize]))
    }
}

/// The patterns of a group while the configuration is read.
#[derive(Default)]
pub(crate) struct Patterns {
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) numbers: Vec<u32>,
}

impl Patterns {
    pub(crate) fn compile(self, options: &CompileOptions<'_>) -> PatternGroup {
        let set = RuleSet::compile_with(&self.patterns, options);
        PatternGroup { tests_verdict: set.has(VERDICT), set, numbers: self.numbers }
    }
}
