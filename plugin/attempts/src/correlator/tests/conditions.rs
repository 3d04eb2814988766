//! What makes a finding.

use alloc::vec;

use super::*;

#[test]
fn the_timespan_is_inclusive() {
    let three = spec(&[1], 60, event_count(3));
    assert_eq!(found(three.clone(), &events_at(&[0, 60, 60])), [["0", "1", "2"]]);
    assert!(found(three.clone(), &events_at(&[0, 60, 61])).is_empty());
    let mut late = events_at(&[0, 60, 60]);
    late[2].time += 1;
    assert!(found(three.clone(), &late).is_empty());
    assert_eq!(found(three, &events_at(&[0, 40, 61, 100])), [["1", "2", "3"]]);
}

#[test]
fn a_finding_opens_once() {
    let three = spec(&[1, 2], 60, event_count(3));
    assert_eq!(found(three.clone(), &events_at(&[0; 9])), [["0", "1", "2"]]);
    assert_eq!(found(spec(&[1], 1, event_count(1)), &events_at(&[0, 0])), [["0"]]);
    let both = [event(0, "a", &[1, 2]), event(0, "b", &[2, 1, 3]), event(0, "c", &[3])];
    assert!(found(three, &both).is_empty(), "an event counts once");
}

#[test]
fn an_event_does_not_count_for_a_correlation_that_it_names() {
    let specs = [0, 1].map(|number| (spec_key(number), spec(&[1], 60, event_count(2))));
    let mut correlator = Correlator::new(specs.into(), 10);
    let mut silenced = event(0, "a", &[1]);
    silenced.rules.push(spec_key(0));
    assert!(process(&mut correlator, &silenced).is_empty());
    let found = process(&mut correlator, &event(1, "b", &[1]));
    assert_eq!(found.iter().map(|finding| finding.spec_index).collect::<Vec<_>>(), [1]);
}

#[test]
fn an_earlier_event_counts_at_the_latest_time() {
    let two = spec(&[1], 60, event_count(2));
    let mut correlator = Correlator::new(vec![(spec_key(0), two)], 10);
    assert!(process(&mut correlator, &event(100, "a", &[])).is_empty());
    assert!(process(&mut correlator, &event(10, "b", &[1])).is_empty());
    let finding = process(&mut correlator, &event(160, "c", &[1])).remove(0);
    assert_eq!((finding.first_time, finding.last_time), (100 * SECOND, 160 * SECOND));
    assert_eq!((finding.spec_index, finding.count), (0, 2));
}

#[test]
fn an_event_without_a_time_counts_once_a_time_is_known() {
    let unknown = |event_id| TestEvent { time: Time::MIN, ..event(0, event_id, &[1]) };
    let events =
        [unknown("a"), unknown("b"), event(5, "c", &[]), unknown("d"), event(65, "e", &[1])];
    assert_eq!(found(spec(&[1], 60, event_count(2)), &events), [["d", "e"]]);
}

#[test]
fn a_value_counts_at_its_latest_event() {
    let event = |seconds, event_id, address| TestEvent {
        identity: identity("anaya", address),
        ..event(seconds, event_id, &[1])
    };
    let events = [
        event(0, "a", Some("192.0.2.1")),
        event(10, "b", Some("192.0.2.2")),
        event(20, "c", None),
        event(30, "d", Some("192.0.2.1")),
        event(70, "e", Some("192.0.2.3")),
        event(70, "f", Some("192.0.2.3")),
    ];
    assert_eq!(found(spec(&[1], 60, value_count(3)), &events), [["b", "d", "e"]]);
    assert!(found(spec(&[1], 59, value_count(3)), &events).is_empty());
    assert_eq!(found(spec(&[1], 60, value_count(1)), &events), [["a"]]);
}

#[test]
fn groups_are_counted_separately() {
    let event = |user, account: Option<_>| TestEvent {
        identity: Identity::new([account, None, Some(user), None, None]),
        ..event(0, user, &[1])
    };
    let mut by_both = spec(&[1], 60, event_count(2));
    by_both.group_by = vec![IdentityField::Account, IdentityField::User];
    let events = [
        event("ab", Some("c")),
        event("a", Some("bc")),
        event("a", None),
        event("a", None),
        event("c", Some("ab")),
        event("a", Some("bc")),
    ];
    assert_eq!(found(by_both.clone(), &events), [["a", "a"]]);
    by_both.group_by.clear();
    assert_eq!(found(by_both, &events), [["ab", "a"]], "all events are one group");
}

#[test]
fn a_host_name_is_not_counted_as_an_address() {
    let by_address = |condition| CorrelationSpec {
        group_by: vec![IdentityField::SourceIp],
        ..spec(&[1], 60, condition)
    };
    for (source, is_counted) in [
        ("192.0.2.10", true),
        ("2001:db8::1", true),
        ("AWS Internal", false),
        ("sso.amazonaws.com", false),
        ("", false),
    ] {
        let event = TestEvent { identity: identity("a", Some(source)), ..event(0, "a", &[1]) };
        let events = [event.clone(), event];
        assert_eq!(found(by_address(event_count(2)), &events).len(), usize::from(is_counted));
        let by_user = spec(&[1], 60, value_count(1));
        assert_eq!(found(by_user, &events).len(), usize::from(is_counted));
    }
}

#[test]
fn a_sequence_is_made_of_the_latest_events() {
    let events = [
        event(0, "a", &[1]),
        event(1, "b", &[2]),
        event(2, "c", &[1]),
        event(3, "d", &[2]),
        event(4, "e", &[1]),
        event(63, "f", &[3]),
        event(64, "g", &[2]),
        event(64, "h", &[3]),
    ];
    let sequence =
        |rules: &[u64], seconds| spec(rules, seconds, CorrelationCondition::TemporalOrdered);
    assert_eq!(found(sequence(&[1, 2, 3], 61), &events), [["c", "d", "f"]]);
    assert_eq!(found(sequence(&[1, 2, 3], 60), &events), [["e", "g", "h"]]);
    assert_eq!(found(sequence(&[1, 1, 1, 3], 63), &events), [["a", "c", "e", "f"]]);
    assert!(found(sequence(&[1, 1, 1, 3], 62), &events).is_empty());
    assert!(found(sequence(&[3, 2, 1], 100), &events).is_empty());
}

#[test]
fn an_event_matches_one_step() {
    let all = |event_id| event(0, event_id, &[1, 2]);
    let sequence = |rules: &[u64]| spec(rules, 60, CorrelationCondition::TemporalOrdered);
    assert_eq!(found(sequence(&[1, 2]), &[all("a"), all("b"), all("c")]), [["a", "b"]]);
    assert_eq!(found(sequence(&[1, 1]), &[all("a"), all("b")]), [["a", "b"]]);
    assert_eq!(found(sequence(&[1, 2, 1]), &[all("a"), all("b"), all("c")]), [["a", "b", "c"]]);
}
