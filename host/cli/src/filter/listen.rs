//! Takes connections: each is a stream of its own, and several are served at once.

use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::address::{Address, Listener, Socket};
use super::blocks::Blocks;
use super::line::LineFilter;
use super::send::Sender;
use super::stream::Stream;
use crate::ending::{DRAIN, Ending, WAKE_UP};
use crate::sanitize::printable;
use crate::summary::Summary;

/// What serves connections, shared by its threads.
pub(super) struct Server {
    listener: Listener,
    send: Option<Address>,
    ending: Ending,
    /// Connections that were taken.
    taken: AtomicUsize,
    /// Connections that are served now.
    serving: AtomicUsize,
    done: Mutex<Done>,
}

/// What came of the connections that are over.
#[derive(Default)]
struct Done {
    summary: Summary,
    error: Option<io::Error>,
}

impl Server {
    /// Answers each connection on itself, or on one of its own to `send`.
    pub(super) fn new(listener: Listener, send: Option<Address>, ending: Ending) -> Self {
        let (taken, serving) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { listener, send, ending, taken, serving, done: Mutex::default() }
    }

    /// Serves as many connections at once as there are filters, until the program is to end: then
    /// those that are open, as far as they have come. Gives what was counted.
    ///
    /// # Errors
    /// What goes on could not be written, but for answers to somebody who does not wait for them.
    pub(super) fn run(self, filters: Vec<LineFilter>) -> io::Result<Summary> {
        let server = Arc::new(self);
        for filter in filters {
            let server = Arc::clone(&server);
            // It may wait for a connection for ever, so nobody waits for it.
            thread::spawn(move || server.work(filter));
        }
        let address = server.listener.address()?.to_string();
        // If standard error is gone, there is nobody to tell.
        let _ = writeln!(io::stderr(), "listening on {}", printable(&address));
        while !server.ending.is_told() {
            thread::sleep(WAKE_UP);
        }
        server.listener.close();
        let told = Instant::now();
        while server.serving.load(Ordering::Acquire) > 0 {
            if told.elapsed() > 2 * DRAIN {
                let error = "a connection does not take what is left for it";
                return Err(io::Error::new(io::ErrorKind::TimedOut, error));
            }
            thread::sleep(WAKE_UP / 10);
        }
        let mut done = server.done.lock().unwrap_or_else(PoisonError::into_inner);
        match done.error.take() {
            Some(error) => Err(error),
            None => Ok(std::mem::take(&mut done.summary)),
        }
    }

    /// Serves one connection after the other.
    fn work(&self, mut filter: LineFilter) {
        loop {
            let Ok(connection) = self.listener.accept() else {
                // Such as too many open files: others may be closed soon.
                thread::sleep(WAKE_UP);
                continue;
            };
            self.serving.fetch_add(1, Ordering::AcqRel);
            let served = self.serve(connection, &mut filter);
            self.end(served, filter.take_summary());
            self.serving.fetch_sub(1, Ordering::AcqRel);
        }
    }

    fn serve(&self, connection: Box<dyn Socket>, filter: &mut LineFilter) -> io::Result<()> {
        let number = self.taken.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("connection {number}");
        let input = Blocks::of(connection.try_clone()?);
        match &self.send {
            Some(address) => {
                let to = Sender::new(address.clone(), self.ending.clone());
                Stream::new(filter, to, number, &name).run(input, &self.ending)
            }
            None => match Stream::new(filter, connection, number, &name).run(input, &self.ending) {
                // Whoever asked does not wait for the answer.
                Err(error) if is_gone(&error) => Ok(()),
                served => served,
            },
        }
    }

    fn end(&self, served: io::Result<()>, summary: Summary) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.summary.merge(summary);
        if let Err(error) = served {
            done.error.get_or_insert(error);
        }
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}
