//! Finds the observations that belong to one attempt.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use sekisho_identity::{EventId, Identity, IdentityField, Key, Time, name_identity};
use sekisho_signin::{Kind, Outcome, Principal, Verdict};

use crate::attempt::Attempt;
use crate::clock_cache::ClockCache;
use crate::emitted::{Emitted, RuleMatch};
use crate::observation::{Observation, Role};
use crate::queue::{self, Entry, Queue, Queued};
use crate::state::{Snapshot, StateError, StateReader, encode_sequence};

/// How long a failure counts, in milliseconds.
const HOUR: Time = 3_600_000;

/// The most failures that are kept for a key.
const MAX_FAILURES: usize = 100;

/// The order of output: the time of the last record, then a number that no other output has.
type Position = (Time, u64);

fn queue_key((time, number): Position) -> queue::Position {
    queue::Position { time, number, ..queue::Position::default() }
}

/// Pairs observations, which come in order of time.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    /// The output that is not emitted yet.
    queue: Queue,
    keys: ClockCache<KeyState>,
    /// The number of positions assigned so far.
    sequence: u64,
    /// The number of observations in the queue.
    queued: usize,
    /// The number of keys evicted and of attempts emitted early.
    pub(crate) evicted: u64,
}

/// The state of a key.
#[derive(Debug, Default)]
struct KeyState {
    /// The attempts that an observation may still join, in order of time.
    open: VecDeque<Position>,
    /// The times of the attempts that failed since the last success.
    failures: VecDeque<Time>,
    /// The time and the eventID of the last record of the latest sign-in to Identity Center, if
    /// this is the key of a [user at an address](portal_key).
    portal_signin: Option<Box<(Time, EventId)>>,
}

impl KeyState {
    /// The number of attempts that failed in the hour before `time`.
    fn failures_before(&mut self, time: Time) -> u32 {
        while self.failures.front().is_some_and(|failure| has_passed(*failure, HOUR, time)) {
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
        let last_failure = self.failures.back().copied();
        let portal_signin = self.portal_signin.as_ref().map(|signin| signin.0);
        self.open.is_empty()
            && last_failure.max(portal_signin).is_none_or(|time| has_passed(time, HOUR, now))
    }
}

/// Whether `now` is more than `span` after `time`.
fn has_passed(time: Time, span: Time, now: Time) -> bool {
    time.saturating_add(span) < now
}

impl Pairing {
    /// The number of keys.
    pub(crate) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// The time of the first output that is not emitted yet.
    pub(crate) fn first_time(&self) -> Option<Time> {
        self.queue.first().map(|first| first.position.time)
    }

    /// The number of observations whose output is not emitted yet.
    pub(crate) fn queued(&self) -> usize {
        self.queued
    }

    /// The next output that no observation at `now` or later can join.
    pub(crate) fn next_ready(&mut self, window: Time, now: Time) -> Option<Emitted> {
        let last = self.first_time()?;
        if has_passed(last, window, now) { self.pop_first() } else { None }
    }

    /// The first output, even if observations could still join it.
    pub(crate) fn evict_first(&mut self) -> Option<Emitted> {
        let mut emitted = self.pop_first()?;
        self.evicted += 1;
        if let Emitted::Attempt(attempt) = &mut emitted {
            attempt.evicted = attempt.is_open;
        }
        Some(emitted)
    }

    /// Adds the next observation in order of time. `limit` is the most keys to keep.
    pub(crate) fn add(
        &mut self,
        time: Time,
        mut observation: Observation,
        window: Time,
        limit: usize,
    ) {
        if let Some(rule_match) = RuleMatch::take(&mut observation) {
            let position = (time, self.next_number());
            self.queue.insert(queue_key(position), Queued::Emitted(Emitted::RuleMatch(rule_match)));
            self.queued += 1;
        }
        let Some((verdict, key)) = observation.signin else { return };
        self.queued += 1;
        let portal_event =
            observation.event_id.as_ref().filter(|_| is_portal_signin(&verdict)).cloned();
        let (position, mut attempt) = match self.take_open(&verdict, key, window, time) {
            Some((number, attempt)) => {
                ((time, number), self.join(number, attempt, time, observation, verdict))
            }
            None => {
                let position = (time, self.next_number());
                (position, self.start(position, observation, verdict, key, limit))
            }
        };
        if is_portal_signin(&verdict) {
            self.remember_portal_signin(&attempt, portal_event, time, limit);
        } else if verdict.kind == Kind::ConsoleLogin && verdict.principal == Principal::SsoRole {
            attempt.follows = self.portal_signin(&attempt.identity, window, time);
        }
        self.queue.insert(queue_key(position), Queued::Emitted(Emitted::Attempt(attempt)));
    }

