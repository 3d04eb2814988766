//! The findings of correlation rules.

use alloc::vec::Vec;

use sekisho_identity::{EventId, Identity, Time};

/// Events that meet the condition of a correlation rule: when they do so first, and when no more
/// events extend the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The index of the correlation rule.
    pub spec_index: usize,
    /// Whether the finding opens or closes.
    pub state: FindingState,
    /// The values of the fields that the rule groups by, and no others.
    pub identity: Identity,
    /// The number of events in the finding; for a value count, the number of different values. If
    /// several events have the same value, or several fit a step, the latest is in the finding.
    pub count: u32,
    /// The time of the first event.
    pub first_time: Time,
    /// The time of the last event.
    pub last_time: Time,
    /// When it opens, the eventIDs of the events that have one, in order of time; when it closes,
    /// that of the last event.
    pub event_ids: Vec<EventId>,
}

/// Whether a finding opens or closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingState {
    /// The condition is met. Later events extend the finding.
    Opened,
    /// The finding is complete.
    #[non_exhaustive]
    Closed {
        /// The number of events when it opened, and of those that extended it.
        matches: u32,
        /// For a value count, the number of different values, at most 1000.
        values: Option<u32>,
    },
}
