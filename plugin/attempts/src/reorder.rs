//! Puts observations in order of time.

use alloc::vec::Vec;

use sekisho_identity::Time;

use crate::observation::{Observation, rank};
use crate::queue::{Entry, Position, Queue, Queued};
use crate::state::{Snapshot, StateError, StateReader};

/// Observations in order of time, without duplicates.
#[derive(Debug, Default)]
pub(crate) struct ReorderBuffer {
    queue: Queue,
    /// The number of observations without an eventID so far.
    without_event_id: u64,
}

impl ReorderBuffer {
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// The time of the first observation.
    pub(crate) fn first_time(&self) -> Option<Time> {
        self.queue.first().map(|first| first.position.time)
    }

    /// Adds an observation with this time. Returns false for a duplicate.
    pub(crate) fn insert(&mut self, time: Time, observation: Observation) -> bool {
        let rank = rank(observation.signin.as_ref().map(|(verdict, _)| verdict));
        let event_id = observation.event_id.clone();
        self.without_event_id += u64::from(event_id.is_none());
        // Observations without an eventID are never duplicates.
        let number = if event_id.is_none() { self.without_event_id } else { 0 };
        let position = Position { time, rank, event_id, number };
        self.queue.insert(position, Queued::Observation(observation))
    }

    /// Removes the first observation.
    pub(crate) fn pop_first(&mut self) -> Option<(Time, Observation)> {
        let Entry { position, queued } = *self.queue.pop_first()?;
        let Queued::Observation(observation) = queued else { return None };
        Some((position.time, observation))
    }
}

/// The positions are not saved, since they follow from the observations.
impl Snapshot for ReorderBuffer {
    fn encode(&self, output: &mut Vec<u8>) {
        (self.queue.len() as u32).encode(output);
        for entry in self.queue.iter() {
            if let Queued::Observation(observation) = &entry.queued {
                observation.encode(output);
            }
        }
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
