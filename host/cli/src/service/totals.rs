//! What a filter has done so far.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use super::metrics::{Counts, counter, family};
use crate::summary::Summary;

/// The counts of all inputs, and how long they took.
#[derive(Debug)]
pub(crate) struct Totals {
    summary: Mutex<Summary>,
    /// Seconds from the arrival of an input to the delivery of its output.
    latency: Histogram,
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

impl Counts for Arc<Totals> {
    fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let summary = self.summary();
        let volume = &summary.volume;
        let without = volume.without_record.count();
        counter(encoder, "input_bytes", "Bytes that were read", volume.bytes)?;
        counter(encoder, "records", "Records that were read", volume.records)?;
        counter(encoder, "without_record", "Lines that hold no CloudTrail record", without)?;
        let errors = summary.read_errors.count();
        counter(encoder, "unread", "Lines that could not be read, and were passed on", errors)?;
        counter(encoder, "faults", "Failures of the module", summary.faults)?;
        let verdicts = summary.verdicts().map(|(kind, outcome, number)| {
            ([("kind", kind.to_owned()), ("outcome", outcome.to_owned())], number)
        });
        family(encoder, "verdicts", "Sign-ins", verdicts)?;
        let matches = summary.matches().map(|(id, number)| ([("rule", id.to_owned())], number));
        family(encoder, "rule_matches", "Records that match a rule", matches)?;
        drop(summary);
        let help = "Time from the arrival of an input to the delivery of its output";
        let name = "sekisho_latency_seconds";
        self.latency.encode(encoder.encode_descriptor(name, help, None, MetricType::Histogram)?)
    }
}
