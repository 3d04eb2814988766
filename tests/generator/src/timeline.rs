//! The order in which CloudTrail delivers: nearly that of the events, and now and then twice.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::random::Random;
use crate::record::Record;

/// How far back in event time a record can lie behind its neighbour, in seconds: the most that
/// was seen in real files.
pub const MAX_LAG_SECONDS: u32 = 246;

/// Records that have happened and are on their way, by arrival. The sequence number keeps records
/// of one second in the order of their making.
#[derive(Default)]
pub(crate) struct Timeline {
    waiting: BTreeMap<(Timestamp, u64), Record>,
    sequence: u64,
}

impl Timeline {
    pub(crate) fn add(&mut self, random: &mut Random, record: Record) {
        if random.percent(1) {
            self.send(random, record.clone());
        }
        self.send(random, record);
    }

    /// The next record that has arrived by `now`.
    pub(crate) fn arrived(&mut self, now: Timestamp) -> Option<Record> {
        let first = self.waiting.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    /// All records that are still on their way.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Record> + use<> {
        std::mem::take(&mut self.waiting).into_values()
    }

    fn send(&mut self, random: &mut Random, record: Record) {
        let lag_seconds = if random.percent(12) { random.between(1..=MAX_LAG_SECONDS) } else { 0 };
        let arrival = record.time + SignedDuration::from_secs(lag_seconds.into());
        self.waiting.insert((arrival, self.sequence), record);
        self.sequence += 1;
    }
}
