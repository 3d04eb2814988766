//! The configuration of filters, which may change while they run.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::rules::Rules;

/// What filters are configured with.
pub(super) struct Configured {
    pub(super) rules: Option<Rules>,
    /// The paths of records.
    pub(super) record: Option<Vec<String>>,
}

/// The current configuration.
pub(super) struct Live {
    current: Mutex<Arc<Configured>>,
    /// Counts replacements, from 1.
    generation: AtomicU64,
}

impl Live {
    /// A configuration that was not replaced yet.
    pub(super) fn new(configured: Configured) -> Self {
        Self { current: Mutex::new(Arc::new(configured)), generation: AtomicU64::new(1) }
    }

    /// The number of the current configuration.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The current configuration.
    pub(super) fn current(&self) -> Arc<Configured> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the configuration; filters take it before their next input.
    pub(super) fn replace(&self, configured: Arc<Configured>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = configured;
        self.generation.fetch_add(1, Ordering::Release);
    }
}
