//! A map with room for so many keys, which forgets those that are least in use.

use alloc::vec::Vec;

use hashbrown::HashTable;

use crate::key::Key;
use crate::snapshot::{Snapshot, StateError, StateReader};

/// A key gains a point when it is seen again, up to this many.
const POINTS_MAX: u8 = 3;

/// How many entries are looked at for each new one while there is room, so that expired ones leave
/// by and by.
const LOOKED_AT: usize = 2;

/// A map that holds at most so many keys.
///
/// The entries stand in a ring. When there is no room for a new one, a hand goes round: it takes a
/// point from each that it passes, and puts out the first that has none. So keys that were seen
/// once put out one another, and those in use stay.
#[derive(Debug)]
pub(crate) struct ClockCache<V> {
    ring: Vec<Entry<V>>,
    /// For each key its place in the ring.
    places: HashTable<u32>,
    hand: usize,
}

#[derive(Debug)]
struct Entry<V> {
    key: Key,
    points: u8,
    value: V,
}

impl<V> Default for ClockCache<V> {
    fn default() -> Self {
        ClockCache { ring: Vec::new(), places: HashTable::new(), hand: 0 }
    }
}

impl<V> ClockCache<V> {
    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }

    /// The value of a key.
    pub(crate) fn get(&mut self, key: Key) -> Option<&mut V> {
        let place = self.place(key)?;
        Some(&mut self.ring[place].value)
    }

    /// The value of a key, which has been seen again.
    pub(crate) fn seen_again(&mut self, key: Key) -> Option<&mut V> {
        let place = self.place(key)?;
        let entry = &mut self.ring[place];
        entry.points = (entry.points + 1).min(POINTS_MAX);
        Some(&mut entry.value)
    }

    /// Adds a key that is not there. To make room for it, expired entries are forgotten, and others
    /// are handed to `put_out` as long as there are `limit` or more.
    pub(crate) fn insert(
        &mut self,
        key: Key,
        value: V,
        limit: usize,
        expired: impl Fn(&V) -> bool,
        mut put_out: impl FnMut(V),
    ) {
        let limit = limit.max(1);
        if self.ring.len() < limit {
            for _ in 0..LOOKED_AT {
                match self.under_hand() {
                    Some(entry) if expired(&entry.value) => drop(self.remove()),
                    _ => self.hand += 1,
                }
            }
        }
        while self.ring.len() >= limit
            && let Some(entry) = self.under_hand()
        {
            let is_expired = expired(&entry.value);
            if !is_expired && entry.points > 0 {
                entry.points -= 1;
                self.hand += 1;
                continue;
            }
            let removed = self.remove();
            if !is_expired {
                put_out(removed);
            }
        }
        self.push(key, value);
    }

    fn place(&self, key: Key) -> Option<usize> {
        let is_it = |place: &u32| self.ring[*place as usize].key == key;
        self.places.find(hash(key), is_it).map(|place| *place as usize)
    }

    fn under_hand(&mut self) -> Option<&mut Entry<V>> {
        if self.hand >= self.ring.len() {
            self.hand = 0;
        }
        self.ring.get_mut(self.hand)
    }

    /// Puts a new key behind the hand: it is the last that the hand comes to.
    fn push(&mut self, key: Key, value: V) {
        self.append(Entry { key, points: 0, value });
        let last = self.ring.len() - 1;
        self.hand = self.hand.min(last);
        self.swap(self.hand, last);
        self.hand += 1;
    }

    fn append(&mut self, entry: Entry<V>) {
        let place = self.ring.len() as u32;
        let entry_hash = hash(entry.key);
        self.ring.push(entry);
        let ring = &self.ring;
        self.places.insert_unique(entry_hash, place, |place| hash(ring[*place as usize].key));
    }

    /// Takes out what is under the hand; the last of the ring comes into its place.
    fn remove(&mut self) -> V {
        let last = self.ring.len() - 1;
        self.swap(self.hand, last);
        let place =
            self.places.find_entry(hash(self.ring[last].key), |place| *place as usize == last);
        if let Ok(place) = place {
            place.remove();
        }
        self.ring.swap_remove(last).value
    }

    fn swap(&mut self, one: usize, other: usize) {
        const MOVING: u32 = u32::MAX;
        let (one_hash, other_hash) = (hash(self.ring[one].key), hash(self.ring[other].key));
        self.ring.swap(one, other);
        let (one, other) = (one as u32, other as u32);
        for (hash, from, to) in
            [(one_hash, one, MOVING), (other_hash, other, one), (one_hash, MOVING, other)]
        {
            if let Some(place) = self.places.find_mut(hash, |place| *place == from) {
                *place = to;
            }
        }
    }
}