    /// Remembers a sign-in to Identity Center, for the console sign-ins that follow it.
    fn remember_portal_signin(
        &mut self,
        attempt: &Attempt,
        event_id: Option<EventId>,
        time: Time,
        limit: usize,
    ) {
        let Some(key) = portal_key(&attempt.identity) else { return };
        if attempt.conclusion().principal == Principal::DirectoryUser {
            return;
        }
        if self.keys.get(key).is_none() {
            self.insert_key(key, limit, time);
        }
        if let Some(state) = self.keys.get(key) {
            state.portal_signin = event_id.map(|event_id| Box::new((time, event_id)));
        }
    }

    /// The last record of the sign-in to Identity Center that a console sign-in came from.
    fn portal_signin(
        &mut self,
        identity: &Identity,
        window: Time,
        time: Time,
    ) -> Option<Box<EventId>> {
        let state = self.keys.get(portal_key(identity)?)?;
        let (before, event_id) = &**state.portal_signin.as_ref()?;
        (!has_passed(*before, window, time)).then(|| Box::new(event_id.clone()))
    }

    /// Removes the attempt that an observation joins from the queue. Returns it with the number of
    /// its position.
    fn take_open(
        &mut self,
        verdict: &Verdict,
        key: Key,
        window: Time,
        time: Time,
    ) -> Option<(u64, Attempt)> {
        let role = Role::of(verdict);
        let state = self.keys.touch(key)?;
        let position = *state.open.back()?;
        let queue_key = queue_key(position);
        let queued = self.queue.get(&queue_key);
        let Some(Queued::Emitted(Emitted::Attempt(attempt))) = queued else { return None };
        let joins = match role {
            Role::Login | Role::Step => true,
            // The open attempts all have a record of the same kind, as two kinds make a pair.
            Role::UnknownUser => attempt.last_verdict.kind != verdict.kind,
            Role::Check | Role::Single => false,
        };
        if !joins || has_passed(position.0, window, time) {
            return None;
        }
        state.open.pop_back();
        let Entry { queued, .. } = *self.queue.remove(&queue_key)?;
        let Queued::Emitted(Emitted::Attempt(attempt)) = queued else { return None };
        Some((position.1, attempt))
    }

    fn join(
        &mut self,
        number: u64,
        mut attempt: Attempt,
        time: Time,
        observation: Observation,
        verdict: Verdict,
    ) -> Attempt {
        attempt.join(observation, verdict);
        attempt.is_open =
            Role::of(&verdict) == Role::Step && verdict.kind != Kind::IdcAuthentication;
        if let Some(state) = self.keys.get(attempt.key) {
            match Role::of(&verdict) {
                Role::Login => count_failures(&mut attempt, state, time, &verdict),
                _ if attempt.is_open => state.open.push_back((time, number)),
                _ => {}
            }
        }
        attempt
    }

    fn start(
        &mut self,
        position: Position,
        observation: Observation,
        verdict: Verdict,
        key: Key,
        limit: usize,
    ) -> Attempt {
        let (time, _) = position;
        let mut attempt = Attempt::start(observation, verdict, key);
        attempt.is_open = match Role::of(&verdict) {
            Role::Check | Role::UnknownUser => true,
            Role::Step => verdict.kind != Kind::IdcAuthentication,
            Role::Login | Role::Single => false,
        };
        if (attempt.is_open || attempt.has_failed()) && self.keys.get(key).is_none() {
            self.insert_key(key, limit, time);
        }
        if let Some(state) = self.keys.get(key) {
            if Role::of(&verdict) != Role::Step {
                count_failures(&mut attempt, state, time, &verdict);
            }
            if attempt.is_open {
                state.open.push_back(position);
            }
        }
        attempt
    }

    /// Adds a key. If another is evicted for it, the attempts of that key stay in the queue, but no
    /// observation can join them.
    fn insert_key(&mut self, key: Key, limit: usize, now: Time) {
        let Pairing { queue, keys, evicted, .. } = self;
        let is_expired = |state: &KeyState| state.is_expired(now);
        keys.insert(key, KeyState::default(), limit, is_expired, |state| {
            *evicted += 1;
            for position in state.open {
                let queued = queue.get(&queue_key(position));
                if let Some(Queued::Emitted(Emitted::Attempt(attempt))) = queued {
                    (attempt.is_open, attempt.evicted) = (false, true);
                }
            }
        });
    }

