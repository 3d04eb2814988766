//! Counted rules: so many items in a window of time.
//!
//! A definition is in the terms of Sigma's correlation rules. Each group of items is counted by
//! itself, with as much memory as its condition needs.

mod group;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::mem;
use core::ops::RangeInclusive;

use self::group::{Entry, Group};
use crate::clock_cache::ClockCache;
use crate::event_id::EventId;
use crate::identity::{Identity, IdentityField};
use crate::key::Key;
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// So many items or values can be asked for.
pub const THRESHOLD_RANGE: RangeInclusive<u32> = 1..=1000;

/// So many rules can be asked for in their order.
pub const SEQUENCE_LENGTH_RANGE: RangeInclusive<usize> = 2..=16;

/// So long can a timespan be: 1 s to 30 days.
pub const TIMESPAN_SECONDS_RANGE: RangeInclusive<u32> = 1..=30 * 86_400;

/// What a counted rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationSpec {
    /// The rules whose items count.
    pub rules: Vec<Key>,
    /// Items with the same values of these are counted together; one that lacks any is not counted.
    pub group_by: Vec<IdentityField>,
    /// Items are within the window if their times differ by at most this, one of
    /// [`TIMESPAN_SECONDS_RANGE`].
    pub timespan_seconds: u32,
    /// What must be within the window.
    pub condition: CorrelationCondition,
}

/// What must be within a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorrelationCondition {
    /// So many items of any of the rules.
    EventCount {
        /// How many, one of [`THRESHOLD_RANGE`].
        threshold: u32,
    },
    /// Items of any of the rules with so many different values of a field.
    ValueCount {
        /// The field; an item that lacks it is not counted.
        field: IdentityField,
        /// How many, one of [`THRESHOLD_RANGE`].
        threshold: u32,
    },
    /// An item of each of the rules, one after the other in their order. Their number is one of
    /// [`SEQUENCE_LENGTH_RANGE`], and a rule may occur several times.
    TemporalOrdered,
}

/// Something that counts: a record or an attempt.
#[derive(Clone, Copy, Debug)]
pub struct CorrelationEvent<'a> {
    /// When it was; the earliest time there is if nobody knows.
    pub time: Time,
    /// The id by which it is told.
    pub event_id: Option<&'a EventId>,
    /// Who it was.
    pub identity: &'a Identity,
    /// The rules that matched it. However many of a definition these are, it counts once.
    pub rules: &'a [Key],
}

/// A condition was reached. The items that reached it are used up: the next finding of the same
/// group is made of items behind this one alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The place of the definition among all.
    pub spec_index: usize,
    /// How many items reached it. Of several with the same value, and of several that can stand for
    /// a step, it is the latest.
    pub count: u32,
    /// The time of the first of them.
    pub first_time: Time,
    /// The time of the last of them.
    pub last_time: Time,
    /// The ids of them, as far as they have any, in order of time.
    pub event_ids: Vec<EventId>,
}

/// Definitions, and what was counted for them so far.
#[derive(Debug)]
pub struct Correlator {
    counted: Vec<Counted>,
    /// The most groups that each definition has.
    keys: usize,
    /// The latest time that any item had.
    now: Time,
    forgotten: u64,
}

/// A definition and its groups.
#[derive(Debug)]
struct Counted {
    /// The key of the definition.
    key: Key,
    window: CorrelationSpec,
    groups: ClockCache<Group>,
}

impl Correlator {
    /// Nothing is counted so far. Each definition has a key that stands for all of it, and at most
    /// so many groups (`keys`).
    #[must_use]
    pub fn new(definitions: Vec<(Key, CorrelationSpec)>, keys: u32) -> Self {
        let mut correlator =
            Correlator { counted: Vec::new(), keys: 0, now: Time::MIN, forgotten: 0 };
        correlator.configure(definitions, keys);
        correlator
    }

