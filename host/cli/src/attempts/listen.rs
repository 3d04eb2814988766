//! `--listen`: observes what clients send on connections or in requests.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::StatusCode;

use super::error::RunError;
use super::following::Reader;
use crate::http::body::posted;
use crate::http::message::{Request, Response};
use crate::http::server::Handler;
use crate::input::items::{visit_bytes, visit_lines};
use crate::log::log;
use crate::service::blocks::Blocks;
use crate::service::connections::{ConnectionHandler, Output, Server};
use crate::service::options::{Listening, ServiceOptions};
use crate::systemd;

/// Observes the records of one client after another.
#[derive(Clone)]
pub(super) struct Intake {
    reader: Reader,
    /// Number of requests so far.
    requests: Arc<AtomicUsize>,
}

impl Intake {
    /// Serves clients until a shutdown is requested.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn serve(
        reader: Reader,
        listening: Listening,
        service: &ServiceOptions,
    ) -> io::Result<()> {
        let shutdown = reader.shutdown.clone();
        let intake = Self { reader, requests: Arc::default() };
        let handlers = vec![intake; service.connections.into()];
        match listening {
            Listening::Lines(listener) => {
                Server::new(listener, handlers, service.service(None, shutdown)).run()
            }
            Listening::Http(server) => {
                log(&format!("listening on {}", server.url()));
                systemd::ready();
                server.run(handlers, &shutdown, systemd::alive)
            }
        }
    }

    /// Observes the records of a body, and waits until they are in the saved state.
    fn observe(&mut self, body: &[u8]) -> Result<bool, Option<RunError>> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        self.reader.count_input();
        let losses = self.reader.shared.losses().ok_or(None)?;
        visit_bytes(&mut self.reader, number, &format!("request {number}"), body)?;
        self.reader.shared.wait_until_saved(losses).map_err(Some)
    }
}

impl ConnectionHandler for Intake {
    fn serve(&mut self, mut input: Blocks, _: Output, number: usize) -> io::Result<()> {
        self.reader.count_input();
        let name = format!("connection {number}");
        if let Err(stop) = visit_lines(&mut self.reader, &name, 0, &mut input) {
            self.reader.stop(stop);
        }
        Ok(())
    }
}

impl Handler for Intake {
    /// Answers 200 only if the records are in the saved state, so that the client may forget them.
    fn handle(&mut self, request: &Request) -> Response {
        let body = match posted(request) {
            Ok(body) => body,
            Err(response) => return response,
        };
        let lost = || {
            let message =
                "the records are not in the state: the module failed, or the program ends";
            Response::text(StatusCode::SERVICE_UNAVAILABLE, message)
        };
        match self.observe(&body) {
            Ok(true) => Response::accepted(Vec::new()),
            Ok(false) => lost(),
            Err(stop) => {
                self.reader.stop(stop);
                lost()
            }
        }
    }
}
