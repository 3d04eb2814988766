//! The events that may meet a condition.

use alloc::vec::Vec;
use core::mem;

use sekisho_identity::{EventId, Key, Time};

use super::spec::{CorrelationCondition, CorrelationSpec};
use crate::state::impl_snapshot;

/// The events of a group that can still meet the condition together with later ones.
///
/// For an event count, these are all events within the timespan; for a value count, the latest event
/// of each value; both in order of time. For an ordered correlation, they are chains, one after the
/// other: the chain of the first step, that of the first two, and so on. Each is the latest chain
/// possible: an event of its last step, added to the latest chain of the steps before. So a longer
/// chain began no later than a shorter one, and if a chain exists, all the shorter ones exist too.
#[derive(Debug, Default)]
pub(super) struct Window {
    entries: Vec<Entry>,
}

/// An event.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) time: Time,
    pub(super) event_id: Option<EventId>,
    /// The value of the field of a value count; for other conditions, the same for all events.
    pub(super) value: Key,
}

impl Window {
    /// Adds an event. If it meets the condition, returns the events that do so together and forgets
    /// all events.
    pub(super) fn add(
        &mut self,
        entry: Entry,
        rules: &[Key],
        spec: &CorrelationSpec,
    ) -> Option<Vec<Entry>> {
        self.expire(earliest(entry.time, spec), spec);
        let threshold = match spec.condition {
            CorrelationCondition::TemporalOrdered => {
                return self.add_to_chains(&entry, rules, &spec.rules);
            }
            CorrelationCondition::EventCount { threshold } => threshold,
            CorrelationCondition::ValueCount { threshold, .. } => {
                self.entries.retain(|other| other.value != entry.value);
                threshold
            }
        };
        // Most groups never get a second event, so the first allocates no room for more.
        self.entries.reserve_exact(usize::from(self.entries.is_empty()));
        self.entries.push(entry);
        (self.entries.len() >= threshold as usize).then(|| mem::take(&mut self.entries))
    }

    /// Whether all its events are older than the timespan.
    pub(super) fn is_expired(&self, now: Time, spec: &CorrelationSpec) -> bool {
        let latest = match spec.condition {
            // The shortest chain is the one that began last.
            CorrelationCondition::TemporalOrdered => self.entries.first(),
            _ => self.entries.last(),
        };
        latest.is_none_or(|entry| entry.time < earliest(now, spec))
    }

    /// The number of events in memory.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn expire(&mut self, earliest: Time, spec: &CorrelationSpec) {
        let is_old = |entry: &Entry| entry.time < earliest;
        if spec.condition == CorrelationCondition::TemporalOrdered {
            let mut starts = (1..spec.rules.len()).map(chain_start);
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
        // From the last step to the first, so that an event is never added to a chain that it is
        // already part of.
        for (step, rule) in sequence.iter().enumerate().rev() {
            let end = chain_start(step + 1);
            let Some(before) = self.entries.get(chain_start(step)..end) else { continue };
            if !rules.contains(rule) {
                continue;
            }
            let chain: Vec<_> = before.iter().chain([entry]).cloned().collect();
            if step + 1 == sequence.len() {
                self.entries = Vec::new();
                return Some(chain);
            }
            for (index, entry) in (end..).zip(chain) {
                match self.entries.get_mut(index) {
                    Some(replaced) => *replaced = entry,
                    None => self.entries.push(entry),
                }
            }
        }
        None
    }
}

/// The index of the first entry of the chain with this number of steps, after all shorter chains.
fn chain_start(steps: usize) -> usize {
    steps * steps.saturating_sub(1) / 2
}

/// The earliest time within the timespan before `now`.
fn earliest(now: Time, spec: &CorrelationSpec) -> Time {
    now.saturating_sub(Time::from(spec.timespan_seconds) * 1000)
}

impl_snapshot! { struct Window { entries } }

impl_snapshot! { struct Entry { time, event_id, value } }
