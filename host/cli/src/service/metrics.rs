//! Metrics for Prometheus, and whether the service is alive.

use std::fmt;
use std::fs;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use hyper::StatusCode;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::reload::Reloads;
use super::send::Status;
use crate::http::message::{Request, Response};
use crate::http::server::{Closer, Handler, Server};
use crate::log::{log, warn};
use crate::shutdown::Shutdown;

/// What a command counts.
pub(crate) trait Counts: Send + Sync + 'static {
    /// Appends the counts.
    ///
    /// # Errors
    /// The error of the encoder.
    fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result;
}

/// What the metrics show.
pub(crate) struct Sources {
    pub(crate) counts: Box<dyn Counts>,
    pub(crate) reloads: Arc<Reloads>,
    /// Where the output goes, if it is posted.
    pub(crate) status: Option<Status>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources")
    }
}

/// Shows metrics at `/metrics` in a thread of its own, until what is returned is dropped.
///
/// # Errors
/// The error of the operating system.
pub(crate) fn serve(server: Server, sources: Sources, shutdown: Shutdown) -> io::Result<Closer> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(sources));
    log(&format!("metrics are at {}/metrics", server.url()));
    let closer = server.closer();
    thread::Builder::new().spawn(move || {
        if let Err(error) = server.run(vec![Metrics { registry }], &shutdown, || {}) {
            warn(&format!("there are no metrics: {error}"));
        }
    })?;
    Ok(closer)
}

/// Answers requests for metrics.
struct Metrics {
    registry: Registry,
}

impl Handler for Metrics {
    fn handle(&mut self, request: &Request) -> Response {
        match (request.is_post, request.path.as_str()) {
            (false, "/healthz") => Response::text(StatusCode::OK, "ok"),
            (false, "/metrics") => {
                let mut text = String::new();
                encode(&mut text, &self.registry).expect("writing to memory does not fail");
                Response {
                    status: StatusCode::OK,
                    content_type: "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    body: text.into_bytes(),
                }
            }
            _ => Response::text(StatusCode::NOT_FOUND, "expected GET /metrics or /healthz"),
        }
    }
}

impl Collector for Sources {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        self.counts.encode(encoder)?;
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        let reloads = [("done", of(&self.reloads.done)), ("failed", of(&self.reloads.failed))];
        let reloads = reloads.map(|(result, number)| ([("result", result.to_owned())], number));
        family(encoder, "reloads", "Reloads of the rules", reloads.into_iter())?;
        if let Some(bytes) = resident_bytes() {
            gauge(encoder, "resident_memory_bytes", "Memory of the process", bytes)?;
        }
        if let Some(Status { delivered, keys, spool }) = &self.status {
            let lines = of(&delivered.lines);
            counter(encoder, "delivered_lines", "Lines that the receiver accepted", lines)?;
            let repeated = of(&delivered.repeated_lines);
            let help = "Lines that the receiver may have twice";
            counter(encoder, "repeated_lines", help, repeated)?;
            let dropped = of(&delivered.dropped_lines);
            let help = "Lines that the receiver refused for what they are, and that were dropped";
            counter(encoder, "dropped_lines", help, dropped)?;
            let failures = of(&delivered.failures);
            counter(encoder, "refused_requests", "Requests that were not accepted", failures)?;
            let known = keys.repeated();
            let help = "Requests that were accepted before, and so are not delivered again";
            counter(encoder, "known_requests", help, known)?;
            if let Some(spool) = spool {
                let waiting = spool.waiting();
                gauge(encoder, "spool_bytes", "Bytes that wait in the spool", waiting)?;
                gauge(encoder, "spool_limit_bytes", "Size of the spool", spool.limit())?;
            }
        }
        Ok(())
    }
}

/// A number that grows.
///
/// # Errors
/// The error of the encoder.
pub(crate) fn counter(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: u64,
) -> fmt::Result {
    let name = format!("sekisho_{name}");
    let mut metric = encoder.encode_descriptor(&name, help, None, MetricType::Counter)?;
    metric.encode_counter::<NoLabelSet, u64, u64>(&value, None)
}

/// A number that changes.
///
/// # Errors
/// The error of the encoder.
pub(crate) fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    value: u64,
) -> fmt::Result {
    let name = format!("sekisho_{name}");
    let mut metric = encoder.encode_descriptor(&name, help, None, MetricType::Gauge)?;
    metric.encode_gauge(&value)
}

/// Numbers that grow, by labels.
///
/// # Errors
/// The error of the encoder.
pub(crate) fn family<const N: usize>(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    values: impl Iterator<Item = ([(&'static str, String); N], u64)>,
) -> fmt::Result {
    let name = format!("sekisho_{name}");
    let mut metric = encoder.encode_descriptor(&name, help, None, MetricType::Counter)?;
    for (labels, value) in values {
        let mut metric = metric.encode_family(&labels)?;
        metric.encode_counter::<NoLabelSet, u64, u64>(&value, None)?;
    }
    Ok(())
}

/// The memory of this process, where the system says.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}
