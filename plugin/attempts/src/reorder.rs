//! Observations that wait until all that happened before them has arrived.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::event_id::EventId;
use crate::observation::{Observation, rank};
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// Observations in order of time, each once.
#[derive(Debug, Default)]
pub(crate) struct ReorderBuffer {
    queue: BTreeMap<Place, Observation>,
    /// How many had no eventID so far.
    without_id: u64,
}

/// What orders observations.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    time: Time,
    rank: u8,
    event_id: Option<EventId>,
    /// Of one without an eventID, which one it is.
    number: u64,
}

impl ReorderBuffer {
    pub(crate) fn len(&self) -> usize {
        self.queue.len()
    }

    /// The time of the first.
    pub(crate) fn first_time(&self) -> Option<Time> {
        self.queue.first_key_value().map(|(place, _)| place.time)
    }

    /// Adds one that happened at `time`. False if it is there already.
    pub(crate) fn add(&mut self, time: Time, observation: Observation) -> bool {
        let rank = rank(observation.signin.as_ref().map(|(verdict, _)| verdict));
        let event_id = observation.event_id.clone();
        self.without_id += u64::from(event_id.is_none());
        let number = if event_id.is_none() { self.without_id } else { 0 };
        self.queue.insert(Place { time, rank, event_id, number }, observation).is_none()
    }

    /// Takes the first out.
    pub(crate) fn take_first(&mut self) -> Option<(Time, Observation)> {
        self.queue.pop_first().map(|(place, observation)| (place.time, observation))
    }
}

impl Snapshot for ReorderBuffer {
    fn encode(&self, to: &mut Vec<u8>) {
        (self.queue.len() as u32).encode(to);
        self.queue.values().for_each(|observation| observation.encode(to));
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut waiting = ReorderBuffer::default();
        for _ in 0..u32::decode(from)? {
            let observation = Observation::decode(from)?;
            let time = observation.time.ok_or_else(|| from.expected("a time"))?;
            if !waiting.add(time, observation) {
                return Err(from.expected("each observation once"));
            }
        }
        Ok(waiting)
    }
}
