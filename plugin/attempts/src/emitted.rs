//! The output of a tracker.

use alloc::boxed::Box;

use sekisho_identity::{EventId, Identity, Key, Time};

use crate::attempt::Attempt;
use crate::observation::Observation;
use crate::state::impl_snapshot;

/// What a tracker emits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emitted {
    /// An attempt that is complete.
    Attempt(Attempt),
    /// A record that correlation rules count.
    RuleMatch(RuleMatch),
}

/// A record that correlation rules count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleMatch {
    /// The record's eventTime; `None` if it is missing or not a valid time.
    pub time: Option<Time>,
    /// The record's eventID.
    pub event_id: Option<EventId>,
    /// Who signed in.
    pub identity: Identity,
    /// The keys of the rules that match the record and that correlation rules refer to.
    pub rules: Box<[Key]>,
}

impl RuleMatch {
    /// Takes the rules of an observation, if it has any.
    #[inline(never)]
    pub(crate) fn take(observation: &mut Observation) -> Option<Self> {
        let rules = core::mem::take(&mut observation.rules);
        if rules.is_empty() {
            return None;
        }
        let Observation { time, event_id, identity, .. } = &*observation;
        Some(RuleMatch {
            time: *time,
            event_id: event_id.clone(),
            identity: identity.clone(),
            rules,
        })
    }
}

impl Emitted {
    /// The time of the last record, if it has one.
    #[must_use]
    pub fn time(&self) -> Option<Time> {
        match self {
            Emitted::Attempt(attempt) => attempt.times.map(|(_, last)| last),
            Emitted::RuleMatch(rule_match) => rule_match.time,
        }
    }

    /// Completes the identity of an output of a state of version 1.
    pub(crate) fn derive_identity(&mut self) {
        match self {
            Emitted::Attempt(attempt) => {
                attempt.identity = attempt.identity.derived(Some(&attempt.last_verdict));
            }
            Emitted::RuleMatch(rule_match) => {
                rule_match.identity = rule_match.identity.derived(None);
            }
        }
    }
}

impl_snapshot! { enum Emitted { Attempt = 0, RuleMatch = 1 } }

impl_snapshot! { struct RuleMatch { time, event_id, identity, rules } }
