//! Tests of correlations.

mod conditions;
mod lifecycle;
mod memory;
mod oracle;

use alloc::string::{String, ToString};
use alloc::vec;

use sekisho_identity::EventId;

use super::*;

const SECOND: Time = 1000;

fn rule(number: u64) -> Key {
    Key::new(number, &[])
}

fn spec_key(number: u64) -> Key {
    Key::new(100 + number, &[])
}

fn spec(rules: &[u64], timespan_seconds: u32, condition: CorrelationCondition) -> CorrelationSpec {
    CorrelationSpec {
        rules: rules.iter().copied().map(rule).collect(),
        group_by: vec![IdentityField::User],
        timespan_seconds,
        condition,
    }
}

fn event_count(threshold: u32) -> CorrelationCondition {
    CorrelationCondition::EventCount { threshold }
}

fn value_count(threshold: u32) -> CorrelationCondition {
    CorrelationCondition::ValueCount { field: IdentityField::SourceIp, threshold }
}

/// A [`CorrelationEvent`] that owns its values.
#[derive(Clone, Debug)]
struct TestEvent {
    time: Time,
    event_id: Option<EventId>,
    identity: Identity,
    rules: Vec<Key>,
}

fn identity(user: &str, source_ip: Option<&str>) -> Identity {
    Identity::new([None, None, Some(user), source_ip, None])
}

/// An event of one user.
fn event(seconds: Time, event_id: &str, rules: &[u64]) -> TestEvent {
    TestEvent {
        time: seconds * SECOND,
        event_id: Some(EventId::new(event_id)),
        identity: identity("anaya", None),
        rules: rules.iter().copied().map(rule).collect(),
    }
}

fn process(correlator: &mut Correlator, event: &TestEvent) -> Vec<Finding> {
    let TestEvent { time, event_id, identity, rules } = event;
    let mut found = Vec::new();
    let event = CorrelationEvent { time: *time, event_id: event_id.as_ref(), identity, rules };
    correlator.process(&event, &mut |finding| found.push(finding));
    found
}

/// The eventIDs of each finding that these events open.
fn found(spec: CorrelationSpec, events: &[TestEvent]) -> Vec<Vec<String>> {
    let mut correlator = Correlator::new(vec![(spec_key(0), spec)], 10);
    let findings = events.iter().flat_map(|event| process(&mut correlator, event));
    let opened = findings.filter(|finding| finding.state == FindingState::Opened);
    opened.map(|finding| finding.event_ids.iter().map(ToString::to_string).collect()).collect()
}

/// Events of rule 1 at these seconds. The index of each is its eventID.
fn events_at(seconds: &[Time]) -> Vec<TestEvent> {
    let event = |(index, seconds): (usize, &Time)| event(*seconds, &index.to_string(), &[1]);
    seconds.iter().enumerate().map(event).collect()
}
