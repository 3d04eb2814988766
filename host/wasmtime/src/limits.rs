//! Limits on the memory and time of a guest.

use wasmtime::ResourceLimiter;

use crate::deadline::{Clock, Deadline};

/// Far above the few hundred function pointers of a real filter.
pub(crate) const TABLE_LIMIT_ELEMENTS: usize = 65536;

/// The limits of one instance.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) memory_bytes: usize,
    /// None for a trusted module.
    pub(crate) deadline: Option<Deadline>,
    /// The size of its file.
    pub(crate) module_bytes: usize,
}

/// Enforces the limits while the guest runs.
pub(crate) struct Limiter {
    pub(crate) limits: Limits,
    /// Whether the current call has been refused memory.
    pub(crate) memory_refused: bool,
    /// The processor time of the current call.
    pub(crate) clock: Clock,
}

impl Limiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, memory_refused: false, clock: Clock::default() }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.limits.memory_bytes;
        self.memory_refused |= !allowed;
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_LIMIT_ELEMENTS)
    }

    fn instances(&self) -> usize {
        1
    }

    fn memories(&self) -> usize {
        1
    }

    fn tables(&self) -> usize {
        1
    }
}
