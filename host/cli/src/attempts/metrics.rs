//! What the metrics show of a stream: a copy, so that nobody who looks waits for a receiver.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::DescriptorEncoder;

use super::following::Following;
use crate::service::metrics::{Counts, counter, family, gauge};

/// The counts as they were published last. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Published(Arc<Mutex<Snapshot>>);

#[derive(Default)]
struct Snapshot {
    bytes: u64,
    records: u64,
    without_record: u64,
    unread: u64,
    faults: u64,
    /// Records of open attempts.
    open: u64,
    duplicates: u64,
    late: u64,
    evicted: u64,
    /// By principal and outcome.
    attempts: Vec<([(&'static str, String); 2], u64)>,
    /// By rule and severity.
    findings: Vec<([(&'static str, String); 2], u64)>,
}

impl Published {
    /// Publishes the counts of a stream.
    pub(super) fn publish(&self, following: &mut Following) {
        let Following { totals, observer, .. } = following;
        let counters = observer.counters();
        let tally = observer.tally();
        let attempts = tally.outcomes().map(|(principal, outcome, number)| {
            ([("principal", principal.to_owned()), ("outcome", outcome.to_owned())], number)
        });
        let findings = tally.findings().map(|(rule, severity, number)| {
            ([("rule", rule.to_owned()), ("severity", severity.to_owned())], number)
        });
        let snapshot = Snapshot {
            bytes: totals.volume.bytes,
            records: totals.volume.records,
            without_record: totals.volume.without_record.count(),
            unread: totals.read_errors.count(),
            faults: totals.faults + tally.fault_count(),
            open: counters.waiting,
            duplicates: counters.duplicates,
            late: counters.late,
            evicted: counters.evicted,
            attempts: attempts.collect(),
            findings: findings.collect(),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

impl Counts for Published {
    fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counter(encoder, "input_bytes", "Bytes that were read", counts.bytes)?;
        counter(encoder, "records", "Records that were read", counts.records)?;
        let without = counts.without_record;
        counter(encoder, "without_record", "Items that hold no CloudTrail record", without)?;
        counter(encoder, "unread", "Items that could not be read", counts.unread)?;
        counter(encoder, "faults", "Failures of the module", counts.faults)?;
        gauge(encoder, "open_records", "Records of attempts that are open", counts.open)?;
        let help = "Records that were dropped as duplicates";
        counter(encoder, "duplicates", help, counts.duplicates)?;
        counter(encoder, "late", "Records that came too late to be paired", counts.late)?;
        counter(encoder, "evicted", "Keys and attempts evicted to limit memory", counts.evicted)?;
        let attempts = counts.attempts.iter().cloned();
        family(encoder, "attempts", "Attempts to sign in", attempts)?;
        family(encoder, "findings", "Findings that opened", counts.findings.iter().cloned())
    }
}
