//! A map of bounded size that evicts the keys that are least in use.

use alloc::vec::Vec;

use hashbrown::HashTable;

use sekisho_identity::Key;

use crate::state::{Snapshot, StateError, StateReader};

/// The largest reference count of an entry.
const MAX_REFERENCES: u8 = 3;

/// The number of entries that an insertion checks for expiry while there is room, so that expired
/// entries leave over time.
const EXPIRY_CHECKS: usize = 2;

/// A map of bounded size with CLOCK eviction.
///
/// The entries form a ring with a hand. An entry starts with a reference count of zero, and each
/// [`touch`](ClockCache::touch) raises it. If an insertion finds no room, the hand goes around: it
/// evicts the first entry whose count is zero, and lowers the count of every other entry on its way.
/// So keys that occur once evict each other, and keys in use stay.
#[derive(Debug)]
pub(crate) struct ClockCache<V> {
    ring: Vec<Entry<V>>,
    /// For each key the index of its entry in the ring.
    indexes: HashTable<u32>,
    hand: usize,
}

#[derive(Debug)]
struct Entry<V> {
    key: Key,
    references: u8,
    value: V,
}

impl<V> Default for ClockCache<V> {
    fn default() -> Self {
        ClockCache { ring: Vec::new(), indexes: HashTable::new(), hand: 0 }
    }
}

impl<V> ClockCache<V> {
    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }

    /// The value of a key.
    pub(crate) fn get(&mut self, key: Key) -> Option<&mut V> {
        let index = self.index_of(key)?;
        Some(&mut self.ring[index].value)
    }

    /// The value of a key, whose reference count is raised.
    pub(crate) fn touch(&mut self, key: Key) -> Option<&mut V> {
        let index = self.index_of(key)?;
        let entry = &mut self.ring[index];
        entry.references = (entry.references + 1).min(MAX_REFERENCES);
        Some(&mut entry.value)
    }

    /// Adds a key that is not in the map. While the map has `limit` entries or more, it drops
    /// expired ones and passes evicted ones to `on_evict`.
    pub(crate) fn insert(
        &mut self,
        key: Key,
        value: V,
        limit: usize,
        is_expired: impl Fn(&V) -> bool,
        mut on_evict: impl FnMut(V),
    ) {
        let limit = limit.max(1);
        if self.ring.len() < limit {
            for _ in 0..EXPIRY_CHECKS {
                match self.entry_at_hand() {
                    Some(entry) if is_expired(&entry.value) => drop(self.remove_at(self.hand)),
                    _ => self.hand += 1,
                }
            }
        }
        while self.ring.len() >= limit
            && let Some(entry) = self.entry_at_hand()
        {
            let is_expired = is_expired(&entry.value);
            if !is_expired && entry.references > 0 {
                entry.references -= 1;
                self.hand += 1;
                continue;
            }
            let removed = self.remove_at(self.hand);
            if !is_expired {
                on_evict(removed.value);
            }
        }
        self.insert_before_hand(key, value);
    }

    /// Removes a key. Returns its value.
    pub(crate) fn remove(&mut self, key: Key) -> Option<V> {
        self.index_of(key).map(|index| self.remove_at(index).value)
    }

    /// The keys with their values, in no particular order.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (Key, &mut V)> {
        self.ring.iter_mut().map(|entry| (entry.key, &mut entry.value))
    }

    fn index_of(&self, key: Key) -> Option<usize> {
        let has_key = |index: &u32| self.ring[*index as usize].key == key;
        self.indexes.find(key.hash64(), has_key).map(|index| *index as usize)
    }

    fn entry_at_hand(&mut self) -> Option<&mut Entry<V>> {
        if self.hand >= self.ring.len() {
            self.hand = 0;
        }
        self.ring.get_mut(self.hand)
    }

    /// Adds an entry where the hand gets to it last.
    fn insert_before_hand(&mut self, key: Key, value: V) {
        self.push(Entry { key, references: 0, value });
        let last = self.ring.len() - 1;
        self.hand = self.hand.min(last);
        self.swap(self.hand, last);
        self.hand += 1;
    }

    fn push(&mut self, entry: Entry<V>) {
        let index = self.ring.len() as u32;
        let hash = entry.key.hash64();
        self.ring.push(entry);
        let ring = &self.ring;
        self.indexes.insert_unique(hash, index, |index| ring[*index as usize].key.hash64());
    }

    /// Removes an entry. The last entry of the ring takes its place.
    fn remove_at(&mut self, index: usize) -> Entry<V> {
        let last = self.ring.len() - 1;
        self.swap(index, last);
        let hash = self.ring[last].key.hash64();
        if let Ok(index) = self.indexes.find_entry(hash, |index| *index as usize == last) {
            index.remove();
        }
        self.ring.swap_remove(last)
    }

    fn swap(&mut self, one: usize, other: usize) {
        const MOVING: u32 = u32::MAX;
        let (one_hash, other_hash) = (self.ring[one].key.hash64(), self.ring[other].key.hash64());
        self.ring.swap(one, other);
        let (one, other) = (one as u32, other as u32);
        self.change_index(one_hash, one, MOVING);
        self.change_index(other_hash, other, one);
        self.change_index(one_hash, MOVING, other);
    }

    #[inline(never)]
    fn change_index(&mut self, hash: u64, from: u32, to: u32) {
        if let Some(index) = self.indexes.find_mut(hash, |index| *index == from) {
            *index = to;
        }
    }
}

