//! Which observations belong together.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use sekisho_signin::{Kind, Outcome, Verdict};

use crate::attempt::Attempt;
use crate::clock_cache::ClockCache;
use crate::event_id::EventId;
use crate::identity::Identity;
use crate::key::Key;
use crate::observation::{Observation, Part};
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// Failures count for so long, in milliseconds.
const HOUR: Time = 3_600_000;

/// So many failures of a key are remembered.
const MAX_FAILURES: usize = 100;

/// What is told of observations, in order of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emitted {
    /// An attempt that nothing can join any more.
    Attempt(Attempt),
    /// A record that counted rules ask for.
    RuleMatch(RuleMatch),
}

/// A record that counted rules ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleMatch {
    /// Its eventTime.
    pub time: Option<Time>,
    /// Its eventID.
    pub event_id: Option<EventId>,
    /// Who it was.
    pub identity: Identity,
    /// The keys of the rules that match it and that counted rules ask for.
    pub rules: Box<[Key]>,
}

/// The time of something's last record, and which one it is of those begun.
type Place = (Time, u64);

/// Takes observations in order of time and finds what they are part of.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    /// What is to be told.
    queue: BTreeMap<Place, Emitted>,
    keys: ClockCache<KeyState>,
    begun: u64,
    /// How many observations are in the queue.
    held: usize,
    /// How many keys and attempts were given up before their time.
    pub(crate) evicted: u64,
}

/// What is remembered of a key.
#[derive(Debug, Default)]
struct KeyState {
    /// The attempts that an observation may still join, in order of time.
    open: VecDeque<Place>,
    /// When attempts failed since the last success.
    failures: VecDeque<Time>,
}

impl KeyState {
    /// How many attempts failed in the hour before `time`.
    fn failures_before(&mut self, time: Time) -> u32 {
        while self.failures.front().is_some_and(|failure| is_over(*failure, HOUR, time)) {
            self.failures.pop_front();
        }
        self.failures.len() as u32
    }

    fn add_failure(&mut self, time: Time) {
        if self.failures.len() == MAX_FAILURES {
            self.failures.pop_front();
        }
        self.failures.push_back(time);
    }

    fn is_expired(&self, now: Time) -> bool {
        self.open.is_empty()
            && self.failures.back().is_none_or(|failure| is_over(*failure, HOUR, now))
    }
}

/// Whether more than `span` has passed.
fn is_over(time: Time, span: Time, now: Time) -> bool {
    time.saturating_add(span) < now
}

impl Pairing {
    /// How many keys are remembered.
    pub(crate) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// How many observations are in what is to be told.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// What is to be told before anything that happens at `now` is taken.
    pub(crate) fn tell(&mut self, window: Time, now: Time) -> Option<Emitted> {
        let ((last, _), _) = self.queue.first_key_value()?;
        if is_over(*last, window, now) { self.tell_first() } else { None }
    }

    /// The first that is to be told, whether its time has come or not.
    pub(crate) fn tell_early(&mut self) -> Option<Emitted> {
        let mut told = self.tell_first()?;
        self.evicted += 1;
        if let Emitted::Attempt(attempt) = &mut told {
            attempt.evicted = attempt.open;
        }
        Some(told)
    }

    /// Takes the next observation in order of time. `limit` is how many keys may be remembered.
    pub(crate) fn take(
        &mut self,
        time: Time,
        mut observation: Observation,
        window: Time,
        limit: usize,
    ) {
        if !observation.rules.is_empty() {
            let rules = core::mem::take(&mut observation.rules);
            let (event_id, identity) = (observation.event_id.clone(), observation.identity.clone());
            let matched = RuleMatch { time: Some(time), event_id, identity, rules };
            let place = (time, self.next());
            self.queue.insert(place, Emitted::RuleMatch(matched));
            self.held += 1;
        }
        let Some((verdict, key)) = observation.signin else { return };
        self.held += 1;
        match self.joined(&verdict, key, window, time) {
            Some((number, attempt)) => self.join(number, attempt, time, observation, verdict),
            None => self.begin(time, &observation, verdict, key, limit),
        }
    }

    /// Takes the attempt that an observation joins out of the queue, with its number.
    fn joined(
        &mut self,
        verdict: &Verdict,
        key: Key,
        window: Time,
        time: Time,
    ) -> Option<(u64, Attempt)> {
        let part = Part::of(verdict);
        let state = self.keys.seen_again(key)?;
        let place = *state.open.back()?;
        let Some(Emitted::Attempt(attempt)) = self.queue.get(&place) else { return None };
        let joins = match part {
            Part::Login | Part::Workflow => true,
            // All that are open have a record of the same kind: of another, they would be joined.
            Part::UnknownUser => attempt.last.kind != verdict.kind,
            Part::Check | Part::Alone => false,
        };
        if !joins || is_over(place.0, window, time) {
            return None;
        }
        state.open.pop_back();
        match self.queue.remove(&place) {
            Some(Emitted::Attempt(attempt)) => Some((place.1, attempt)),
            _ => None,
        }
    }

    fn join(
        &mut self,
        number: u64,
        mut attempt: Attempt,
        time: Time,
        observation: Observation,
        verdict: Verdict,
    ) {
        attempt.join(observation, verdict);
        attempt.open =
            Part::of(&verdict) == Part::Workflow && verdict.kind != Kind::IdcAuthentication;
        if let Some(state) = self.keys.get(attempt.key) {
            match Part::of(&verdict) {
                Part::Login => decide(&mut attempt, state, time, &verdict),
                _ if attempt.open => state.open.push_back((time, number)),
                _ => {}
            }
        }
        self.queue.insert((time, number), Emitted::Attempt(attempt));
    }

