//! The events that count together.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_identity::Time;

use super::event::CorrelationEvent;
use super::open::OpenFinding;
use super::spec::CorrelationSpec;
use super::window::{Entry, Window};
use crate::state::{Snapshot, StateError, StateReader};

/// Events with the same values of the fields that a rule groups by.
#[derive(Debug)]
pub(super) enum Group {
    /// They do not meet the condition yet.
    Collecting(Window),
    /// They met it. In a box, since few groups do.
    Open(Box<OpenFinding>),
}

impl Default for Group {
    fn default() -> Self {
        Group::Collecting(Window::default())
    }
}

impl Group {
    /// Adds an event. Returns the events of the finding that it opens.
    pub(super) fn add(
        &mut self,
        entry: Entry,
        event: &CorrelationEvent<'_>,
        spec: &CorrelationSpec,
    ) -> Option<Vec<Entry>> {
        match self {
            Group::Collecting(window) => {
                let events = window.add(entry, event.rules, spec)?;
                let identity = event.identity.only(&spec.group_by);
                let finding = OpenFinding::new(&events, identity, event.time, spec);
                *self = Group::Open(Box::new(finding));
                Some(events)
            }
            Group::Open(finding) => {
                finding.add(entry, event.rules, spec);
                None
            }
        }
    }

    /// Whether nothing is lost if it is dropped: all its events are older than the timespan.
    pub(super) fn is_expired(&self, now: Time, spec: &CorrelationSpec) -> bool {
        match self {
            Group::Collecting(window) => window.is_expired(now, spec),
            Group::Open(_) => false,
        }
    }
}

/// States of version 1 have no open findings.
impl Snapshot for Group {
    fn encode(&self, output: &mut Vec<u8>) {
        match self {
            Group::Collecting(window) => {
                false.encode(output);
                window.encode(output);
            }
            Group::Open(finding) => {
                true.encode(output);
                finding.encode(output);
            }
        }
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let is_open = reader.version() > 1 && bool::decode(reader)?;
        Ok(if is_open {
            Group::Open(Box::new(OpenFinding::decode(reader)?))
        } else {
            Group::Collecting(Window::decode(reader)?)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Most groups collect, and there are many.
    #[test]
    fn an_open_finding_costs_other_groups_nothing() {
        assert_eq!(size_of::<Group>(), size_of::<Window>());
    }
}