impl<V: Snapshot> Snapshot for ClockCache<V> {
    fn encode(&self, output: &mut Vec<u8>) {
        (self.hand as u32).encode(output);
        (self.ring.len() as u32).encode(output);
        for entry in &self.ring {
            entry.key.encode(output);
            entry.references.encode(output);
            entry.value.encode(output);
        }
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut cache = ClockCache { hand: u32::decode(reader)? as usize, ..ClockCache::default() };
        for _ in 0..u32::decode(reader)? {
            let (key, references) = (Key::decode(reader)?, u8::decode(reader)?);
            if cache.index_of(key).is_some() {
                return Err(reader.expected("a key that is no duplicate"));
            }
            let references = references.min(MAX_REFERENCES);
            cache.push(Entry { key, references, value: V::decode(reader)? });
        }
        Ok(cache)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> Key {
        Key::new(number, &[])
    }

    /// Adds a key, and returns the values that were evicted for it.
    fn insert(cache: &mut ClockCache<u64>, number: u64, limit: usize) -> Vec<u64> {
        let mut evicted = Vec::new();
        cache.insert(key(number), number, limit, |_| false, |value| evicted.push(value));
        evicted
    }

    #[test]
    fn new_keys_evict_each_other() {
        let mut cache = ClockCache::default();
        for number in 0..100 {
            assert!(insert(&mut cache, number, 100).is_empty());
        }
        for _ in 0..5 {
            assert_eq!(cache.touch(key(7)), Some(&mut 7));
        }
        // Each round of the hand lowers the reference count by one, and there are three.
        for number in 100..390 {
            let evicted = insert(&mut cache, number, 100);
            assert_eq!(evicted.len(), 1);
            assert_ne!(evicted[0], 7);
        }
        assert_eq!(cache.len(), 100);
        assert!(cache.get(key(7)).is_some());
        let mut is_evicted = false;
        for number in 390..600 {
            is_evicted |= insert(&mut cache, number, 100) == [7];
        }
        assert!(is_evicted);
    }

    #[test]
    fn agrees_with_a_btree_map() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut cache = ClockCache::<(u64, u64)>::default();
        let mut expected = alloc::collections::BTreeMap::new();
        for step in 0..20_000_u64 {
            let number = random.u64(..300);
            if random.u8(..8) == 0 {
                let removed = cache.remove(key(number)).map(|(_, step)| step);
                assert_eq!(removed, expected.remove(&number));
            } else if let Some(value) = cache.touch(key(number)) {
                assert_eq!(expected.insert(number, step), Some(value.1));
                value.1 = step;
            } else {
                assert!(!expected.contains_key(&number));
                let is_expired = |value: &(u64, u64)| value.1 + 1000 < step;
                let limit = random.usize(150..200);
                cache.insert(key(number), (number, step), limit, is_expired, |(number, _)| {
                    assert!(expected.remove(&number).is_some());
                });
                expected.insert(number, step);
                expected.retain(|number, _| cache.get(key(*number)).is_some());
                assert!(cache.len() <= limit);
            }
            assert_eq!(cache.len(), expected.len());
        }
    }

    #[test]
    fn a_decoded_cache_evicts_the_same_keys() {
        let mut cache = ClockCache::default();
        for number in 0..500 {
            insert(&mut cache, number, 50);
            cache.touch(key(number / 3));
        }
        let mut bytes = Vec::new();
        cache.encode(&mut bytes);
        let mut loaded = ClockCache::decode(&mut StateReader::new(&bytes)).unwrap();
        for number in 500..800 {
            assert_eq!(insert(&mut cache, number, 50), insert(&mut loaded, number, 50));
        }
    }
}
