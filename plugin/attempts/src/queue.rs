//! What waits for its time, in order.

use alloc::collections::BTreeMap;

use crate::emitted::Emitted;
use crate::event_id::EventId;
use crate::observation::Observation;
use crate::time::Time;

/// A queue of one kind of things. The kinds share one type so that the module contains the code of
/// one map.
pub(crate) type Queue = BTreeMap<Position, Queued>;

/// What waits.
#[derive(Debug)]
pub(crate) enum Queued {
    /// An observation that earlier ones may still precede.
    Observation(Observation),
    /// Output that observations may still join.
    Emitted(Emitted),
}

/// The order in a queue.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(crate) struct Position {
    pub(crate) time: Time,
    pub(crate) rank: u8,
    pub(crate) event_id: Option<EventId>,
    pub(crate) number: u64,
}
