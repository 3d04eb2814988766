//! Correlation rules: events of the same group that occur within a timespan make a finding.

mod group;
mod spec;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::mem;

use sekisho_rules::is_address;

use self::group::{Entry, Group};
pub use self::spec::{
    CorrelationCondition, CorrelationSpec, SEQUENCE_LENGTH_RANGE, THRESHOLD_RANGE,
    TIMESPAN_SECONDS_RANGE,
};
use crate::clock_cache::ClockCache;
use crate::event_id::EventId;
use crate::identity::{Identity, IdentityField};
use crate::key::Key;
use crate::state::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// An event to count: a record or an attempt.
#[derive(Clone, Copy, Debug)]
pub struct CorrelationEvent<'a> {
    /// The time of the event; `Time::MIN` if it is not known.
    pub time: Time,
    /// The eventID of the event in a finding.
    pub event_id: Option<&'a EventId>,
    /// Who signed in.
    pub identity: &'a Identity,
    /// The keys of the rules that match the event. It counts once for a correlation rule, no matter
    /// how many of that rule's rules match. It does not count for a correlation rule whose own key
    /// is among them.
    pub rules: &'a [Key],
}

/// The events that met the condition of a correlation rule. They are consumed: the next finding of
/// the same group is made of later events only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The index of the correlation rule.
    pub spec_index: usize,
    /// The number of events in the finding. If several have the same value, or several fit a step,
    /// the latest is in the finding.
    pub count: u32,
    /// The time of the first event.
    pub first_time: Time,
    /// The time of the last event.
    pub last_time: Time,
    /// The eventIDs of the events that have one, in order of time.
    pub event_ids: Vec<EventId>,
}

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
/// ```
#[derive(Debug)]
pub struct Correlator {
    correlations: Vec<Correlation>,
    /// The most groups of each correlation rule.
    max_groups: usize,
    /// The latest time of an event.
    now: Time,
    evicted: u64,
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
        let mut correlator =
            Correlator { correlations: Vec::new(), max_groups: 0, now: Time::MIN, evicted: 0 };
        correlator.configure(specs, max_groups);
        correlator
    }

    /// Replaces the rules. A rule whose key is unchanged keeps its groups.
    pub fn configure(&mut self, specs: Vec<(Key, CorrelationSpec)>, max_groups: u32) {
        let mut before = mem::take(&mut self.correlations);
        let correlations = specs.into_iter().map(|(key, spec)| {
            let same = before.iter_mut().find(|correlation| correlation.key == key);
            let groups = same.map(|same| mem::take(&mut same.groups)).unwrap_or_default();
            Correlation { key, spec, groups }
        });
        self.correlations = correlations.collect();
        self.max_groups = max_groups as usize;
    }

    /// Counts an event, and passes each finding that it completes to `on_finding`.
    ///
    /// Events come in order of time. An event that is earlier than the latest one counts at the
    /// latest time. An event without a time does not count if no time is known yet.
    pub fn process(&mut self, event: &CorrelationEvent<'_>, on_finding: &mut impl FnMut(Finding)) {
        self.now = self.now.max(event.time);
        if self.now == Time::MIN {
            return;
        }
        let event = CorrelationEvent { time: self.now, ..*event };
        for (spec_index, correlation) in self.correlations.iter_mut().enumerate() {
            let completed = correlation.add(&event, self.max_groups, &mut self.evicted);
            let Some(entries) = completed else { continue };
            let times = entries.first().zip(entries.last());
            let (first_time, last_time) =
                times.map_or((event.time, event.time), |(first, last)| (first.time, last.time));
            let count = entries.len() as u32;
            let event_ids = entries.into_iter().filter_map(|entry| entry.event_id).collect();
            on_finding(Finding { spec_index, count, first_time, last_time, event_ids });
        }
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
        Ok(correlator)
    }
}

impl Correlation {
    /// Counts an event. Returns the events of the finding that it completes.
    fn add(
        &mut self,
        event: &CorrelationEvent<'_>,
        max_groups: usize,
        evicted: &mut u64,
    ) -> Option<Vec<Entry>> {
        let spec = &self.spec;
        let is_counted = spec.rules.iter().any(|rule| event.rules.contains(rule));
        if !is_counted || event.rules.contains(&self.key) {
            return None;
        }
        let key = key_of(&spec.group_by, event.identity)?;
        let value = match &spec.condition {
            CorrelationCondition::ValueCount { field, .. } => key_of(&[*field], event.identity)?,
            _ => Key::default(),
        };
        let entry = Entry { time: event.time, event_id: event.event_id.cloned(), value };
        if let Some(group) = self.groups.touch(key) {
            return group.add(entry, event.rules, spec);
        }
        let mut group = Group::default();
        let completed = group.add(entry, event.rules, spec);
        // A group without entries is not kept: the event began no chain, or completed a finding.
        if !group.is_expired(event.time, spec) {
            let is_expired = |group: &Group| group.is_expired(event.time, spec);
            self.groups.insert(key, group, max_groups, is_expired, |_| *evicted += 1);
        }
        completed
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
