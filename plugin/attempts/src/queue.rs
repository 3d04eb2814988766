//! What waits for its time, in order.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_identity::{EventId, Time};

use crate::emitted::Emitted;
use crate::observation::Observation;

/// A sorted list, in chunks.
///
/// An insertion moves the pointers of one chunk at most, however long the list is. A chunk is made
/// only when another one is full, so there are few of them: one for every 128 entries ever added.
///
/// The kinds of things that wait share this type, so that the module contains its code once.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// None is empty.
    #[expect(clippy::vec_box, reason = "an insertion moves pointers, not entries")]
    chunks: Vec<Vec<Box<Entry>>>,
    len: usize,
}

/// The most entries of a chunk.
const MAX_CHUNK: usize = 256;

/// A place in the list, and what waits there.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) position: Position,
    pub(crate) queued: Queued,
}

/// What waits.
#[derive(Debug)]
pub(crate) enum Queued {
    /// An observation that earlier ones may still precede.
    Observation(Observation),
    /// Output that observations may still join.
    Emitted(Emitted),
}

/// The order in a queue.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Position {
    pub(crate) time: Time,
    pub(crate) rank: u8,
    pub(crate) event_id: Option<EventId>,
    pub(crate) number: u64,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn first(&self) -> Option<&Entry> {
        self.iter().next()
    }

    pub(crate) fn last(&self) -> Option<&Entry> {
        Some(self.chunks.last()?.last()?)
    }

    /// The entries in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.chunks.iter().flatten().map(|entry| &**entry)
    }

    pub(crate) fn get(&mut self, position: &Position) -> Option<&mut Queued> {
        let (chunk, index) = self.find(position).ok()?;
        Some(&mut self.chunks[chunk][index].queued)
    }

    /// Adds an entry. If there is one with this position, it is replaced and the result is false.
    #[inline(never)]
    pub(crate) fn insert(&mut self, position: Position, queued: Queued) -> bool {
        let (mut chunk, mut index) = match self.find(&position) {
            Ok((chunk, index)) => {
                self.chunks[chunk][index].queued = queued;
                return false;
            }
            Err(place) => place,
        };
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        if self.chunks[chunk].len() == MAX_CHUNK {
            // Most entries come last, and then full chunks stay full.
            let middle = if index == MAX_CHUNK { MAX_CHUNK } else { MAX_CHUNK / 2 };
            let rest = self.chunks[chunk].split_off(middle);
            self.chunks.insert(chunk + 1, rest);
            if index >= middle {
                (chunk, index) = (chunk + 1, index - middle);
            }
        }
        self.chunks[chunk].insert(index, Box::new(Entry { position, queued }));
        self.len += 1;
        true
    }

    pub(crate) fn remove(&mut self, position: &Position) -> Option<Box<Entry>> {
        let (chunk, index) = self.find(position).ok()?;
        Some(self.remove_at(chunk, index))
    }

    pub(crate) fn pop_first(&mut self) -> Option<Box<Entry>> {
        if self.chunks.is_empty() { None } else { Some(self.remove_at(0, 0)) }
    }

    #[inline(never)]
    fn remove_at(&mut self, chunk: usize, index: usize) -> Box<Entry> {
        let entry = self.chunks[chunk].remove(index);
        if self.chunks[chunk].is_empty() {
            self.chunks.remove(chunk);
        }
        self.len -= 1;
        entry
    }

    /// The chunk and the index of the entry with this position, or those at which it belongs.
    #[inline(never)]
    fn find(&self, position: &Position) -> Result<(usize, usize), (usize, usize)> {
        let is_before =
            |chunk: &Vec<Box<Entry>>| chunk.last().is_some_and(|last| last.position < *position);
        let chunk = self.chunks.partition_point(is_before).min(self.chunks.len().saturating_sub(1));
        let Some(entries) = self.chunks.get(chunk) else { return Err((0, 0)) };
        match entries.binary_search_by(|entry| entry.position.cmp(position)) {
            Ok(index) => Ok((chunk, index)),
            Err(index) => Err((chunk, index)),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use crate::emitted::RuleMatch;
    use sekisho_identity::Identity;

    use super::*;

    fn queued(time: Time) -> Queued {
        Queued::Emitted(Emitted::RuleMatch(RuleMatch {
            time: Some(time),
            event_id: None,
            identity: Identity::default(),
            rules: Box::default(),
        }))
    }

    fn time_of(queued: &Queued) -> Option<Time> {
        match queued {
            Queued::Observation(observation) => observation.time,
            Queued::Emitted(emitted) => emitted.time(),
        }
    }

    #[test]
    fn it_is_a_sorted_map() {
        let mut random = fastrand::Rng::with_seed(1);
        let (mut queue, mut expected) = (Queue::default(), BTreeMap::new());
        for step in 0..40_000 {
            // Grows, then shrinks; at its ends and in the middle.
            let is_growing = step % 8000 < 5000;
            let time = match random.u8(..4) {
                0 => step,
                _ => random.i64(..4000),
            };
            let position = Position { time, ..Position::default() };
            match random.u8(..10) {
                0..=6 if is_growing => {
                    let is_new = queue.insert(position.clone(), queued(step));
                    assert_eq!(expected.insert(position, step).is_none(), is_new);
                }
                0..=4 => {
                    let first = queue.pop_first().map(|first| first.position);
                    assert_eq!(first, expected.pop_first().map(|(first, _)| first));
                }
                5..=7 => {
                    let removed = queue.remove(&position);
                    let removed = removed.and_then(|removed| time_of(&removed.queued));
                    assert_eq!(removed, expected.remove(&position));
                }
                _ => {
                    let found = queue.get(&position).and_then(|queued| time_of(queued));
                    assert_eq!(found, expected.get(&position).copied());
                }
            }
            assert_eq!(queue.len(), expected.len());
            let (first, last) = (queue.first(), queue.last());
            assert_eq!(first.map(|entry| &entry.position), expected.keys().next());
            assert_eq!(last.map(|entry| &entry.position), expected.keys().next_back());
            if step % 500 == 0 {
                let entries = queue.iter().map(|entry| &entry.position);
                assert!(entries.eq(expected.keys()), "step {step}");
            }
            assert!(queue.chunks.iter().all(|chunk| !chunk.is_empty()));
        }
    }

    #[test]
    fn chunks_of_entries_in_order_are_full() {
        let mut queue = Queue::default();
        for time in 0..4 * MAX_CHUNK as Time {
            assert!(queue.insert(Position { time, ..Position::default() }, queued(time)));
        }
        assert!(queue.chunks.iter().all(|chunk| chunk.len() == MAX_CHUNK));
    }
}
