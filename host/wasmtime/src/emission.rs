//! How much a stateful module may emit.

use crate::error::Fault;

/// What a module may emit in any case.
const FREE_BYTES: u64 = 16 << 20;

/// A line has its texts from the state, and names for them: together at most this many times the
/// memory.
const BYTES_PER_MEMORY_BYTE: u64 = 4;

/// An attempt lists up to 64 records; each rule that matches can write a finding.
const BYTES_PER_RECORD: u64 = 16 << 10;
const BYTES_PER_RECORD_AND_CONFIGURED_BYTE: u64 = 4;

/// An output counts as no less than this, so that the calls of a flush have an end, too. It is less
/// than what one record allows.
const LEAST_BYTES: u64 = 4 << 10;

/// A record in a saved state has more bytes than this.
const STATE_BYTES_PER_RECORD: usize = 64;

/// What a filter has observed and emitted, over all its instances.
#[derive(Debug, Default)]
pub(crate) struct Emission {
    records: u64,
    bytes: u64,
}

impl Emission {
    /// Counts a record.
    pub(crate) fn observed(&mut self) {
        self.records += 1;
    }

    /// Counts the records of a saved state.
    pub(crate) fn restored(&mut self, state: &[u8]) {
        self.records += 1 + (state.len() / STATE_BYTES_PER_RECORD) as u64;
    }

    /// Counts an output.
    ///
    /// # Errors
    /// [`Fault::EmittedTooMuch`].
    pub(crate) fn add(
        &mut self,
        export: &'static str,
        bytes: usize,
        memory_bytes: usize,
        configuration_bytes: usize,
    ) -> Result<(), Fault> {
        let [bytes, memory, configuration] =
            [bytes, memory_bytes, configuration_bytes].map(|bytes| bytes as u64);
        self.bytes = self.bytes.saturating_add(bytes.max(LEAST_BYTES));
        let per_record = BYTES_PER_RECORD
            .saturating_add(configuration.saturating_mul(BYTES_PER_RECORD_AND_CONFIGURED_BYTE));
        let limit_bytes = FREE_BYTES
            .saturating_add(memory.saturating_mul(BYTES_PER_MEMORY_BYTE))
            .saturating_add(self.records.saturating_mul(per_record));
        match self.bytes <= limit_bytes {
            true => Ok(()),
            false => Err(Fault::EmittedTooMuch { export, limit_bytes }),
        }
    }
}
