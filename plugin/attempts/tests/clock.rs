//! When attempts are emitted, and which records come too late.

mod stream;

use sekisho_attempts::{AttemptSettings, Emitted};
use sekisho_signin::Outcome;
use stream::{CHECK, FAILURE, LOGIN, START, attempts, flush, ready, record, tracker};

#[test]
fn an_attempt_is_emitted_once_no_record_can_join_it() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    tracker.observe(record(2, 780, 2, LOGIN), None);
    assert_eq!(
        attempts(&mut tracker),
        [],
        "a login could still come that is within lateness and window"
    );
    tracker.observe(record(3, 781, 2, LOGIN), None);
    let attempts = attempts(&mut tracker);
    assert_eq!(attempts.len(), 1);
    assert!(attempts[0].conclusion().abandoned_at_mfa);
    assert_eq!(attempts[0].times, Some((START, START)));
}

#[test]
fn a_login_within_lateness_and_window_is_paired() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    tracker.observe(record(2, 780, 2, LOGIN), None);
    tracker.observe(record(3, 180, 1, LOGIN), None);
    let attempts = flush(&mut tracker);
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].event_ids.len(), 2);
    assert_eq!(attempts[0].conclusion().outcome, Outcome::Success);
}

#[test]
fn a_late_record_is_emitted_at_once() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    tracker.observe(record(2, 601, 2, LOGIN), None);
    tracker.observe(record(3, 0, 1, FAILURE), None);
    tracker.observe(record(4, 0, 3, CHECK), None);
    let late = attempts(&mut tracker);
    assert_eq!(late.len(), 2);
    assert!(late.iter().all(|attempt| attempt.late && attempt.event_ids.len() == 1));
    assert_eq!(late[0].conclusion().outcome, Outcome::Failure);
    let check = late[1].conclusion();
    assert_eq!((check.outcome, check.abandoned_at_mfa), (Outcome::Unknown, false));
    assert_eq!(tracker.counters().late, 2);
    assert_eq!(flush(&mut tracker).len(), 2, "the others are not affected");
}

#[test]
fn a_record_without_a_time_is_late() {
    let mut tracker = tracker(AttemptSettings::default());
    let mut record = record(1, 0, 1, LOGIN);
    record.time = None;
    record.rules = Box::new([sekisho_attempts::Key::new(7, &[])]);
    tracker.observe(record, None);
    let emitted = ready(&mut tracker);
    assert_eq!(emitted.len(), 2, "the attempt, and the match of a rule");
    assert!(
        matches!(&emitted[0], Emitted::Attempt(attempt) if attempt.late && attempt.times.is_none())
    );
    assert!(matches!(&emitted[1], Emitted::RuleMatch(rule_match) if rule_match.time.is_none()));
}

#[test]
fn a_duplicate_is_dropped() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, FAILURE), None);
    tracker.observe(record(1, 0, 1, FAILURE), None);
    tracker.observe(record(2, 0, 1, FAILURE), None);
    assert_eq!(tracker.counters().duplicates, 1);
    assert_eq!(flush(&mut tracker).len(), 2);
}

/// Only the differences of the host's clock matter: it may start at any time.
#[test]
fn ticks_advance_the_clock() {
    for (host_clock, steps) in [(5, 781), (1_900_000_000_000, 781)] {
        let mut tracker = tracker(AttemptSettings::default());
        tracker.tick(host_clock);
        tracker.observe(record(1, 0, 1, CHECK), Some(host_clock));
        for step in 1..steps {
            tracker.tick(host_clock + step * 1000);
            assert_eq!(attempts(&mut tracker), [], "after {step} s");
        }
        tracker.tick(host_clock + steps * 1000);
        assert_eq!(attempts(&mut tracker).len(), 1);
        tracker.tick(0);
        assert_eq!(tracker.counters().waiting, 0);
    }
}

#[test]
fn records_are_not_late_after_a_host_slept() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), Some(1000));
    tracker.tick(1000 + 7_200_000);
    // A record that was delivered meanwhile, from shortly after the host fell asleep.
    tracker.observe(record(2, 180, 1, LOGIN), Some(1000 + 7_200_001));
    assert_eq!(tracker.counters().late, 0);
    assert_eq!(flush(&mut tracker).len(), 1);
}

#[test]
fn ticks_have_no_effect_without_a_host_clock() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    for minute in 0..100 {
        tracker.tick(minute * 60_000);
    }
    assert_eq!(attempts(&mut tracker), []);
}

#[test]
fn the_stream_can_continue_after_a_flush() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, FAILURE), None);
    assert_eq!(flush(&mut tracker).len(), 1);
    assert_eq!(flush(&mut tracker), []);
    tracker.observe(record(2, 30, 1, FAILURE), None);
    tracker.observe(record(3, 0, 1, FAILURE), None);
    let attempts = flush(&mut tracker);
    assert_eq!(attempts.len(), 2);
    assert!(attempts[0].late, "records from before the flush are late");
    assert_eq!((attempts[1].late, attempts[1].failures_before()), (false, 1));
}
