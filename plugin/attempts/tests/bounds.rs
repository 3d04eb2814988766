//! Memory is bounded, and no record is lost.

mod stream;

use std::collections::BTreeMap;

use sekisho_attempts::{
    Attempt, AttemptSettings, EventId, Identity, MAX_RECORDS_PER_KEY, Observation, Tracker,
};
use sekisho_signin::{Kind, Principal, Verdict};
use stream::{CHECK, FAILURE, LOGIN, attempts, flush, record, tracker};

const FEW: AttemptSettings =
    AttemptSettings { window_seconds: 180, lateness_seconds: 600, keys: 50 };

/// Counts how often each eventID is emitted.
#[derive(Default)]
struct Ids(BTreeMap<EventId, usize>);

impl Ids {
    fn add(&mut self, attempts: &[Attempt]) {
        for event_id in attempts.iter().flat_map(|attempt| &attempt.event_ids) {
            *self.0.entry(event_id.clone()).or_default() += 1;
        }
    }

    /// Checks that each of the records was emitted once.
    fn check(&self, records: u64) {
        assert_eq!(self.0.len() as u64, records);
        assert!(self.0.values().all(|count| *count == 1));
    }
}

fn check_bounds(tracker: &Tracker) {
    let counters = tracker.counters();
    assert!(counters.keys <= u64::from(FEW.keys), "{counters:?}");
    assert!(counters.waiting <= u64::from(FEW.keys) * MAX_RECORDS_PER_KEY as u64, "{counters:?}");
}

/// Records within memory and beyond it: no output in order is before an earlier safe time, which
/// follows the records.
#[test]
fn no_output_is_before_the_safe_time() {
    for keys in [3, 10_000] {
        let mut random = fastrand::Rng::with_seed(6);
        let mut tracker = tracker(AttemptSettings { keys, ..FEW });
        let mut safe_time = tracker.safe_time();
        for number in 0..5_000 {
            let second = (number / 5) as i64 - random.i64(0..630);
            let verdict = [CHECK, LOGIN, FAILURE][random.usize(..3)];
            tracker.observe(record(number, second, random.u64(..50), verdict), None);
            if number == 4_999 {
                tracker.flush();
            }
            for attempt in attempts(&mut tracker).iter().filter(|attempt| !attempt.late) {
                assert!(attempt.times.is_some_and(|(_, last)| last >= safe_time), "{attempt:?}");
            }
            assert!(tracker.safe_time() >= safe_time);
            safe_time = tracker.safe_time();
        }
        assert!(safe_time > stream::START);
    }
}

#[test]
fn every_record_of_a_flood_is_emitted_once() {
    const RECORDS: u64 = 20_000;
    let mut random = fastrand::Rng::with_seed(5);
    let mut tracker = tracker(FEW);
    let mut event_ids = Ids::default();
    for number in 0..RECORDS {
        let second = (number / 100) as i64 - random.i64(0..30);
        let verdict = [CHECK, LOGIN, FAILURE][random.usize(..3)];
        tracker.observe(record(number, second, random.u64(..500), verdict), None);
        event_ids.add(&attempts(&mut tracker));
        check_bounds(&tracker);
    }
    event_ids.add(&flush(&mut tracker));
    event_ids.check(RECORDS);
    let counters = tracker.counters();
    assert!(counters.evicted > 0 && counters.late > 0, "{counters:?}");
    assert_eq!(counters.observed, RECORDS);
}

/// Each sign-in to Identity Center takes a key for the console sign-ins that may follow it.
#[test]
fn remembered_portal_signins_are_bounded() {
    const RECORDS: u64 = 5_000;
    let portal = Verdict {
        kind: Kind::IdcAuthentication,
        principal: Principal::IdentityCenterUser,
        ..LOGIN
    };
    let console = Verdict { principal: Principal::SsoRole, ..LOGIN };
    let signin = |number: u64, user: u64, verdict| {
        let user = format!("user-{user}");
        let values = [None, None, Some(&*user), Some("192.0.2.10"), Some(&*user)];
        let record = record(number, number as i64, number, verdict);
        Observation { identity: Identity::new(values), ..record }
    };
    let mut tracker = tracker(FEW);
    let mut emitted = Vec::new();
    for number in 0..RECORDS {
        let (user, verdict) =
            if number % 2 == 0 { (number, portal) } else { (number - 1, console) };
        tracker.observe(signin(number, user, verdict), None);
        emitted.extend(attempts(&mut tracker));
        check_bounds(&tracker);
    }
    emitted.extend(flush(&mut tracker));
    for (portal, console) in emitted.iter().zip(&emitted[1..]).step_by(2) {
        assert_eq!(portal.follows, None);
        assert_eq!(console.follows.as_deref(), portal.event_ids.last());
    }
    assert_eq!(emitted.len() as u64, RECORDS);
}

#[test]
fn one_key_cannot_exceed_the_limit() {
    const RECORDS: u64 = 5_000;
    let mut tracker = tracker(FEW);
    let mut event_ids = Ids::default();
    for number in 0..RECORDS {
        tracker.observe(record(number, 0, 1, CHECK), None);
        event_ids.add(&attempts(&mut tracker));
        check_bounds(&tracker);
    }
    event_ids.add(&flush(&mut tracker));
    event_ids.check(RECORDS);
}

#[test]
fn a_flood_of_new_keys_does_not_evict_a_key_in_use() {
    let mut tracker = tracker(FEW);
    let mut number = 0;
    let mut next = || {
        number += 1;
        number
    };
    // A user who fails three times.
    for second in 0..3 {
        tracker.observe(record(next(), second, 0, FAILURE), None);
    }
    // Then twice as many new keys as there is room for, one a second.
    for user in 1..=100 {
        tracker.observe(record(next(), 2 + user as i64, user, FAILURE), None);
    }
    tracker.observe(record(next(), 110, 0, LOGIN), None);
    let attempts = flush(&mut tracker);
    assert!(tracker.counters().evicted >= 50);
    assert_eq!(attempts.last().map(Attempt::failures_before), Some(3));
}

#[test]
fn the_attempt_of_an_evicted_key_is_emitted() {
    let mut tracker = tracker(AttemptSettings { keys: 1, ..FEW });
    tracker.observe(record(1, 0, 1, CHECK), None);
    tracker.observe(record(2, 1, 2, CHECK), None);
    tracker.observe(record(3, 2, 1, LOGIN), None);
    let attempts = flush(&mut tracker);
    assert_eq!(attempts.len(), 3, "the records are not paired, but none is lost");
    assert!(attempts[0].evicted && !attempts[0].conclusion().abandoned_at_mfa);
    assert!(!attempts[1].evicted && attempts[1].conclusion().abandoned_at_mfa);
}

#[test]
fn failures_before_is_bounded() {
    let mut tracker = tracker(AttemptSettings::default());
    for number in 0..300 {
        tracker.observe(record(number, number as i64, 1, FAILURE), None);
    }
    let attempts = flush(&mut tracker);
    assert_eq!(attempts[100].failures_before(), 100);
    assert_eq!(attempts[299].failures_before(), 100);
}
