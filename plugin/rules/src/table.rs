//! A hash table over the items of a list.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;

/// A hash table of list indexes. The caller hashes and compares the items. Items are never removed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// A power of two of slots, at least half of them free, with linear probing.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    index: u32,
}

const FREE: Slot = Slot { hash: 0, index: u32::MAX };

impl Table {
    /// The index of the item with this hash for which `is_item` is true.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is_item: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let hash = hash as u32;
        let mut position = hash as usize & mask;
        loop {
            let slot = self.slots.get(position)?;
            if slot.index == FREE.index {
                return None;
            }
            if slot.hash == hash && is_item(slot.index) {
                return Some(slot.index);
            }
            position = (position + 1) & mask;
        }
    }

    /// Adds an index that is not in the table.
    pub(crate) fn insert(&mut self, hash: u64, index: u32) {
        if self.slots.len() <= self.used * 2 {
            let larger = vec![FREE; (self.slots.len() * 2).max(8)];
            let slots = mem::replace(&mut self.slots, larger);
            let used = slots.into_iter().filter(|slot| slot.index != FREE.index);
            used.for_each(|slot| self.put(slot));
        }
        self.put(Slot { hash: hash as u32, index });
        self.used += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut position = slot.hash as usize & mask;
        while self.slots[position].index != FREE.index {
            position = (position + 1) & mask;
        }
        self.slots[position] = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn finds_items_with_colliding_hashes() {
        let mut table = Table::default();
        assert_eq!(table.find(0, |_| true), None);
        let hash = |index: u32| u64::from(index % 7);
        for added in 0..100 {
            table.insert(hash(added), added);
            for index in 0..100 {
                let found = table.find(hash(index), |each| each == index);
                assert_eq!(found, (index <= added).then_some(index));
            }
        }
        assert_eq!(table.find(7, |_| true), None);
    }
}
