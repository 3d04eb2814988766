//! The compiled form of many patterns.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use crate::index::Index;
use crate::path_tree::PathTree;
use crate::predicate::Predicate;

/// Patterns, compiled to be matched all at once.
///
/// Compile it once, with [`compile`](RuleSet::compile), and match each event with
/// [`matches`](RuleSet::matches), or in parts with a [`Matching`](crate::Matching). It is immutable;
/// threads can share it, each with its own [`Scratch`](crate::Scratch).
///
/// Patterns that test one path in the same way share one *predicate*. A *branch* is one of the
/// conjunctions that `$or` multiplies a pattern into. The most selective predicate of a branch
/// triggers it: the others are evaluated only once that one is true.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) paths: PathTree,
    pub(crate) predicates: Vec<Predicate>,
    pub(crate) branches: Vec<Branch>,
    /// The predicates of all branches, for each branch in the order of their paths.
    pub(crate) branch_predicates: Vec<u32>,
    /// The branches without a trigger: they could match an event in which no predicate is true.
    pub(crate) always_check: Vec<u32>,
    /// The predicates that trigger branches.
    pub(crate) triggers: Index,
    /// The predicates of the prefilter.
    pub(crate) prefilter: Index,
    pub(crate) rules: usize,
    /// The nodes of the prefilter's paths; `None` if no pattern tests the path.
    pub(crate) prefilter_paths: Vec<Option<u32>>,
    /// The keys below these nodes with predicates of the prefilter.
    pub(crate) prefilter_keys: Vec<PrefilterKey>,
    /// Whether the prefilter tests a predicate of every branch.
    pub(crate) prefilter_is_complete: bool,
    /// The node of the injected key.
    pub(crate) injected: Option<u32>,
}

/// A key with a predicate of the prefilter.
#[derive(Debug)]
pub(crate) struct PrefilterKey {
    pub(crate) node: u32,
    pub(crate) parent: u32,
    /// With its quotes.
    pub(crate) quoted: Box<[u8]>,
    /// The index of its rarest byte: that of an upper-case letter, if it has one.
    pub(crate) rare: usize,
}

/// Predicates that must all be true.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) rule: u32,
    pub(crate) predicates: Range<u32>,
}

impl RuleSet {
    pub(crate) fn predicate(&self, number: u32) -> &Predicate {
        &self.predicates[number as usize]
    }

    /// The predicates of a branch, in the order of their paths.
    pub(crate) fn predicates_of(&self, branch: &Branch) -> &[u32] {
        let Range { start, end } = branch.predicates;
        &self.branch_predicates[start as usize..end as usize]
    }
}
