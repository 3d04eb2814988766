//! Observations in, attempts out.

use alloc::collections::VecDeque;
use core::mem;

use sekisho_identity::Time;

use crate::attempt::Attempt;
use crate::emitted::{Emitted, RuleMatch};
use crate::observation::Observation;
use crate::pairing::Pairing;
use crate::reorder::ReorderBuffer;
use crate::settings::AttemptSettings;
use crate::state::impl_snapshot;

/// The most records that are kept for each key that may be kept.
pub const MAX_RECORDS_PER_KEY: usize = 4;

/// Pairs the records of a stream into attempts, as `README.md` describes.
///
/// After each call of another method, call [`next_ready`](Tracker::next_ready) until it returns
/// `None`.
///
/// ```
/// use sekisho_attempts::{Emitted, EventId, Identity, Key, Observation, Tracker, parse_time};
/// use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
///
/// let check = Verdict {
///     kind: Kind::MfaCheck,
///     outcome: Outcome::Challenged,
///     reason: None,
///     principal: Principal::IamUser,
///     mfa: Mfa::Pending,
///     user_exists: UserExists::Yes,
/// };
/// let login = Verdict {
///     kind: Kind::ConsoleLogin,
///     outcome: Outcome::Failure,
///     reason: Some(Reason::BadPassword),
///     mfa: Mfa::Unknown,
///     ..check
/// };
/// let observation = |event_id, time: &str, verdict| Observation {
///     time: parse_time(time.as_bytes()),
///     event_id: Some(EventId::new(event_id)),
///     identity: Identity::new([Some("111122223333"), None, Some("anaya"), None, None]),
///     signin: Some((verdict, Key::new(0, &[Some("111122223333"), Some("AIDAEXAMPLE")]))),
///     rules: Box::new([]),
///     user_agents: Box::new([]),
/// };
///
/// let mut tracker = Tracker::default();
/// tracker.observe(observation("first", "2025-03-29T11:10:09Z", check), None);
/// tracker.observe(observation("second", "2025-03-29T11:10:23Z", login), None);
/// assert_eq!(tracker.next_ready(), None, "more records could join the attempt");
///
/// tracker.flush();
/// let Some(Emitted::Attempt(attempt)) = tracker.next_ready() else { panic!("an attempt") };
/// assert_eq!(attempt.event_ids, ["first", "second"].map(EventId::new));
/// let conclusion = attempt.conclusion();
/// assert_eq!(conclusion.outcome, Outcome::Failure);
/// assert_eq!(conclusion.reason, Some(Reason::BadPasswordOrMfa));
/// assert_eq!(tracker.next_ready(), None);
/// ```
#[derive(Debug, Default)]
pub struct Tracker {
    settings: AttemptSettings,
    /// The latest time seen, advanced with the host's clock.
    clock: Option<Time>,
    /// The host's clock when `clock` was last set.
    host_clock: Option<Time>,
    /// The state was restored, and the host's clock is not known since.
    is_restored: bool,
    /// Every observation before this time has been paired.
    paired_until: Time,
    waiting: ReorderBuffer,
    pairing: Pairing,
    /// The output of late observations, which is ready at once.
    late: VecDeque<Emitted>,
    is_flushing: bool,
    /// Nothing was ready, and nothing has changed since.
    is_settled: bool,
    counters: StreamCounters,
}

/// Counts of a stream since its start, and of what it keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounters {
    /// Observations, including duplicates and late ones.
    pub observed: u64,
    /// Attempts emitted.
    pub attempts: u64,
    /// Findings of correlation rules. A tracker leaves it at 0: the owner of the
    /// [`Correlator`](crate::Correlator) counts them.
    pub findings: u64,
    /// Observations dropped as duplicates.
    pub duplicates: u64,
    /// Observations that came too late to be paired.
    pub late: u64,
    /// Keys evicted, and attempts emitted early, because memory was full.
    pub evicted: u64,
    /// Keys in memory.
    pub keys: u64,
    /// Observations in memory.
    pub waiting: u64,
}

impl Tracker {
    /// Changes the settings. The observations in memory stay.
    pub fn configure(&mut self, settings: AttemptSettings) {
        self.settings = settings;
        self.is_settled = false;
    }

    /// Adds an observation. `now` is the host's clock in milliseconds, if it has one.
    pub fn observe(&mut self, observation: Observation, now: Option<Time>) {
        self.counters.observed += 1;
        self.is_settled = false;
        let Some(time) = observation.time else { return self.add_late(observation) };
        if self.clock.is_none_or(|clock| clock < time) {
            self.clock = Some(time);
            self.host_clock = now;
            self.is_restored = false;
        }
        if time < self.paired_until.max(self.watermark()) {
            self.add_late(observation);
        } else if !self.waiting.insert(time, observation) {
            self.counters.duplicates += 1;
        }
    }

