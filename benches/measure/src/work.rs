//! The two works.

use sekisho_generator::{Record, mixed_records, signin_records};

/// Records that are measured over, the same ones every time.
pub struct Work {
    /// `S` or `M`.
    pub name: &'static str,
    /// The records as JSON.
    pub records: Vec<Vec<u8>>,
}

impl Work {
    /// Work S, which is sign-ins only, and work M, which is what a trail holds: 2 % sign-ins.
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

    /// How long the records are together.
    pub fn bytes(&self) -> usize {
        self.records.iter().map(Vec::len).sum()
    }
}
