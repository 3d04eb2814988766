//! Sets and orders, made with little code: the sort of slices is several KiB for each type.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

/// Keys in order, each with its index.
pub(crate) fn sorted(keys: impl Iterator<Item = Vec<u8>>) -> Vec<(Vec<u8>, u32)> {
    keys.zip(0..).collect::<BinaryHeap<_>>().into_sorted_vec()
}

/// Adds to an ascending set, and says whether that is new in it.
pub(crate) fn add_to_set<T: Ord>(set: &mut Vec<T>, item: T) -> bool {
    match set.binary_search(&item) {
        Ok(_) => false,
        Err(at) => {
            set.insert(at, item);
            true
        }
    }
}
