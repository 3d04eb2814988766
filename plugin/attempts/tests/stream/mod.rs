//! Observations for tests, and the output of a tracker.
#![allow(dead_code, reason = "each test uses only some of these")]

use sekisho_attempts::{
    Attempt, AttemptSettings, Emitted, EventId, Identity, Key, Observation, Time, Tracker,
};
use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// The start of each test's event time.
pub(crate) const START: Time = 1_743_246_000_000;

pub(crate) const CHECK: Verdict = Verdict {
    kind: Kind::MfaCheck,
    outcome: Outcome::Challenged,
    reason: None,
    principal: Principal::IamUser,
    mfa: Mfa::Pending,
    user_exists: UserExists::Yes,
};

pub(crate) const LOGIN: Verdict =
    Verdict { kind: Kind::ConsoleLogin, outcome: Outcome::Success, mfa: Mfa::Used, ..CHECK };

pub(crate) const FAILURE: Verdict = Verdict {
    outcome: Outcome::Failure,
    reason: Some(Reason::BadPassword),
    mfa: Mfa::NotUsed,
    ..LOGIN
};

/// A record `second` seconds after the start, whose eventID is made of its number.
pub(crate) fn record(number: u64, second: i64, user: u64, verdict: Verdict) -> Observation {
    let user = format!("user-{user}");
    Observation {
        time: Some(START + second * 1000),
        event_id: Some(EventId::new(&format!("{number:08x}-0000-4000-8000-000000000000"))),
        identity: Identity::new([
            Some("111122223333"),
            Some(&user),
            None,
            Some("192.0.2.10"),
            Some(&user),
        ]),
        signin: Some((verdict, Key::new(0, &[Some(&user)]))),
        rules: Box::default(),
        user_agents: Box::default(),
    }
}

pub(crate) fn tracker(settings: AttemptSettings) -> Tracker {
    let mut tracker = Tracker::default();
    tracker.configure(settings);
    tracker
}

/// The output that is ready.
pub(crate) fn ready(tracker: &mut Tracker) -> Vec<Emitted> {
    std::iter::from_fn(|| tracker.next_ready()).collect()
}

/// The attempts that are ready.
pub(crate) fn attempts(tracker: &mut Tracker) -> Vec<Attempt> {
    let attempt = |emitted| match emitted {
        Emitted::Attempt(attempt) => Some(attempt),
        Emitted::RuleMatch(_) => None,
    };
    ready(tracker).into_iter().filter_map(attempt).collect()
}

/// All attempts, as at the end of the stream.
pub(crate) fn flush(tracker: &mut Tracker) -> Vec<Attempt> {
    tracker.flush();
    attempts(tracker)
}