    fn begin(
        &mut self,
        time: Time,
        observation: &Observation,
        verdict: Verdict,
        key: Key,
        limit: usize,
    ) {
        let mut attempt = Attempt::begin(observation, verdict, key);
        let place = (time, self.next());
        attempt.open = match Part::of(&verdict) {
            Part::Check | Part::UnknownUser => true,
            Part::Workflow => verdict.kind != Kind::IdcAuthentication,
            Part::Login | Part::Alone => false,
        };
        if (attempt.open || attempt.has_failed()) && self.keys.get(key).is_none() {
            self.remember(key, limit, time);
        }
        if let Some(state) = self.keys.get(key) {
            if Part::of(&verdict) != Part::Workflow {
                decide(&mut attempt, state, time, &verdict);
            }
            if attempt.open {
                state.open.push_back(place);
            }
        }
        self.queue.insert(place, Emitted::Attempt(attempt));
    }

    /// Makes room for a key. The attempts of a key that is put out for it stay, but cannot be joined.
    fn remember(&mut self, key: Key, limit: usize, now: Time) {
        let Pairing { queue, keys, evicted, .. } = self;
        let expired = |state: &KeyState| state.is_expired(now);
        keys.insert(key, KeyState::default(), limit, expired, |state| {
            *evicted += 1;
            for place in state.open {
                if let Some(Emitted::Attempt(attempt)) = queue.get_mut(&place) {
                    (attempt.open, attempt.evicted) = (false, true);
                }
            }
        });
    }

    fn tell_first(&mut self) -> Option<Emitted> {
        let (place, told) = self.queue.pop_first()?;
        match &told {
            Emitted::RuleMatch(_) => self.held -= 1,
            Emitted::Attempt(attempt) => {
                self.held = self.held.saturating_sub(attempt.records as usize);
                if attempt.open
                    && let Some(state) = self.keys.get(attempt.key)
                {
                    // It is the oldest of all, so the oldest of its key.
                    state.open.pop_front_if(|first| *first == place);
                }
            }
        }
        Some(told)
    }

    fn next(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }
}

/// Counts the failures before an attempt that a verdict decides, and the attempt among those of
/// later ones.
fn decide(attempt: &mut Attempt, state: &mut KeyState, time: Time, verdict: &Verdict) {
    attempt.failures = state.failures_before(time);
    if attempt.has_failed() {
        state.add_failure(time);
    } else if verdict.outcome == Outcome::Success {
        state.failures.clear();
    }
}

impl Snapshot for RuleMatch {
    fn encode(&self, to: &mut Vec<u8>) {
        self.time.encode(to);
        self.event_id.encode(to);
        self.identity.encode(to);
        self.rules.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(RuleMatch {
            time: Option::decode(from)?,
            event_id: Option::decode(from)?,
            identity: Identity::decode(from)?,
            rules: Box::decode(from)?,
        })
    }
}

impl Snapshot for Emitted {
    fn encode(&self, to: &mut Vec<u8>) {
        match self {
            Emitted::Attempt(attempt) => {
                to.push(0);
                attempt.encode(to);
            }
            Emitted::RuleMatch(matched) => {
                to.push(1);
                matched.encode(to);
            }
        }
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        match u8::decode(from)? {
            0 => Attempt::decode(from).map(Emitted::Attempt),
            1 => RuleMatch::decode(from).map(Emitted::RuleMatch),
            _ => Err(from.expected("an attempt or a match")),
        }
    }
}

/// Which attempts are open is stored with them.
impl Snapshot for KeyState {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.failures.len() as u32).encode(to);
        self.failures.iter().for_each(|failure| failure.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let failures: Vec<Time> = Vec::decode(from)?;
        match failures.len() {
            0..=MAX_FAILURES => Ok(KeyState { failures: failures.into(), ..KeyState::default() }),
            _ => Err(from.expected("fewer failures")),
        }
    }
}

impl Snapshot for Pairing {
    fn encode(&self, to: &mut Vec<u8>) {
        self.keys.encode(to);
        self.begun.encode(to);
        self.evicted.encode(to);
        (self.queue.len() as u32).encode(to);
        for (place, told) in &self.queue {
            place.encode(to);
            told.encode(to);
        }
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut pairing = Pairing {
            keys: ClockCache::decode(from)?,
            begun: u64::decode(from)?,
            evicted: u64::decode(from)?,
            ..Pairing::default()
        };
        for _ in 0..u32::decode(from)? {
            let (place, told) = (Place::decode(from)?, Emitted::decode(from)?);
            let records = match &told {
                Emitted::RuleMatch(_) => 1,
                Emitted::Attempt(attempt) => attempt.records as usize,
            };
            pairing.held = pairing.held.saturating_add(records);
            if pairing.queue.last_key_value().is_some_and(|(last, _)| *last >= place) {
                return Err(from.expected("a later place"));
            }
            if let Emitted::Attempt(attempt) = &told
                && attempt.open
            {
                let state = pairing.keys.get(attempt.key);
                state.ok_or_else(|| from.expected("a key that is there"))?.open.push_back(place);
            }
            pairing.queue.insert(place, told);
        }
        Ok(pairing)
    }
}
