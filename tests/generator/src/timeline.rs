//! CloudTrail's order of delivery: almost that of the events, with some duplicates.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::random::Random;
use crate::record::Record;

/// The most seconds that a record can be older than an earlier one: the maximum in real files.
pub const MAX_LAG_SECONDS: u32 = 246;

/// Records in transit, by arrival. The sequence number keeps those of one second in order.
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

    /// All records that are still in transit.
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
