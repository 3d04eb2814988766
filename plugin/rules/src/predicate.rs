//! What patterns test at one path.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::condition::{Condition, Value};

/// The conditions of a field, shared by all patterns that test the same path in the same way. One
/// of them must be met.
#[derive(Debug)]
pub(crate) struct Predicate {
    pub(crate) path: u32,
    pub(crate) conditions: Box<[Condition]>,
    /// Whether it is also true if the path has no value.
    pub(crate) allows_absent: bool,
    /// The branches to check once it is true.
    pub(crate) triggers: Vec<Trigger>,
    /// Whether the prefilter tests it for some branch.
    pub(crate) in_prefilter: bool,
}

/// A branch to check, and its predicate that is least likely to be true.
#[derive(Debug)]
pub(crate) struct Trigger {
    pub(crate) branch: u32,
    pub(crate) least_likely: u32,
}

impl Predicate {
    pub(crate) fn is_met_by(&self, value: &Value<'_>) -> bool {
        self.conditions.iter().any(|condition| condition.matches(value))
    }
}
