//! What a service has done so far.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use crate::summary::Summary;

/// The counts of all inputs, and how long they took.
#[derive(Debug)]
pub(crate) struct Totals {
    summary: Mutex<Summary>,
    /// Seconds from the arrival of an input to the delivery of its output.
    pub(crate) latency: Histogram,
}

impl Default for Totals {
    fn default() -> Self {
        // From 0.1 ms to 100 s.
        let latency = Histogram::new(exponential_buckets(0.0001, 4.0, 11));
        Self { summary: Mutex::default(), latency }
    }
}

impl Totals {
    /// Adds the counts of one input, which took so long.
    pub(crate) fn add(&self, summary: Summary, elapsed: Duration) {
        self.summary().merge(summary);
        self.latency.observe(elapsed.as_secs_f64());
    }

    /// The counts so far.
    pub(crate) fn summary(&self) -> MutexGuard<'_, Summary> {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
