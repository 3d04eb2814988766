//! Puts observations in order of time.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::event_id::EventId;
use crate::observation::{Observation, rank};
use crate::state::{Snapshot, StateError, StateReader, encode_sequence};
use crate::time::Time;

/// Observations in order of time, without duplicates.
#[derive(Debug, Default)]
pub(crate) struct ReorderBuffer {
    queue: BTreeMap<Position, Observation>,
    /// The number of observations without an eventID so far.
    without_event_id: u64,
}

/// The order of observations.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Position {
    time: Time,
    rank: u8,
    event_id: Option<EventId>,
    /// The order of arrival of observations without an eventID, which are never duplicates; 0 for
    /// all others.
    arrival: u64,
}

impl ReorderBuffer {
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// The time of the first observation.
    pub(crate) fn first_time(&self) -> Option<Time> {
        self.queue.first_key_value().map(|(position, _)| position.time)
    }

    /// Adds an observation with this time. Returns false for a duplicate.
    pub(crate) fn insert(&mut self, time: Time, observation: Observation) -> bool {
        let rank = rank(observation.signin.as_ref().map(|(verdict, _)| verdict));
        let event_id = observation.event_id.clone();
        self.without_event_id += u64::from(event_id.is_none());
        let arrival = if event_id.is_none() { self.without_event_id } else { 0 };
        self.queue.insert(Position { time, rank, event_id, arrival }, observation).is_none()
    }

    /// Removes the first observation.
    pub(crate) fn pop_first(&mut self) -> Option<(Time, Observation)> {
        self.queue.pop_first().map(|(position, observation)| (position.time, observation))
    }
}

/// The positions are not saved, since they follow from the observations.
impl Snapshot for ReorderBuffer {
    fn encode(&self, output: &mut Vec<u8>) {
        encode_sequence(self.queue.values(), output);
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut buffer = ReorderBuffer::default();
        for _ in 0..u32::decode(reader)? {
            let mut observation = Observation::decode(reader)?;
            if reader.version() == 1 {
                let verdict = observation.signin.as_ref().map(|(verdict, _)| verdict);
                observation.identity = observation.identity.derived(verdict);
            }
            let time = observation.time.ok_or_else(|| reader.expected("a time"))?;
            if !buffer.insert(time, observation) {
                return Err(reader.expected("an observation that is no duplicate"));
            }
        }
        Ok(buffer)
    }
}
