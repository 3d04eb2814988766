//! When attempts are told, and what comes too late.

mod stream;

use sekisho_attempts::{AttemptSettings, Emitted};
use sekisho_signin::Outcome;
use stream::{CHECK, FAILURE, LOGIN, START, attempts, flush, record, told, tracker};

#[test]
fn an_attempt_is_told_when_nothing_can_join_it() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    tracker.observe(record(2, 780, 2, LOGIN), None);
    assert_eq!(
        attempts(&mut tracker),
        [],
        "a login may come that is just not late, and just in the window"
    );
    tracker.observe(record(3, 781, 2, LOGIN), None);
    let told = attempts(&mut tracker);
    assert_eq!(told.len(), 1);
    assert!(told[0].conclusion().abandoned_at_mfa);
    assert_eq!(told[0].times, Some((START, START)));
}

#[test]
fn the_latest_login_that_is_not_late_is_paired() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    tracker.observe(record(2, 780, 2, LOGIN), None);
    tracker.observe(record(3, 180, 1, LOGIN), None);
    let told = flush(&mut tracker);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].event_ids.len(), 2);
    assert_eq!(told[0].conclusion().outcome, Outcome::Success);
}

#[test]
fn what_comes_too_late_is_told_at_once() {
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
    assert_eq!(flush(&mut tracker).len(), 2, "the others go on");
}

#[test]
fn what_has_no_time_is_late() {
    let mut tracker = tracker(AttemptSettings::default());
    let mut record = record(1, 0, 1, LOGIN);
    record.time = None;
    record.rules = Box::new([sekisho_attempts::Key::new(7, &[])]);
    tracker.observe(record, None);
    let told = told(&mut tracker);
    assert_eq!(told.len(), 2, "the attempt, and the match of a rule");
    assert!(
        matches!(&told[0], Emitted::Attempt(attempt) if attempt.late && attempt.times.is_none())
    );
    assert!(matches!(&told[1], Emitted::RuleMatch(matched) if matched.time.is_none()));
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

/// The host's clock counts from whenever it likes: only what passes on it counts.
#[test]
fn ticks_move_time_on() {
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
fn a_host_that_slept_does_not_make_everything_late() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), Some(1000));
    tracker.tick(1000 + 7_200_000);
    // What was delivered meanwhile, from the time just after it fell asleep.
    tracker.observe(record(2, 180, 1, LOGIN), Some(1000 + 7_200_001));
    assert_eq!(tracker.counters().late, 0);
    assert_eq!(flush(&mut tracker).len(), 1);
}

#[test]
fn ticks_of_a_host_that_gave_no_time_do_nothing() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, CHECK), None);
    for minute in 0..100 {
        tracker.tick(minute * 60_000);
    }
    assert_eq!(attempts(&mut tracker), []);
}

#[test]
fn the_stream_goes_on_after_a_flush() {
    let mut tracker = tracker(AttemptSettings::default());
    tracker.observe(record(1, 0, 1, FAILURE), None);
    assert_eq!(flush(&mut tracker).len(), 1);
    assert_eq!(flush(&mut tracker), []);
    tracker.observe(record(2, 30, 1, FAILURE), None);
    tracker.observe(record(3, 0, 1, FAILURE), None);
    let told = flush(&mut tracker);
    assert_eq!(told.len(), 2);
    assert!(told[0].late, "what happened before the flush is over");
    assert_eq!((told[1].late, told[1].failures_before()), (false, 1));
}
