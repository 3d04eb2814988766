//! Correlation rules: events of the same group that occur within a timespan make a finding, which
//! later events extend.

mod event;
mod finding;
mod group;
mod open;
mod spec;
#[cfg(test)]
mod tests;
mod window;

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::mem;

use sekisho_identity::{Identity, IdentityField, Key, Time};
use sekisho_rules::is_address;

pub use self::event::CorrelationEvent;
pub use self::finding::{Finding, FindingState};
use self::group::Group;
pub use self::spec::{
    CorrelationCondition, CorrelationSpec, SEQUENCE_LENGTH_RANGE, THRESHOLD_RANGE,
    TIMESPAN_SECONDS_RANGE,
};
use self::window::Entry;
use crate::clock_cache::ClockCache;
use crate::state::{Snapshot, StateError, StateReader};

/// Counts events for correlation rules.
///
/// ```
/// use sekisho_attempts::{
///     CorrelationCondition, CorrelationEvent, CorrelationSpec, Correlator, EventId, Identity,
///     IdentityField, Key,
/// };
///
/// let failed = Key::new(0, &[Some("failed-login")]);
/// let brute_force = CorrelationSpec {
///     rules: vec![failed],
///     group_by: vec![IdentityField::User],
///     timespan_seconds: 60,
///     condition: CorrelationCondition::EventCount { threshold: 3 },
/// };
/// let key = Key::new(1, &[Some("brute-force")]);
/// let mut correlator = Correlator::new(vec![(key, brute_force)], 1000);
///
/// let identity = Identity::new([None, None, Some("anaya"), None, None]);
/// let mut findings = Vec::new();
/// for (seconds, event_id) in [(0, "a"), (20, "b"), (60, "c"), (61, "d")] {
///     let event_id = EventId::new(event_id);
///     let event = CorrelationEvent {
///         time: seconds * 1000,
///         event_id: Some(&event_id),
///         identity: &identity,
///         rules: &[failed],
///     };
///     correlator.process(&event, &mut |finding| findings.push(finding));
/// }
/// assert_eq!(findings.len(), 1);
/// assert_eq!(findings[0].event_ids, ["a", "b", "c"].map(EventId::new));
///
/// // The event after a minute without one belongs to another attack.
/// assert_eq!(correlator.next_closed(121_000), None);
/// let closed = correlator.next_closed(121_001).expect("the finding");
/// assert_eq!((closed.count, closed.last_time), (4, 61_000));
/// ```
#[derive(Debug)]
pub struct Correlator {
    correlations: Vec<Correlation>,
    /// One for each open finding, at which it closes or is looked at again. Those of findings that
    /// are gone are dropped later.
    deadlines: BinaryHeap<Reverse<Deadline>>,
    /// The most groups of each correlation rule.
    max_groups: usize,
    /// The latest time of an event.
    now: Time,
    evicted: u64,
}

/// When a finding closes, unless events extend it. The order is that in which findings close.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Deadline {
    time: Time,
    spec_index: usize,
    group: Key,
}

/// A correlation rule and its groups.
#[derive(Debug)]
struct Correlation {
    key: Key,
    spec: CorrelationSpec,
    groups: ClockCache<Group>,
}

impl Correlator {
    /// A correlator for these rules, each of which keeps up to `max_groups` groups. The key of a
    /// rule identifies all of its specification: see [`configure`](Correlator::configure).
    #[must_use]
    pub fn new(specs: Vec<(Key, CorrelationSpec)>, max_groups: u32) -> Self {
        let mut correlator = Correlator {
            correlations: Vec::new(),
            deadlines: BinaryHeap::new(),
            max_groups: 0,
            now: Time::MIN,
            evicted: 0,
        };
        correlator.configure(specs, max_groups);
        correlator
    }

