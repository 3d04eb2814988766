//! The fields of a pattern.

use alloc::vec::Vec;

use crate::condition::Condition;

/// A path, and the conditions of which its value must meet one.
#[derive(Clone, Debug)]
pub(crate) struct PatternField {
    pub(crate) path: u32,
    pub(crate) conditions: Vec<Condition>,
    /// The offset of the list in the pattern.
    pub(crate) offset: usize,
}

/// The indexes of the fields that must all match. In a [`Pattern`](crate::Pattern), they are in the order of their
/// paths, one for each path.
pub(crate) type FieldSet = Vec<u32>;
