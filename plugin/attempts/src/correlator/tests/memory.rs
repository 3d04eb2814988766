//! Which groups are kept.

use alloc::string::ToString;
use alloc::vec;

use super::*;

#[test]
fn groups_are_evicted_at_the_limit() {
    let mut correlator = Correlator::new(vec![(spec_key(0), spec(&[1], 60, event_count(2)))], 10);
    let event = |seconds, user: u32| TestEvent {
        identity: identity(&user.to_string(), None),
        ..event(seconds, "a", &[1])
    };
    for user in 0..30 {
        assert!(process(&mut correlator, &event(0, user)).is_empty());
    }
    assert_eq!((correlator.groups(), correlator.evicted()), (10, 20));
    for user in 30..60 {
        assert!(process(&mut correlator, &event(61, user)).is_empty());
    }
    // The groups of the first minute had expired, so they do not count as evicted.
    assert_eq!((correlator.groups(), correlator.evicted()), (10, 40));
    assert_eq!(process(&mut correlator, &event(62, 59)).len(), 1);
}

#[test]
fn a_sequence_expires_with_its_first_event() {
    let sequence = spec(&[1, 2, 3], 60, CorrelationCondition::TemporalOrdered);
    let mut correlator = Correlator::new(vec![(spec_key(0), sequence)], 1);
    process(&mut correlator, &event(0, "a", &[1]));
    process(&mut correlator, &event(50, "b", &[2]));
    let other = TestEvent { identity: identity("mateo", None), ..event(61, "c", &[1]) };
    process(&mut correlator, &other);
    assert_eq!((correlator.groups(), correlator.evicted()), (1, 0));
    process(&mut correlator, &event(121, "d", &[1]));
    assert_eq!((correlator.groups(), correlator.evicted()), (1, 1));
}

#[test]
fn empty_groups_are_not_kept() {
    let specs = vec![
        (spec_key(0), spec(&[1, 2], 60, CorrelationCondition::TemporalOrdered)),
        (spec_key(1), spec(&[3], 60, value_count(2))),
    ];
    let mut correlator = Correlator::new(specs, 10);
    assert_eq!(process(&mut correlator, &event(0, "a", &[2, 3])), []);
    assert_eq!(correlator.groups(), 0);
    assert_eq!(process(&mut correlator, &event(0, "a", &[1])), []);
    assert_eq!(correlator.groups(), 1);
}

/// A flood that evicts a group does not take its finding away.
#[test]
fn an_evicted_finding_closes() {
    let mut correlator = Correlator::new(vec![(spec_key(0), spec(&[1], 60, event_count(1)))], 10);
    let event = |user: u32| TestEvent {
        identity: identity(&user.to_string(), None),
        ..event(0, "a", &[1])
    };
    let (mut opened, mut closed) = (0, 0);
    let mut count = |findings: Vec<Finding>| {
        for finding in findings {
            match finding.state {
                FindingState::Opened => opened += 1,
                FindingState::Closed { matches, .. } => {
                    assert_eq!((matches, finding.count), (1, 1));
                    closed += 1;
                }
            }
        }
        (opened, closed)
    };
    for user in 0..30 {
        count(process(&mut correlator, &event(user)));
    }
    assert_eq!((correlator.groups(), correlator.evicted()), (10, 20));
    assert!(correlator.deadlines.len() <= 30);
    assert_eq!(
        count(core::iter::from_fn(|| correlator.next_closed(Time::MAX)).collect()),
        (30, 30)
    );
    assert_eq!((correlator.groups(), correlator.next_deadline()), (0, None));
}

#[test]
fn unchanged_specs_keep_their_groups_and_findings() {
    let one = || spec(&[1], 60, event_count(1));
    let mut correlator = Correlator::new(vec![(spec_key(0), one()), (spec_key(1), one())], 10);
    assert_eq!(process(&mut correlator, &event(0, "a", &[1])).len(), 2);
    correlator.configure(vec![(spec_key(1), one()), (spec_key(2), one())], 10);
    assert_eq!(correlator.deadlines.len(), 1);
    let findings = process(&mut correlator, &event(0, "b", &[1]));
    assert_eq!(findings.iter().map(|finding| finding.spec_index).collect::<Vec<_>>(), [1]);
    let closed: Vec<_> = core::iter::from_fn(|| correlator.next_closed(Time::MAX)).collect();
    let counts: Vec<_> = closed.iter().map(|one| (one.spec_index, one.count)).collect();
    assert_eq!(counts, [(0, 2), (1, 1)]);

    let two = || spec(&[1], 60, event_count(2));
    let mut correlator = Correlator::new(vec![(spec_key(0), two()), (spec_key(1), two())], 10);
    assert!(process(&mut correlator, &event(0, "a", &[1])).is_empty());
    correlator.configure(vec![(spec_key(2), two()), (spec_key(1), two())], 10);
    let findings = process(&mut correlator, &event(0, "b", &[1]));
    assert_eq!(findings.iter().map(|finding| finding.spec_index).collect::<Vec<_>>(), [1]);
}