    /// Replaces the rules. A rule whose key is unchanged keeps its groups. The open findings of
    /// other rules are dropped.
    pub fn configure(&mut self, specs: Vec<(Key, CorrelationSpec)>, max_groups: u32) {
        let mut before = mem::take(&mut self.correlations);
        let correlations = specs.into_iter().map(|(key, spec)| {
            let same = before.iter_mut().find(|correlation| correlation.key == key);
            let groups = same.map(|same| mem::take(&mut same.groups)).unwrap_or_default();
            Correlation { key, spec, groups }
        });
        self.correlations = correlations.collect();
        self.max_groups = max_groups as usize;
        self.collect_deadlines();
    }

    /// Counts an event, and passes each finding that it opens to `on_finding`.
    ///
    /// Events come in order of time. An event that is earlier than the latest one counts at the
    /// latest time. An event without a time does not count if no time is known yet.
    ///
    /// Before that, it passes the findings that have [closed](Correlator::next_closed) by the time
    /// of the event. If memory is full, it closes a finding that the event could not extend.
    pub fn process(&mut self, event: &CorrelationEvent<'_>, on_finding: &mut impl FnMut(Finding)) {
        self.now = self.now.max(event.time);
        if self.now == Time::MIN {
            return;
        }
        while let Some(closed) = self.next_closed(self.now) {
            on_finding(closed);
        }
        let event = CorrelationEvent { time: self.now, ..*event };
        for spec_index in 0..self.correlations.len() {
            self.count(spec_index, &event, on_finding);
        }
    }

    /// Closes the first finding that no event at `time` or later extends: its last event is longer
    /// ago than the timespan, or it opened more than 24 hours ago. `None` if there is none.
    #[inline(never)]
    pub fn next_closed(&mut self, time: Time) -> Option<Finding> {
        while self.next_deadline().is_some_and(|deadline| deadline < time)
            && let Some(Reverse(deadline)) = self.deadlines.pop()
        {
            let Correlation { spec, groups, .. } = &mut self.correlations[deadline.spec_index];
            let Some(Group::Open(finding)) = groups.get(deadline.group) else { continue };
            if finding.queued != deadline.time {
                continue;
            }
            finding.queued = finding.deadline(spec);
            if finding.queued != deadline.time {
                self.deadlines.push(Reverse(Deadline { time: finding.queued, ..deadline }));
            } else if let Some(Group::Open(finding)) = groups.remove(deadline.group) {
                return Some(finding.close(deadline.spec_index, spec));
            }
        }
        None
    }

