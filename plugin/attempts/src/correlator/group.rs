//! What is remembered of the items that are counted together.

use alloc::vec::Vec;
use core::mem;

use super::{CorrelationCondition, CorrelationSpec};
use crate::event_id::EventId;
use crate::key::Key;
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// The items of a group that can still be part of a finding.
///
/// Where items are counted, it has all of them that are within the window, and where values are, of
/// each the latest; both in order of time. Of a sequence it has chains, one behind the other: the
/// one of its first step, that of its first two, and so on. Each is the latest chain that there can
/// be: an item of the step, added to the latest chain of the steps before it. So a longer chain
/// began no later than a shorter one, and where one is, all the shorter ones are.
#[derive(Debug, Default)]
pub(super) struct Group {
    entries: Vec<Entry>,
}

/// An item.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) time: Time,
    pub(super) event_id: Option<EventId>,
    /// The value that is counted; where no values are, all have the same.
    pub(super) value: Key,
}

impl Group {
    /// Takes an item in. If the condition is reached, gives the items that reached it, and is
    /// empty.
    pub(super) fn add(
        &mut self,
        entry: Entry,
        rules: &[Key],
        window: &CorrelationSpec,
    ) -> Option<Vec<Entry>> {
        self.forget(oldest(entry.time, window), window);
        let threshold = match window.condition {
            CorrelationCondition::TemporalOrdered => {
                return self.add_to_chains(&entry, rules, &window.rules);
            }
            CorrelationCondition::EventCount { threshold } => threshold,
            CorrelationCondition::ValueCount { threshold, .. } => {
                self.entries.retain(|other| other.value != entry.value);
                threshold
            }
        };
        // Most groups never see a second item: no room is taken for more.
        self.entries.reserve_exact(usize::from(self.entries.is_empty()));
        self.entries.push(entry);
        (self.entries.len() >= threshold as usize).then(|| mem::take(&mut self.entries))
    }

    /// Whether nothing of it is within the window any more.
    pub(super) fn is_expired(&self, now: Time, window: &CorrelationSpec) -> bool {
        let latest = match window.condition {
            // The shortest chain is the one that began last.
            CorrelationCondition::TemporalOrdered => self.entries.first(),
            _ => self.entries.last(),
        };
        latest.is_none_or(|entry| entry.time < oldest(now, window))
    }

    /// How many items are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn forget(&mut self, oldest: Time, window: &CorrelationSpec) {
        let is_old = |entry: &Entry| entry.time < oldest;
        if window.condition == CorrelationCondition::TemporalOrdered {
            let mut starts = (1..window.rules.len()).map(start);
            let old = starts.find(|start| self.entries.get(*start).is_none_or(is_old));
            self.entries.truncate(old.unwrap_or(self.entries.len()));
        } else {
            let old = self.entries.partition_point(is_old);
            self.entries.drain(..old);
        }
    }

    fn add_to_chains(
        &mut self,
        entry: &Entry,
        rules: &[Key],
        sequence: &[Key],
    ) -> Option<Vec<Entry>> {
        // From the last step to the first: so it is never added to a chain that it is part of.
        for (step, rule) in sequence.iter().enumerate().rev() {
            let place = start(step + 1);
            let Some(before) = self.entries.get(start(step)..place) else { continue };
            if !rules.contains(rule) {
                continue;
            }
            let chain: Vec<_> = before.iter().chain([entry]).cloned().collect();
            if step + 1 == sequence.len() {
                self.entries = Vec::new();
                return Some(chain);
            }
            for (at, entry) in (place..).zip(chain) {
                match self.entries.get_mut(at) {
                    Some(replaced) => *replaced = entry,
                    None => self.entries.push(entry),
                }
            }
        }
        None
    }
}

/// Where the chain of so many steps stands, behind all shorter ones.
fn start(steps: usize) -> usize {
    steps * steps.saturating_sub(1) / 2
}

/// The earliest time that is in a window with `now`.
fn oldest(now: Time, window: &CorrelationSpec) -> Time {
    now.saturating_sub(Time::from(window.timespan_seconds) * 1000)
}

impl Snapshot for Group {
    fn encode(&self, to: &mut Vec<u8>) {
        self.entries.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Group { entries: Vec::decode(from)? })
    }
}

impl Snapshot for Entry {
    fn encode(&self, to: &mut Vec<u8>) {
        self.time.encode(to);
        self.event_id.encode(to);
        self.value.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let (time, event_id) = (Time::decode(from)?, Option::decode(from)?);
        Ok(Entry { time, event_id, value: Key::decode(from)? })
    }
}