/// A key is a hash already.
fn hash(key: Key) -> u64 {
    key.0[0]
}

impl<V: Snapshot> Snapshot for ClockCache<V> {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.hand as u32).encode(to);
        (self.ring.len() as u32).encode(to);
        for entry in &self.ring {
            entry.key.encode(to);
            entry.points.encode(to);
            entry.value.encode(to);
        }
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut map = ClockCache { hand: u32::decode(from)? as usize, ..ClockCache::default() };
        for _ in 0..u32::decode(from)? {
            let (key, points) = (Key::decode(from)?, u8::decode(from)?);
            if map.place(key).is_some() {
                return Err(from.expected("each key once"));
            }
            map.append(Entry { key, points: points.min(POINTS_MAX), value: V::decode(from)? });
        }
        Ok(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> Key {
        Key::new(number, &[])
    }

    /// Adds a key, and says what was put out for it.
    fn insert(map: &mut ClockCache<u64>, number: u64, limit: usize) -> Vec<u64> {
        let mut out = Vec::new();
        map.insert(key(number), number, limit, |_| false, |value| out.push(value));
        out
    }

    #[test]
    fn a_flood_puts_out_itself() {
        let mut map = ClockCache::default();
        for number in 0..100 {
            assert!(insert(&mut map, number, 100).is_empty());
        }
        for _ in 0..5 {
            assert_eq!(map.seen_again(key(7)), Some(&mut 7));
        }
        // Three floods of the map's size take one point each.
        for number in 100..390 {
            let out = insert(&mut map, number, 100);
            assert_eq!(out.len(), 1);
            assert_ne!(out[0], 7);
        }
        assert_eq!(map.len(), 100);
        assert!(map.get(key(7)).is_some());
        let mut gone = false;
        for number in 390..600 {
            gone |= insert(&mut map, number, 100) == [7];
        }
        assert!(gone, "not for ever");
    }

    #[test]
    fn it_is_a_map() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut map = ClockCache::<(u64, u64)>::default();
        let mut expected = alloc::collections::BTreeMap::new();
        for step in 0..20_000_u64 {
            let number = random.u64(..300);
            if let Some(value) = map.seen_again(key(number)) {
                assert_eq!(expected.insert(number, step), Some(value.1));
                value.1 = step;
            } else {
                assert!(!expected.contains_key(&number));
                let expired = |value: &(u64, u64)| value.1 + 1000 < step;
                let limit = random.usize(150..200);
                map.insert(key(number), (number, step), limit, expired, |(number, _)| {
                    assert!(expected.remove(&number).is_some());
                });
                expected.insert(number, step);
                expected.retain(|number, _| map.get(key(*number)).is_some());
                assert!(map.len() <= limit);
            }
            assert_eq!(map.len(), expected.len());
        }
    }

    #[test]
    fn what_is_stored_goes_on_the_same() {
        let mut map = ClockCache::default();
        for number in 0..500 {
            insert(&mut map, number, 50);
            map.seen_again(key(number / 3));
        }
        let mut bytes = Vec::new();
        map.encode(&mut bytes);
        let mut loaded = ClockCache::decode(&mut StateReader::new(&bytes)).unwrap();
        for number in 500..800 {
            assert_eq!(insert(&mut map, number, 50), insert(&mut loaded, number, 50));
        }
    }
}
