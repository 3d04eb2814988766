//! When findings close, and their totals.

use alloc::vec;

use super::*;

const HOUR: Time = 3600;

/// The seconds of the last event, the count, matches and values of each finding that is closed,
/// if these events are followed by the end of the stream.
fn closed(spec: CorrelationSpec, events: &[TestEvent]) -> Vec<(Time, u32, u32, Option<u32>)> {
    let mut correlator = Correlator::new(vec![(spec_key(0), spec)], 10);
    let mut findings: Vec<_> =
        events.iter().flat_map(|event| process(&mut correlator, event)).collect();
    findings.extend(core::iter::from_fn(|| correlator.next_closed(Time::MAX)));
    let totals = |finding: Finding| match finding.state {
        FindingState::Opened => None,
        FindingState::Closed { matches, values } => {
            Some((finding.last_time / SECOND, finding.count, matches, values))
        }
    };
    findings.into_iter().filter_map(totals).collect()
}

#[test]
fn the_timespan_without_events_closes_a_finding() {
    let three = spec(&[1], 60, event_count(3));
    let attack = [0, 1, 2, 62, 100, 160];
    assert_eq!(closed(three.clone(), &events_at(&attack)), [(160, 6, 6, None)]);
    let two_attacks = [0, 1, 2, 62, 123, 123, 123, 124];
    assert_eq!(
        closed(three.clone(), &events_at(&two_attacks)),
        [(62, 4, 4, None), (124, 4, 4, None)]
    );
    let mut late = events_at(&[0, 1, 2, 62]);
    late[3].time += 1;
    assert_eq!(closed(three, &late), [(2, 3, 3, None)]);
}

#[test]
fn a_finding_closes_a_day_after_it_opened() {
    let two = spec(&[1], 86_400, event_count(2));
    let hours: Vec<Time> = (0..=30).map(|hour| hour * HOUR).collect();
    // It opens after an hour, so the 26th event is the first of the next finding.
    let expected = [(25 * HOUR, 26, 26, None), (30 * HOUR, 5, 5, None)];
    assert_eq!(closed(two, &events_at(&hours)), expected);
}

#[test]
fn values_are_told_apart_up_to_a_thousand() {
    let mut events = events_at(&[0; 2500]);
    for (number, event) in events.iter_mut().enumerate() {
        let address = alloc::format!("192.0.{}.{}", number % 1200 / 100, number % 100);
        event.identity = identity("anaya", Some(&address));
    }
    let three = spec(&[1], 60, value_count(3));
    assert_eq!(closed(three.clone(), &events[..1000]), [(0, 1000, 1000, Some(1000))]);
    assert_eq!(closed(three.clone(), &events[..900]), [(0, 900, 900, Some(900))]);
    assert_eq!(closed(three, &events), [(0, 1000, 2500, Some(1000))]);
}

#[test]
fn an_event_without_the_value_extends_no_value_count() {
    let mut events = events_at(&[0, 30, 61]);
    events[0].identity = identity("anaya", Some("192.0.2.1"));
    events[2].identity = identity("anaya", Some("192.0.2.1"));
    assert_eq!(
        closed(spec(&[1], 60, value_count(1)), &events),
        [(0, 1, 1, Some(1)), (61, 1, 1, Some(1))]
    );
}

#[test]
fn a_complete_sequence_extends_a_finding() {
    let sequence = spec(&[1, 2], 60, CorrelationCondition::TemporalOrdered);
    let events = [
        event(0, "a", &[1]),
        event(1, "b", &[2]),
        event(30, "c", &[1]),
        event(50, "d", &[2]),
        event(100, "e", &[2]),
        event(110, "f", &[1]),
        // The first event is forgotten with the finding that closes before this one.
        event(111, "g", &[2]),
        event(112, "h", &[1]),
        event(113, "i", &[2]),
    ];
    assert_eq!(closed(sequence, &events), [(50, 4, 4, None), (113, 2, 2, None)]);
}

#[test]
fn findings_close_in_order_of_deadline_rule_and_group() {
    let one = |seconds| spec(&[1], seconds, event_count(1));
    let specs = vec![(spec_key(0), one(60)), (spec_key(1), one(59)), (spec_key(2), one(60))];
    let mut correlator = Correlator::new(specs, 10);
    for user in ["a", "b", "c"] {
        let event = TestEvent { identity: identity(user, None), ..event(0, "a", &[1]) };
        assert_eq!(process(&mut correlator, &event).len(), 3);
    }
    assert_eq!(correlator.next_closed(59 * SECOND), None);
    let mut state = Vec::new();
    correlator.encode(&mut state);
    let closed: Vec<_> = core::iter::from_fn(|| correlator.next_closed(60 * SECOND + 1)).collect();
    let rules: Vec<_> = closed.iter().map(|finding| finding.spec_index).collect();
    assert_eq!(rules, [1, 1, 1, 0, 0, 0, 2, 2, 2]);
    assert_eq!(closed[3].identity, closed[6].identity, "groups are in one order");

    let specs = vec![(spec_key(0), one(60)), (spec_key(1), one(59)), (spec_key(2), one(60))];
    let mut correlator = Correlator::decode(specs, 10, &mut StateReader::new(&state)).unwrap();
    let again: Vec<_> = core::iter::from_fn(|| correlator.next_closed(60 * SECOND + 1)).collect();
    assert_eq!(again, closed);
}

#[test]
fn a_closed_finding_names_its_group_and_last_event() {
    let mut correlator = Correlator::new(vec![(spec_key(0), spec(&[1], 60, event_count(1)))], 10);
    for (seconds, event_id) in [(0, "a"), (1, "b")] {
        let all = [Some("111122223333"), None, Some("anaya"), Some("192.0.2.1"), Some("anaya")];
        let event = TestEvent { identity: Identity::new(all), ..event(seconds, event_id, &[1]) };
        process(&mut correlator, &event);
    }
    let closed = correlator.next_closed(Time::MAX).unwrap();
    assert_eq!(closed.identity, identity("anaya", None));
    assert_eq!(closed.event_ids, [EventId::new("b")]);
    assert_eq!((closed.first_time, closed.last_time), (0, SECOND));
}
