//! Delivers output, and tries again until it is accepted.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::log::{log, warn};
use crate::request_keys::PendingKey;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// The maximum delay between attempts. The delay starts at [`POLL_INTERVAL`] and doubles.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(5);

/// Where output goes.
pub(crate) trait Outlet: Send {
    /// Delivers `bytes`, which are whole lines. Waits until `until`, or as long as it takes.
    ///
    /// # Errors
    /// They are not delivered, or nobody knows: the time is over, or a shutdown was requested.
    fn send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()>;

    /// Delivers the output of a request, and notes that it was accepted.
    ///
    /// # Errors
    /// Those of [`send`](Self::send).
    fn send_of_request(
        &mut self,
        bytes: &[u8],
        key: &PendingKey<'_>,
        until: Option<Instant>,
    ) -> io::Result<()> {
        self.send(bytes, until)?;
        key.accept();
        Ok(())
    }
}

/// Writes to an outlet, for as long as it takes.
pub(crate) struct OutletWriter(pub(crate) Box<dyn Outlet>);

impl Write for OutletWriter {
    /// Delivers all of `bytes`.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes, None).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A receiver, and whether it was reached last; shared by what sends to it.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    name: Arc<str>,
    lost: Arc<AtomicBool>,
    shutdown: Shutdown,
}

impl Receiver {
    /// A receiver that has not been tried yet.
    pub(crate) fn new(name: &str, shutdown: Shutdown) -> Self {
        Self { name: name.into(), lost: Arc::default(), shutdown }
    }

    /// What it is called in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Notes that the receiver accepted something, and says so after it did not.
    pub(crate) fn reached(&self) {
        if self.lost.swap(false, Ordering::Relaxed) {
            log(&format!("connected to {} again", self.name));
        }
    }

    /// Attempts to reach it until `until`, or as long as it takes.
    pub(crate) fn attempts(&self, until: Option<Instant>) -> Attempts<'_> {
        Attempts { receiver: self, until, delay: POLL_INTERVAL }
    }
}

/// Attempts to reach a receiver, with growing delays.
pub(crate) struct Attempts<'a> {
    receiver: &'a Receiver,
    until: Option<Instant>,
    delay: Duration,
}

impl Attempts<'_> {
    /// Waits after a failed attempt, at least for `least`. The first failure is reported.
    ///
    /// # Errors
    /// `error`, if there is no time for another attempt.
    pub(crate) fn wait(&mut self, error: io::Error, least: Duration) -> io::Result<()> {
        let Receiver { name, lost, shutdown } = self.receiver;
        if shutdown.is_requested() {
            return Err(error);
        }
        if !lost.swap(true, Ordering::Relaxed) {
            warn(&format!("waiting for {name}: {error}"));
        }
        let delay = self.delay.max(least.min(RETRY_DELAY_MAX));
        if self.until.is_some_and(|until| Instant::now() + delay >= until) {
            return Err(error);
        }
        shutdown.sleep(delay);
        self.delay = RETRY_DELAY_MAX.min(self.delay * 2);
        Ok(())
    }
}
