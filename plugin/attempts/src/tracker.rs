//! Observations in, attempts out.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::attempt::Attempt;
use crate::observation::Observation;
use crate::pairing::{Emitted, Pairing, RuleMatch};
use crate::reorder::ReorderBuffer;
use crate::settings::AttemptSettings;
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// For each key that may be remembered, so many records are held.
pub const MAX_RECORDS_PER_KEY: usize = 4;

/// Pairs the records of a stream into attempts, as `README.md` describes it.
///
/// What can be told is to be taken by [`next_ready`](Tracker::next_ready) after each call of another function,
/// until there is nothing more.
#[derive(Debug, Default)]
pub struct Tracker {
    settings: AttemptSettings,
    /// The latest time seen, moved on by the host's.
    clock: Option<Time>,
    /// The host's time when the clock was set.
    host_clock: Option<Time>,
    /// Everything before this time has been taken.
    taken: Time,
    waiting: ReorderBuffer,
    pairing: Pairing,
    /// What came too late, to be told at once.
    late: VecDeque<Emitted>,
    is_flushing: bool,
    counters: StreamCounters,
}

/// What went through a tracker so far, and what it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamCounters {
    /// Observations, duplicates and late ones too.
    pub observed: u64,
    /// Attempts that were told.
    pub attempts: u64,
    /// Findings that were told, by whoever counts.
    pub findings: u64,
    /// Observations that were dropped because they were there already.
    pub duplicates: u64,
    /// Observations that came too late to be paired.
    pub late: u64,
    /// Keys that were forgotten and attempts that were told before their time, for want of memory.
    pub evicted: u64,
    /// Keys that are remembered.
    pub keys: u64,
    /// Observations that are held.
    pub waiting: u64,
}

impl Tracker {
    /// Changes the settings. What is held stays.
    pub fn configure(&mut self, settings: AttemptSettings) {
        self.settings = settings;
    }

    /// Takes in what is known of a record. `now` is the host's clock, if it has one.
    pub fn observe(&mut self, observation: Observation, now: Option<Time>) {
        self.counters.observed += 1;
        let Some(time) = observation.time else { return self.add_late(observation) };
        if self.clock.is_none_or(|clock| clock < time) {
            self.clock = Some(time);
            self.host_clock = now;
        }
        if time < self.taken.max(self.watermark()) {
            self.add_late(observation);
        } else if !self.waiting.add(time, observation) {
            self.counters.duplicates += 1;
        }
    }

    /// Moves the clock on by as much as the host's has since it was set. It moves by lateness and
    /// window at most: a host that slept has records to hand in.
    pub fn tick(&mut self, now: Time) {
        if let Some((clock, host_clock)) = self.clock.as_mut().zip(self.host_clock.as_mut()) {
            let passed = now.saturating_sub(*host_clock);
            let AttemptSettings { window_seconds, lateness_seconds, .. } = self.settings;
            let most = milliseconds(window_seconds) + milliseconds(lateness_seconds);
            *clock = clock.saturating_add(passed.clamp(0, most));
            *host_clock = now;
        }
    }

    /// Lets everything be told: the stream is over.
    pub fn flush(&mut self) {
        self.is_flushing = true;
    }

    /// The next that can be told.
    pub fn next_ready(&mut self) -> Option<Emitted> {
        let told = self.late.pop_front().or_else(|| self.next_in_order());
        self.counters.attempts += u64::from(matches!(told, Some(Emitted::Attempt(_))));
        self.is_flushing &= told.is_some();
        told
    }

    /// What went through, and what is held.
    #[must_use]
    pub fn counters(&self) -> StreamCounters {
        StreamCounters {
            evicted: self.pairing.evicted,
            keys: self.pairing.keys() as u64,
            waiting: self.held() as u64,
            ..self.counters
        }
    }

    fn next_in_order(&mut self) -> Option<Emitted> {
        let window = milliseconds(self.settings.window_seconds);
        loop {
            // Whatever is still to come happened at this time or later.
            let until = if self.is_flushing { Time::MAX } else { self.watermark() };
            let due = self.waiting.first_time().filter(|time| *time < until);
            if let Some(told) = self.pairing.tell(window, due.unwrap_or(until)) {
                return Some(told);
            }
            if due.is_none() {
                if self.held() <= self.settings.keys as usize * MAX_RECORDS_PER_KEY {
                    return None;
                }
                if let Some(told) = self.pairing.tell_early() {
                    return Some(told);
                }
            }
            let (time, observation) = self.waiting.take_first()?;
            self.taken = self.taken.max(time.saturating_add(1));
            self.pairing.take(time, observation, window, self.settings.keys as usize);
        }
    }

    fn watermark(&self) -> Time {
        let lateness = milliseconds(self.settings.lateness_seconds);
        self.clock.map_or(Time::MIN, |clock| clock.saturating_sub(lateness))
    }

    fn held(&self) -> usize {
        self.waiting.len() + self.pairing.held()
    }

    /// Tells an observation as an attempt of its own.
    fn add_late(&mut self, mut observation: Observation) {
        self.counters.late += 1;
        if let Some((verdict, key)) = observation.signin {
            let mut attempt = Attempt::begin(&observation, verdict, key);
            attempt.late = true;
            self.late.push_back(Emitted::Attempt(attempt));
        }
        if !observation.rules.is_empty() {
            let rules = core::mem::take(&mut observation.rules);
            let Observation { time, event_id, identity, .. } = observation;
            self.late.push_back(Emitted::RuleMatch(RuleMatch { time, event_id, identity, rules }));
        }
    }
}

fn milliseconds(seconds: u32) -> Time {
    Time::from(seconds) * 1000
}

/// Settings and the host's clock are not stored: it may be another host that goes on.
impl Snapshot for Tracker {
    fn encode(&self, to: &mut Vec<u8>) {
        self.clock.encode(to);
        self.taken.encode(to);
        self.waiting.encode(to);
        self.pairing.encode(to);
        let StreamCounters { observed, attempts, duplicates, late, .. } = self.counters;
        [observed, attempts, duplicates, late].iter().for_each(|count| count.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Tracker {
            clock: Option::decode(from)?,
            taken: Time::decode(from)?,
            waiting: ReorderBuffer::decode(from)?,
            pairing: Pairing::decode(from)?,
            counters: StreamCounters {
                observed: u64::decode(from)?,
                attempts: u64::decode(from)?,
                duplicates: u64::decode(from)?,
                late: u64::decode(from)?,
                ..StreamCounters::default()
            },
            ..Tracker::default()
        })
    }
}
