//! What a correlation rule counts.

use sekisho_identity::{EventId, Identity, Key, Time};

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
