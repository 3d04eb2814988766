//! Findings that later events extend.

use alloc::vec::Vec;

use sekisho_identity::{EventId, Identity, Key, Time};

use super::finding::{Finding, FindingState};
use super::spec::{CorrelationCondition, CorrelationSpec, THRESHOLD_RANGE};
use super::window::{Entry, Window};
use crate::state::impl_snapshot;

/// A finding closes this long after it opened, so that an attack without end is reported each day.
const MAX_DURATION: Time = 86_400_000;

/// The most different values that are told apart.
const MAX_VALUES: usize = *THRESHOLD_RANGE.end() as usize;

/// A finding that is open. It keeps totals, not its events.
#[derive(Debug, Default)]
pub(super) struct OpenFinding {
    /// The deadline that is queued, which is the last one or an earlier one.
    pub(super) queued: Time,
    /// The values of the fields that the rule groups by.
    identity: Identity,
    first_time: Time,
    /// The time of the event that met the condition.
    opened: Time,
    last_time: Time,
    last_event_id: Option<EventId>,
    matches: u32,
    /// For a value count, the different values, sorted.
    values: Vec<Key>,
    /// For an ordered correlation, the chains that may extend the finding.
    window: Window,
}

impl OpenFinding {
    /// The finding that events open, the last of which is at `opened`.
    pub(super) fn new(
        events: &[Entry],
        identity: Identity,
        opened: Time,
        spec: &CorrelationSpec,
    ) -> Self {
        let mut finding = OpenFinding {
            queued: opened,
            identity,
            first_time: events.first().map_or(opened, |event| event.time),
            opened,
            last_time: opened,
            last_event_id: events.last().and_then(|event| event.event_id.clone()),
            matches: events.len() as u32,
            values: Vec::new(),
            window: Window::default(),
        };
        if is_value_count(spec) {
            events.iter().for_each(|event| finding.add_value(event.value));
        }
        finding.queued = finding.deadline(spec);
        finding
    }

    /// Adds an event, which extends the finding unless the rule is ordered and no chain is complete.
    pub(super) fn add(&mut self, event: Entry, rules: &[Key], spec: &CorrelationSpec) {
        let (time, event_id) = (event.time, event.event_id.clone());
        let matches = match spec.condition {
            CorrelationCondition::TemporalOrdered => {
                let Some(chain) = self.window.add(event, rules, spec) else { return };
                chain.len() as u32
            }
            CorrelationCondition::EventCount { .. } => 1,
            CorrelationCondition::ValueCount { .. } => {
                self.add_value(event.value);
                1
            }
        };
        self.matches = self.matches.saturating_add(matches);
        (self.last_time, self.last_event_id) = (time, event_id);
    }

    fn add_value(&mut self, value: Key) {
        if self.values.len() < MAX_VALUES
            && let Err(index) = self.values.binary_search(&value)
        {
            self.values.insert(index, value);
        }
    }

    /// The last time at which an event can extend it.
    pub(super) fn deadline(&self, spec: &CorrelationSpec) -> Time {
        let silence = Time::from(spec.timespan_seconds) * 1000;
        let latest = self.opened.saturating_add(MAX_DURATION);
        self.last_time.saturating_add(silence).min(latest)
    }

    pub(super) fn close(self, spec_index: usize, spec: &CorrelationSpec) -> Finding {
        let values = is_value_count(spec).then_some(self.values.len() as u32);
        Finding {
            spec_index,
            state: FindingState::Closed { matches: self.matches, values },
            identity: self.identity,
            count: values.unwrap_or(self.matches),
            first_time: self.first_time,
            last_time: self.last_time,
            event_ids: self.last_event_id.into_iter().collect(),
        }
    }
}

fn is_value_count(spec: &CorrelationSpec) -> bool {
    matches!(spec.condition, CorrelationCondition::ValueCount { .. })
}

// The deadline follows from the times and the rule.
impl_snapshot! {
    struct OpenFinding {
        identity,
        first_time,
        opened,
        last_time,
        last_event_id,
        matches,
        values,
        window,
        ..OpenFinding::default()
    }
}
