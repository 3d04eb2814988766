//! Accepts connections, and filters each as a separate stream.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::blocks::Blocks;
use super::line::LineFilter;
use super::send::Sender;
use super::stream::Stream;
use crate::address::{Address, Listener, Socket};
use crate::sanitize::printable;
use crate::shutdown::{DRAIN_TIMEOUT, POLL_INTERVAL, Shutdown};
use crate::summary::Summary;

/// Serves connections; shared by its threads.
pub(super) struct Server {
    listener: Listener,
    send: Option<Address>,
    shutdown: Shutdown,
    /// Number of connections accepted so far.
    accepted: AtomicUsize,
    /// Number of open connections.
    serving: AtomicUsize,
    closed: Mutex<Closed>,
}

/// The result of all closed connections.
#[derive(Default)]
struct Closed {
    summary: Summary,
    error: Option<io::Error>,
}

impl Server {
    /// A server that replies on each connection, or sends its output to `send`.
    pub(super) fn new(listener: Listener, send: Option<Address>, shutdown: Shutdown) -> Self {
        let (accepted, serving) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { listener, send, shutdown, accepted, serving, closed: Mutex::default() }
    }

    /// Serves one connection per filter at a time until a shutdown is requested, then drains the
    /// open connections. Returns the summary of all connections.
    ///
    /// # Errors
    /// The first write error. A client that closed its connection before the reply is no error.
    pub(super) fn run(self, filters: Vec<LineFilter>) -> io::Result<Summary> {
        let server = Arc::new(self);
        for filter in filters {
            let server = Arc::clone(&server);
            // Not joined, as it may block on `accept` forever.
            thread::spawn(move || server.work(filter));
        }
        let address = server.listener.address()?.to_string();
        // The message is informational.
        let _ = writeln!(io::stderr(), "listening on {}", printable(&address));
        while !server.shutdown.is_requested() {
            thread::sleep(POLL_INTERVAL);
        }
        server.listener.close();
        let draining_since = Instant::now();
        while server.serving.load(Ordering::Acquire) > 0 {
            if draining_since.elapsed() > 2 * DRAIN_TIMEOUT {
                let error = "a client does not read the rest of its output";
                return Err(io::Error::new(io::ErrorKind::TimedOut, error));
            }
            thread::sleep(POLL_INTERVAL / 10);
        }
        let mut closed = server.closed.lock().unwrap_or_else(PoisonError::into_inner);
        match closed.error.take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut closed.summary)),
        }
    }

    /// Serves one connection after another.
    fn work(&self, mut filter: LineFilter) {
        loop {
            let Ok(connection) = self.listener.accept() else {
                // Such as too many open files, which may be closed soon.
                thread::sleep(POLL_INTERVAL);
                continue;
            };
            self.serving.fetch_add(1, Ordering::AcqRel);
            let served = self.serve(connection, &mut filter);
            self.close(served, filter.take_summary());
            self.serving.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn serve(&self, connection: Box<dyn Socket>, filter: &mut LineFilter) -> io::Result<()> {
        let number = self.accepted.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("connection {number}");
        let input = Blocks::read_ahead(connection.try_clone()?);
        match &self.send {
            Some(address) => {
                let to = Sender::new(address.clone(), self.shutdown.clone());
                Stream::new(filter, to, number, &name).run(input, &self.shutdown)
            }
            None => match Stream::new(filter, connection, number, &name).run(input, &self.shutdown)
            {
                // The client did not wait for the reply.
                Err(error) if is_disconnect(&error) => Ok(()),
                served => served,
            },
        }
    }

    fn close(&self, served: io::Result<()>, summary: Summary) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        closed.summary.merge(summary);
        if let Err(error) = served {
            closed.error.get_or_insert(error);
        }
    }
}

fn is_disconnect(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}
