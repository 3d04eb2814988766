//! Filters the bodies of requests.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hyper::StatusCode;
use sekisho_records::MAX_ITEM_BYTES;

use super::line::LineFilter;
use crate::http::body::{posted, visit_lines};
use crate::http::message::{Request, Response};
use crate::http::server::{Handler, Server};
use crate::input::position::Position;
use crate::log::log;
use crate::net::outlet::Outlet;
use crate::request_keys::{AcceptedKeys, Known};
use crate::service::send::SendTarget;
use crate::service::totals::Totals;
use crate::shutdown::Shutdown;
use crate::systemd;

/// How long a request waits for its delivery; then its client has to send it again.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(10);

/// Filters one request at a time.
struct Ingest {
    filter: LineFilter,
    /// Where the output goes; by default into the answer.
    outlet: Option<Box<dyn Outlet>>,
    /// The requests that were accepted, if the output goes elsewhere.
    keys: Option<Arc<AcceptedKeys>>,
    /// Number of requests so far.
    requests: Arc<AtomicUsize>,
    totals: Arc<Totals>,
}

/// Answers requests until a shutdown is requested. Counts those whose output was delivered.
///
/// # Errors
/// The error of the operating system at the start.
pub(super) fn serve(
    server: Server,
    filters: Vec<LineFilter>,
    destination: Option<&SendTarget>,
    totals: &Arc<Totals>,
    shutdown: &Shutdown,
) -> io::Result<()> {
    let requests = Arc::new(AtomicUsize::new(0));
    let ingest = |filter| {
        let (requests, totals) = (Arc::clone(&requests), Arc::clone(totals));
        let outlet = destination.map(|destination| (destination.outlet)());
        let keys = destination.map(|destination| Arc::clone(&destination.keys));
        Ingest { filter, outlet, keys, requests, totals }
    };
    let handlers = filters.into_iter().map(ingest).collect();
    log(&format!("listening on {}", server.url()));
    systemd::ready();
    let served = server.run(handlers, shutdown, systemd::alive);
    systemd::stopping();
    served
}

impl Handler for Ingest {
    /// Answers 200 only if the output is delivered, so that the client may forget it.
    fn handle(&mut self, request: &Request) -> Response {
        let body = match posted(request) {
            Ok(body) => body,
            Err(response) => return response,
        };
        let keys = self.keys.clone().filter(|_| !request.idempotency_key.is_empty());
        let known = keys.as_ref().map(|keys| keys.begin(&request.idempotency_key, &request.body));
        let key = match known {
            None => None,
            Some(Known::New(key)) => Some(key),
            // Its client does not know the answer.
            Some(Known::Accepted) => return Response::accepted(Vec::new()),
            Some(Known::Pending) => {
                let message = "the same request is not answered yet";
                return Response::text(StatusCode::SERVICE_UNAVAILABLE, message);
            }
        };
        let arrived = Instant::now();
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let out = self.filter(number, &request.content_type, &body);
        let summary = self.filter.take_summary();
        let until = Some(Instant::now() + DELIVERY_TIMEOUT);
        let sent = match (&mut self.outlet, &key) {
            (None, _) => Ok(out),
            (Some(outlet), None) => outlet.send(&out, until).map(|()| Vec::new()),
            (Some(outlet), Some(key)) => {
                outlet.send_of_request(&out, key, until).map(|()| Vec::new())
            }
        };
        let body = match sent {
            Ok(body) => body,
            // Its client sends it again, and then it is counted.
            Err(error) => {
                let message = format!("not delivered: {error}");
                return Response::text(StatusCode::SERVICE_UNAVAILABLE, &message);
            }
        };
        self.totals.add(summary, arrived.elapsed());
        Response::accepted(body)
    }
}

impl Ingest {
    /// The output for a body.
    fn filter(&mut self, number: usize, content_type: &str, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(body.len() + 1024);
        let name = format!("request {number}");
        let mut position = Position { source: number, file: &name, record: 0, offset: 0 };
        let filter = &mut self.filter;
        filter.refresh();
        visit_lines(content_type, body, |line| {
            if line.len() > MAX_ITEM_BYTES {
                filter.forward_part(line, &mut out);
                filter.end_oversized(position, line.len() as u64, &mut out);
            } else {
                filter.line(position, line, &mut out);
            }
            position.record += 1;
            position.offset += line.len() as u64 + 1;
        });
        filter.count_file();
        filter.count_bytes(body.len() as u64);
        out
    }
}
