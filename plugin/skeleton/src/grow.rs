//! Vectors of bounded capacity.

use alloc::vec::Vec;

/// Reserves room for so many more items in a vector, whose capacity is at most `max`. `None` if there
/// is none.
pub(crate) fn grow<T>(items: &mut Vec<T>, additional: usize, max: usize) -> Option<()> {
    let needed = items.len() + additional;
    if needed > items.capacity() {
        let capacity = (2 * items.capacity()).max(needed).min(max);
        items.try_reserve_exact(capacity.checked_sub(items.len())?).ok()?;
    }
    (needed <= max).then_some(())
}