    /// Advances the clock by the time that has passed on the host's clock since the clock was last
    /// set, but by no more than lateness and window together: a host that slept may still have
    /// records to deliver.
    ///
    /// The first tick after a state was restored only starts the host's clock.
    pub fn tick(&mut self, now: Time) {
        self.is_settled = false;
        if mem::take(&mut self.is_restored) {
            self.host_clock = Some(now);
        }
        if let Some((clock, host_clock)) = self.clock.as_mut().zip(self.host_clock.as_mut()) {
            let elapsed = now.saturating_sub(*host_clock);
            let AttemptSettings { window_seconds, lateness_seconds, .. } = self.settings;
            let limit = milliseconds(window_seconds) + milliseconds(lateness_seconds);
            *clock = clock.saturating_add(elapsed.clamp(0, limit));
            *host_clock = now;
        }
    }

    /// Makes everything in memory ready, as at the end of the stream.
    pub fn flush(&mut self) {
        self.is_flushing = true;
        self.is_settled = false;
    }

    /// The next output that is ready. Attempts come in order of their last time, but for late ones,
    /// which come at once.
    pub fn next_ready(&mut self) -> Option<Emitted> {
        if self.is_settled { None } else { self.find_ready() }
    }

    // Not inlined: most records are no sign-ins and change nothing, and its stack frame would cost.
    #[inline(never)]
    fn find_ready(&mut self) -> Option<Emitted> {
        let emitted = self.late.pop_front().or_else(|| self.next_in_order());
        self.counters.attempts += u64::from(matches!(emitted, Some(Emitted::Attempt(_))));
        self.is_flushing &= emitted.is_some();
        self.is_settled = emitted.is_none();
        emitted
    }

    /// A time that no output to come is before, but for late ones.
    #[must_use]
    pub fn safe_time(&self) -> Time {
        let unseen = self.paired_until.max(self.watermark());
        let kept = self.waiting.first_time().into_iter().chain(self.pairing.first_time());
        kept.fold(unseen, Time::min)
    }

    /// The counts so far.
    #[must_use]
    pub fn counters(&self) -> StreamCounters {
        StreamCounters {
            evicted: self.pairing.evicted,
            keys: self.pairing.keys() as u64,
            waiting: self.len() as u64,
            ..self.counters
        }
    }

    fn next_in_order(&mut self) -> Option<Emitted> {
        let window = milliseconds(self.settings.window_seconds);
        loop {
            // Observations to come have this time or a later one.
            let until = if self.is_flushing { Time::MAX } else { self.watermark() };
            let due = self.waiting.first_time().filter(|time| *time < until);
            if let Some(emitted) = self.pairing.next_ready(window, due.unwrap_or(until)) {
                return Some(emitted);
            }
            if due.is_none() {
                if self.len() <= self.settings.keys as usize * MAX_RECORDS_PER_KEY {
                    return None;
                }
                if let Some(emitted) = self.pairing.evict_first() {
                    return Some(emitted);
                }
            }
            let (time, observation) = self.waiting.pop_first()?;
            self.paired_until = self.paired_until.max(time.saturating_add(1));
            self.pairing.add(time, observation, window, self.settings.keys as usize);
        }
    }

    fn watermark(&self) -> Time {
        let lateness = milliseconds(self.settings.lateness_seconds);
        self.clock.map_or(Time::MIN, |clock| clock.saturating_sub(lateness))
    }

    /// The number of observations in memory.
    fn len(&self) -> usize {
        self.waiting.len() + self.pairing.queued()
    }

    fn add_late(&mut self, mut observation: Observation) {
        self.counters.late += 1;
        let rule_match = RuleMatch::take(&mut observation);
        if let Some((verdict, key)) = observation.signin {
            let mut attempt = Attempt::start(observation, verdict, key);
            attempt.late = true;
            self.late.push_back(Emitted::Attempt(attempt));
        }
        if let Some(rule_match) = rule_match {
            self.late.push_back(Emitted::RuleMatch(rule_match));
        }
    }
}

fn milliseconds(seconds: u32) -> Time {
    Time::from(seconds) * 1000
}

// The settings and the host's clock are not saved, since another host may continue the stream.
impl_snapshot! {
    struct Tracker {
        clock, paired_until, waiting, pairing, counters,
        ..Tracker { is_restored: true, ..Tracker::default() }
    }
}

// The pairing counts evicted keys. The number of findings is saved by the owner of the correlator.
impl_snapshot! {
    struct StreamCounters { observed, attempts, duplicates, late, ..StreamCounters::default() }
}
