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
use crate::bounded::Bounded;
use crate::event_id::EventId;
use crate::key::Key;
use crate::stored::{Bytes, StateError, Stored};
use crate::time::Time;
use crate::who::{Field, Who};

/// So many items or values can be asked for.
pub const AT_LEAST: RangeInclusive<u32> = 1..=1000;

/// So many rules can be asked for in their order.
pub const SEQUENCE: RangeInclusive<usize> = 2..=16;

/// So long can a timespan be: 1 s to 30 days.
pub const TIMESPAN_SECONDS: RangeInclusive<u32> = 1..=30 * 86_400;

/// What a counted rule asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The rules whose items count.
    pub rules: Vec<Key>,
    /// Items with the same values of these are counted together; one that lacks any is not counted.
    pub group_by: Vec<Field>,
    /// Items are within the window if their times differ by at most this, one of
    /// [`TIMESPAN_SECONDS`].
    pub timespan_seconds: u32,
    /// What must be within the window.
    pub condition: Condition,
}

/// What must be within a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// So many items of any of the rules.
    Count {
        /// How many, one of [`AT_LEAST`].
        at_least: u32,
    },
    /// Items of any of the rules with so many different values of a field.
    Values {
        /// The field; an item that lacks it is not counted.
        field: Field,
        /// How many, one of [`AT_LEAST`].
        at_least: u32,
    },
    /// An item of each of the rules, one after the other in their order. Their number is one of
    /// [`SEQUENCE`], and a rule may occur several times.
    Sequence,
}

/// Something that counts: a record or an attempt.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// When it was; the earliest time there is if nobody knows.
    pub time: Time,
    /// The id by which it is told.
    pub id: Option<&'a EventId>,
    /// Who it was.
    pub who: &'a Who,
    /// The rules that matched it. However many of a definition these are, it counts once.
    pub rules: &'a [Key],
}

/// A condition was reached. The items that reached it are used up: the next finding of the same
/// group is made of items behind this one alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The place of the definition among all.
    pub window: usize,
    /// How many items reached it. Of several with the same value, and of several that can stand for
    /// a step, it is the latest.
    pub count: u32,
    /// The time of the first of them.
    pub first: Time,
    /// The time of the last of them.
    pub last: Time,
    /// The ids of them, as far as they have any, in order of time.
    pub ids: Vec<EventId>,
}

/// Definitions, and what was counted for them so far.
#[derive(Debug)]
pub struct Windows {
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
    window: Window,
    groups: Bounded<Group>,
}

impl Windows {
    /// Nothing is counted so far. Each definition has a key that stands for all of it, and at most
    /// so many groups (`keys`).
    #[must_use]
    pub fn new(definitions: Vec<(Key, Window)>, keys: u32) -> Self {
        let mut windows = Windows { counted: Vec::new(), keys: 0, now: Time::MIN, forgotten: 0 };
        windows.configure(definitions, keys);
        windows
    }

    /// Replaces the definitions. Those whose key was there before keep what was counted.
    pub fn configure(&mut self, definitions: Vec<(Key, Window)>, keys: u32) {
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
    pub fn feed(&mut self, item: &Item<'_>, tell: &mut impl FnMut(Finding)) {
        self.now = self.now.max(item.time);
        if self.now == Time::MIN {
            return;
        }
        let item = Item { time: self.now, ..*item };
        for (place, counted) in self.counted.iter_mut().enumerate() {
            let Some(used) = counted.feed(&item, self.keys, &mut self.forgotten) else { continue };
            let times = used.first().zip(used.last()).map(|(first, last)| (first.time, last.time));
            let (first, last) = times.unwrap_or((item.time, item.time));
            let count = used.len() as u32;
            let ids = used.into_iter().filter_map(|entry| entry.id).collect();
            tell(Finding { window: place, count, first, last, ids });
        }
    }

    /// How many groups are remembered.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.counted.iter().map(|counted| counted.groups.len()).sum()
    }

    /// How many groups were forgotten before their time, as there was no room for them.
    #[must_use]
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Appends what was counted.
    pub fn store(&self, to: &mut Vec<u8>) {
        self.now.store(to);
        self.forgotten.store(to);
        (self.counted.len() as u32).store(to);
        for counted in &self.counted {
            counted.key.store(to);
            counted.groups.store(to);
        }
    }

    /// What [`store`](Windows::store) appended, for these definitions as in
    /// [`new`](Windows::new). What was counted for any others is left out.
    ///
    /// # Errors
    /// What stands there is something else.
    pub fn load(
        definitions: Vec<(Key, Window)>,
        keys: u32,
        from: &mut Bytes<'_>,
    ) -> Result<Self, StateError> {
        let mut windows = Windows::new(definitions, keys);
        (windows.now, windows.forgotten) = (Time::load(from)?, u64::load(from)?);
        for _ in 0..u32::load(from)? {
            let (key, groups) = (Key::load(from)?, Bounded::load(from)?);
            if let Some(counted) = windows.counted.iter_mut().find(|counted| counted.key == key) {
                counted.groups = groups;
            }
        }
        Ok(windows)
    }
}

impl Counted {
    /// Counts an item, and gives those that reach the condition.
    fn feed(&mut self, item: &Item<'_>, keys: usize, forgotten: &mut u64) -> Option<Vec<Entry>> {
        let window = &self.window;
        if !window.rules.iter().any(|rule| item.rules.contains(rule)) {
            return None;
        }
        let key = key_of(&window.group_by, item.who)?;
        let value = match &window.condition {
            Condition::Values { field, .. } => key_of(&[*field], item.who)?,
            _ => Key::default(),
        };
        let entry = Entry { time: item.time, id: item.id.cloned(), value };
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
fn key_of(fields: &[Field], who: &Who) -> Option<Key> {
    let values: Vec<_> = fields.iter().map(|field| who.get(*field)).collect();
    values.iter().all(Option::is_some).then(|| Key::new(0, &values))
}
