//! Records on which the module fails whenever they come.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// How often the module may fail on a record: once may be for another reason, such as the time that it
/// took.
const MAX_FAILURES: u32 = 2;

/// The maximum number of records to remember. With more, the count begins anew.
const MAX_RECORDS: usize = 4096;

/// Counts the failures of the module by record, so that a client that sends a record again and again is
/// answered one day.
#[derive(Debug, Default)]
pub(crate) struct FaultyRecords {
    hasher: RandomState,
    failures: HashMap<u64, u32>,
}

impl FaultyRecords {
    /// Counts a failure.
    pub(crate) fn add(&mut self, record: &[u8]) {
        if self.failures.len() >= MAX_RECORDS {
            self.failures.clear();
        }
        *self.failures.entry(self.hasher.hash_one(record)).or_default() += 1;
    }

    /// Whether to skip a record.
    pub(crate) fn contains(&self, record: &[u8]) -> bool {
        // Mostly there are none.
        !self.failures.is_empty()
            && self.failures.get(&self.hasher.hash_one(record)) >= Some(&MAX_FAILURES)
    }
}
