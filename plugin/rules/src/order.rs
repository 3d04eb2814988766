//! Sorting with little code: sorting slices takes several KiB of code for each type.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;

/// Sorts keys. Each comes with its index.
pub(crate) fn sorted(keys: impl Iterator<Item = Vec<u8>>) -> Vec<(Vec<u8>, u32)> {
    keys.zip(0..).collect::<BinaryHeap<_>>().into_sorted_vec()
}

/// Inserts into a sorted set. Returns whether the item is new.
pub(crate) fn add_to_set<T: Ord>(set: &mut Vec<T>, item: T) -> bool {
    match set.binary_search(&item) {
        Ok(_) => false,
        Err(index) => {
            set.insert(index, item);
            true
        }
    }
}