    /// Replaces the definitions. Those whose key was there before keep what was counted.
    pub fn configure(&mut self, definitions: Vec<(Key, CorrelationSpec)>, keys: u32) {
        let mut before = mem::take(&mut self.counted);
        let counted = definitions.into_iter().map(|(key, window)| {
            let same = before.iter_mut().find(|counted| counted.key == key);
            let groups = same.map(|counted| mem::take(&mut counted.groups)).unwrap_or_default();
            Counted { key, window, groups }
        });
        self.counted = counted.collect();
        self.keys = keys as usize;
    }

    /// Counts an item, and tells what it completes. Items come in order of time: one with an earlier
    /// time than the latest before it counts at that time, and not at all if none is known.
    pub fn process(&mut self, event: &CorrelationEvent<'_>, tell: &mut impl FnMut(Finding)) {
        self.now = self.now.max(event.time);
        if self.now == Time::MIN {
            return;
        }
        let event = CorrelationEvent { time: self.now, ..*event };
        for (spec_index, counted) in self.counted.iter_mut().enumerate() {
            let Some(used) = counted.feed(&event, self.keys, &mut self.forgotten) else { continue };
            let times = used.first().zip(used.last()).map(|(first, last)| (first.time, last.time));
            let (first_time, last_time) = times.unwrap_or((event.time, event.time));
            let count = used.len() as u32;
            let event_ids = used.into_iter().filter_map(|entry| entry.event_id).collect();
            tell(Finding { spec_index, count, first_time, last_time, event_ids });
        }
    }

    /// How many groups are remembered.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.counted.iter().map(|counted| counted.groups.len()).sum()
    }

    /// How many groups were forgotten before their time, as there was no room for them.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.forgotten
    }

    /// Appends what was counted.
    pub fn encode(&self, to: &mut Vec<u8>) {
        self.now.encode(to);
        self.forgotten.encode(to);
        (self.counted.len() as u32).encode(to);
        for counted in &self.counted {
            counted.key.encode(to);
            counted.groups.encode(to);
        }
    }

    /// What [`encode`](Correlator::encode) appended, for these definitions as in
    /// [`new`](Correlator::new). What was counted for any others is left out.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn decode(
        definitions: Vec<(Key, CorrelationSpec)>,
        keys: u32,
        from: &mut StateReader<'_>,
    ) -> Result<Self, StateError> {
        let mut correlator = Correlator::new(definitions, keys);
        (correlator.now, correlator.forgotten) = (Time::decode(from)?, u64::decode(from)?);
        for _ in 0..u32::decode(from)? {
            let (key, groups) = (Key::decode(from)?, ClockCache::decode(from)?);
            if let Some(counted) = correlator.counted.iter_mut().find(|counted| counted.key == key)
            {
                counted.groups = groups;
            }
        }
        Ok(correlator)
    }
}

impl Counted {
    /// Counts an item, and gives those that reach the condition.
    fn feed(
        &mut self,
        item: &CorrelationEvent<'_>,
        keys: usize,
        forgotten: &mut u64,
    ) -> Option<Vec<Entry>> {
        let window = &self.window;
        if !window.rules.iter().any(|rule| item.rules.contains(rule)) {
            return None;
        }
        let key = key_of(&window.group_by, item.identity)?;
        let value = match &window.condition {
            CorrelationCondition::ValueCount { field, .. } => key_of(&[*field], item.identity)?,
            _ => Key::default(),
        };
        let entry = Entry { time: item.time, event_id: item.event_id.cloned(), value };
        if let Some(group) = self.groups.seen_again(key) {
            return group.add(entry, item.rules, window);
        }
        let mut group = Group::default();
        let used = group.add(entry, item.rules, window);
        // What begins no chain, or is used up at once, needs no memory.
        if !group.is_expired(item.time, window) {
            let expired = |group: &Group| group.is_expired(item.time, window);
            self.groups.insert(key, group, keys, expired, |_| *forgotten += 1);
        }
        used
    }
}

/// The key of some values, if all are there.
fn key_of(fields: &[IdentityField], identity: &Identity) -> Option<Key> {
    let values: Vec<_> = fields.iter().map(|field| identity.get(*field)).collect();
    values.iter().all(Option::is_some).then(|| Key::new(0, &values))
}
