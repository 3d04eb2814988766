//! A hash table of numbers: those of things that are kept in a list.

use alloc::vec;
use alloc::vec::Vec;
use core::mem;

/// Numbers, each under the hash of what it stands for. Nothing is taken out of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// As many as a power of two, at least half of them free; a number is in the first free one
    /// behind the place that its hash tells.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    number: u32,
}

const FREE: Slot = Slot { hash: 0, number: u32::MAX };

impl Table {
    /// The number under `hash` that is the right one.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len().wrapping_sub(1);
        let hash = hash as u32;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots.get(place)?;
            if slot.number == FREE.number {
                return None;
            }
            if slot.hash == hash && is_it(slot.number) {
                return Some(slot.number);
            }
            place = (place + 1) & mask;
        }
    }

    /// Adds a number that is not in it.
    pub(crate) fn insert(&mut self, hash: u64, number: u32) {
        if self.slots.len() <= self.used * 2 {
            let larger = vec![FREE; (self.slots.len() * 2).max(8)];
            let slots = mem::replace(&mut self.slots, larger);
            let taken = slots.into_iter().filter(|slot| slot.number != FREE.number);
            taken.for_each(|slot| self.put(slot));
        }
        self.put(Slot { hash: hash as u32, number });
        self.used += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut place = slot.hash as usize & mask;
        while self.slots[place].number != FREE.number {
            place = (place + 1) & mask;
        }
        self.slots[place] = slot;
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn numbers_are_found_behind_others_of_their_hash() {
        let mut table = Table::default();
        assert_eq!(table.find(0, |_| true), None);
        let hash = |number: u32| u64::from(number % 7);
        for added in 0..100 {
            table.insert(hash(added), added);
            for number in 0..100 {
                let found = table.find(hash(number), |each| each == number);
                assert_eq!(found, (number <= added).then_some(number));
            }
        }
        assert_eq!(table.find(7, |_| true), None);
    }
}
