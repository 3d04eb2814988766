//! The two workloads.

use sekisho_generator::{Record, mixed_records, signin_records};

/// The records of a workload, the same every time.
pub struct Work {
    /// `S` or `M`.
    pub name: &'static str,
    /// The records as JSON.
    pub records: Vec<Vec<u8>>,
}

impl Work {
    /// Work S has sign-ins only; work M is like a real trail, with 2 % sign-ins.
    pub fn both(count: usize) -> [Self; 2] {
        [Self::new("S", signin_records(1).take(count)), Self::mixed(count)]
    }

    /// Work M alone.
    pub fn mixed(count: usize) -> Self {
        Self::new("M", mixed_records(1).take(count))
    }

    fn new(name: &'static str, records: impl Iterator<Item = Record>) -> Self {
        Self { name, records: records.map(|record| record.json.into_bytes()).collect() }
    }

    /// The total length of the records.
    pub fn bytes(&self) -> usize {
        self.records.iter().map(Vec::len).sum()
    }
}