    /// No finding closes before this time. `None` if no finding is open.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        self.deadlines.peek().map(|Reverse(deadline)| deadline.time)
    }

    /// The number of groups in memory.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.correlations.iter().map(|correlation| correlation.groups.len()).sum()
    }

    /// The number of groups that were evicted because memory was full.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Appends the groups.
    pub fn encode(&self, output: &mut Vec<u8>) {
        self.now.encode(output);
        self.evicted.encode(output);
        (self.correlations.len() as u32).encode(output);
        for correlation in &self.correlations {
            correlation.key.encode(output);
            correlation.groups.encode(output);
        }
    }

    /// A correlator as of [`new`](Correlator::new) with the groups that
    /// [`encode`](Correlator::encode) appended. Groups of other rules are dropped.
    ///
    /// # Errors
    /// [`StateError::Invalid`] if the bytes are not those of a correlator.
    pub fn decode(
        specs: Vec<(Key, CorrelationSpec)>,
        max_groups: u32,
        reader: &mut StateReader<'_>,
    ) -> Result<Self, StateError> {
        let mut correlator = Correlator::new(specs, max_groups);
        (correlator.now, correlator.evicted) = (Time::decode(reader)?, u64::decode(reader)?);
        for _ in 0..u32::decode(reader)? {
            let (key, groups) = (Key::decode(reader)?, ClockCache::decode(reader)?);
            let mut correlations = correlator.correlations.iter_mut();
            if let Some(correlation) = correlations.find(|correlation| correlation.key == key) {
                correlation.groups = groups;
            }
        }
        correlator.collect_deadlines();
        Ok(correlator)
    }

    /// Counts an event for one rule.
    fn count(
        &mut self,
        spec_index: usize,
        event: &CorrelationEvent<'_>,
        on_finding: &mut impl FnMut(Finding),
    ) {
        let correlation = &mut self.correlations[spec_index];
        let Some((key, entry)) = correlation.entry(event) else { return };
        let Correlation { spec, groups, .. } = correlation;
        let opened = if let Some(group) = groups.touch(key) {
            group.add(entry, event, spec)
        } else {
            let mut group = Group::default();
            let opened = group.add(entry, event, spec);
            // A group without entries is not kept: the event began no chain.
            if !group.is_expired(event.time, spec) {
                let evicted = &mut self.evicted;
                let is_expired = |group: &Group| group.is_expired(event.time, spec);
                groups.insert(key, group, self.max_groups, is_expired, |group| {
                    *evicted += 1;
                    if let Group::Open(finding) = group {
                        on_finding(finding.close(spec_index, spec));
                    }
                });
            }
            opened
        };
        if let Some(events) = opened {
            self.watch(spec_index, key);
            let spec = &self.correlations[spec_index].spec;
            on_finding(opened_finding(spec_index, spec, event, events));
        }
    }

    /// Adds the deadline of a group's open finding.
    fn watch(&mut self, spec_index: usize, group: Key) {
        // The deadlines of evicted findings do not accumulate.
        if self.deadlines.len() > 2 * self.groups() {
            self.collect_deadlines();
        } else if let Some(Group::Open(finding)) = self.correlations[spec_index].groups.get(group) {
            let time = finding.queued;
            self.deadlines.push(Reverse(Deadline { time, spec_index, group }));
        }
    }

    /// Finds the deadlines of all open findings.
    fn collect_deadlines(&mut self) {
        self.deadlines.clear();
        for (spec_index, correlation) in self.correlations.iter_mut().enumerate() {
            for (group, value) in correlation.groups.iter_mut() {
                if let Group::Open(finding) = value {
                    let time = finding.deadline(&correlation.spec);
                    finding.queued = time;
                    self.deadlines.push(Reverse(Deadline { time, spec_index, group }));
                }
            }
        }
    }
}

impl Correlation {
    /// The key of the group in which an event counts, and what is kept of it. `None` if it does not
    /// count.
    fn entry(&self, event: &CorrelationEvent<'_>) -> Option<(Key, Entry)> {
        let Correlation { key, spec, .. } = self;
        let is_counted = spec.rules.iter().any(|rule| event.rules.contains(rule));
        if !is_counted || event.rules.contains(key) {
            return None;
        }
        let key = key_of(&spec.group_by, event.identity)?;
        let value = match &spec.condition {
            CorrelationCondition::ValueCount { field, .. } => key_of(&[*field], event.identity)?,
            _ => Key::default(),
        };
        Some((key, Entry { time: event.time, event_id: event.event_id.cloned(), value }))
    }
}

/// The finding that events open, the last of which is `event`.
fn opened_finding(
    spec_index: usize,
    spec: &CorrelationSpec,
    event: &CorrelationEvent<'_>,
    events: Vec<Entry>,
) -> Finding {
    Finding {
        spec_index,
        state: FindingState::Opened,
        identity: event.identity.only(&spec.group_by),
        count: events.len() as u32,
        first_time: events.first().map_or(event.time, |first| first.time),
        last_time: event.time,
        event_ids: events.into_iter().filter_map(|entry| entry.event_id).collect(),
    }
}

/// The key of the values of some fields; `None` if one of them is missing.
fn key_of(fields: &[IdentityField], identity: &Identity) -> Option<Key> {
    let values: Vec<_> = fields.iter().map(|field| counted_value(*field, identity)).collect();
    values.iter().all(Option::is_some).then(|| Key::new(0, &values))
}

/// The value of a field to count by. The name of a host is that of a service, for many users.
fn counted_value(field: IdentityField, identity: &Identity) -> Option<&str> {
    identity.get(field).filter(|text| field != IdentityField::SourceIp || is_address(text))
}