    fn pop_first(&mut self) -> Option<Emitted> {
        let Entry { position, queued } = *self.queue.pop_first()?;
        let Queued::Emitted(emitted) = queued else { return None };
        match &emitted {
            Emitted::RuleMatch(_) => self.queued -= 1,
            Emitted::Attempt(attempt) => {
                self.queued = self.queued.saturating_sub(attempt.record_count as usize);
                if attempt.is_open
                    && let Some(state) = self.keys.get(attempt.key)
                {
                    // The first attempt of the queue is also the first of its key.
                    state.open.pop_front_if(|first| first.1 == position.number);
                }
            }
        }
        Some(emitted)
    }

    fn next_number(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}

/// Sets the number of failures before an attempt that this verdict decides, and counts the attempt
/// for later ones.
fn count_failures(attempt: &mut Attempt, state: &mut KeyState, time: Time, verdict: &Verdict) {
    attempt.failures = state.failures_before(time);
    if attempt.has_failed() {
        state.add_failure(time);
    } else if verdict.outcome == Outcome::Success {
        state.failures.clear();
    }
}

/// Whether a record ends a successful sign-in to Identity Center.
fn is_portal_signin(verdict: &Verdict) -> bool {
    verdict.kind == Kind::IdcAuthentication && verdict.outcome == Outcome::Success
}

/// The key of a user at an address, by which a console sign-in finds the sign-in to Identity Center
/// that it came from.
fn portal_key(identity: &Identity) -> Option<Key> {
    /// A domain that no key of an attempt has.
    const PORTAL: u64 = u64::MAX;
    let name = identity.get(IdentityField::User).and_then(name_identity)?;
    let source_ip = identity.get(IdentityField::SourceIp)?;
    Some(Key::new(PORTAL, &[Some(&*name), Some(source_ip)]))
}

/// The open attempts of a key are not saved, since the attempts of the queue say that they are open.
impl Snapshot for KeyState {
    fn encode(&self, output: &mut Vec<u8>) {
        encode_sequence(self.failures.iter(), output);
        self.portal_signin.encode(output);
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let failures: Vec<Time> = Vec::decode(reader)?;
        if failures.len() > MAX_FAILURES {
            return Err(reader.expected("at most 100 failures"));
        }
        let portal_signin = if reader.version() == 1 { None } else { Option::decode(reader)? };
        Ok(KeyState { failures: failures.into(), portal_signin, ..KeyState::default() })
    }
}

impl Snapshot for Pairing {
    fn encode(&self, output: &mut Vec<u8>) {
        self.keys.encode(output);
        self.sequence.encode(output);
        self.evicted.encode(output);
        (self.queue.len() as u32).encode(output);
        for Entry { position, queued } in self.queue.iter() {
            if let Queued::Emitted(emitted) = queued {
                (position.time, position.number).encode(output);
                emitted.encode(output);
            }
        }
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut pairing = Pairing {
            keys: ClockCache::decode(reader)?,
            sequence: u64::decode(reader)?,
            evicted: u64::decode(reader)?,
            ..Pairing::default()
        };
        for _ in 0..u32::decode(reader)? {
            let (position, mut emitted) = (Position::decode(reader)?, Emitted::decode(reader)?);
            if reader.version() == 1 {
                emitted.derive_identity();
            }
            let records = match &emitted {
                Emitted::RuleMatch(_) => 1,
                Emitted::Attempt(attempt) => attempt.record_count as usize,
            };
            pairing.queued = pairing.queued.saturating_add(records);
            let last = pairing.queue.last();
            if last.is_some_and(|last| last.position >= queue_key(position)) {
                return Err(reader.expected("output in order of its positions"));
            }
            if let Emitted::Attempt(attempt) = &emitted
                && attempt.is_open
            {
                let state = pairing.keys.get(attempt.key);
                let state = state.ok_or_else(|| reader.expected("the key of an open attempt"))?;
                state.open.push_back(position);
            }
            pairing.queue.insert(queue_key(position), Queued::Emitted(emitted));
        }
        Ok(pairing)
    }
}
