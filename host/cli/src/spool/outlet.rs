//! Delivers through a spool.

use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::queue::{Append, Spool};
use super::reader::Reader;
use crate::log::{log, warn};
use crate::net::outlet::Outlet;
use crate::request_keys::PendingKey;
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::systemd;

/// How long the delivery waits after an error of the disk.
const RETRY_DELAY: Duration = Duration::from_secs(5);

/// Appends to a spool.
pub(crate) struct SpoolOutlet {
    pub(crate) spool: Arc<Spool>,
    pub(crate) shutdown: Shutdown,
}

impl Outlet for SpoolOutlet {
    /// Appends `bytes`; waits for space.
    fn send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        self.append(bytes, None, until)
    }

    fn send_of_request(
        &mut self,
        bytes: &[u8],
        key: &PendingKey<'_>,
        until: Option<Instant>,
    ) -> io::Result<()> {
        self.append(bytes, Some(key), until)
    }
}

impl SpoolOutlet {
    fn append(
        &self,
        bytes: &[u8],
        key: Option<&PendingKey<'_>>,
        until: Option<Instant>,
    ) -> io::Result<()> {
        if bytes.is_empty() {
            key.into_iter().for_each(PendingKey::accept);
            return Ok(());
        }
        loop {
            let message = match self.spool.append(bytes, key)? {
                Append::Done => return Ok(()),
                Append::TooLarge => "it is larger than the spool; raise --spool-limit",
                Append::Full => "the spool is full",
            };
            let waits = until.is_none_or(|until| Instant::now() < until);
            if !waits || self.shutdown.is_requested() {
                return Err(io::Error::new(io::ErrorKind::StorageFull, message));
            }
            systemd::alive();
            self.spool.wait(POLL_INTERVAL);
        }
    }
}

/// Delivers batches.
pub(crate) trait Deliver: Send + 'static {
    /// Delivers a batch of whole lines, for as long as it takes. `key` tells it from others, and is the
    /// same if it is delivered again.
    ///
    /// # Errors
    /// It is not delivered, or nobody knows: a shutdown was requested.
    fn deliver(&mut self, lines: &[u8], key: &str) -> io::Result<()>;
}

/// The thread that delivers what is in a spool.
pub(crate) struct Delivery {
    spool: Arc<Spool>,
    shutdown: Shutdown,
    /// Locked by who waits for the end.
    ended: Mutex<Receiver<()>>,
}

impl Delivery {
    /// Starts to deliver, `batch_bytes` at once, or one batch if that has more.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn start(
        spool: Arc<Spool>,
        mut to: impl Deliver,
        batch_bytes: usize,
        shutdown: Shutdown,
    ) -> io::Result<Self> {
        let waiting = spool.waiting();
        if waiting > 0 {
            log(&format!("{waiting} bytes are in the spool from before"));
        }
        let mut reader = Reader::new(Arc::clone(&spool))?;
        let (end, ended) = channel();
        let delivery = Self {
            spool: Arc::clone(&spool),
            shutdown: shutdown.clone(),
            ended: Mutex::new(ended),
        };
        // Not joined, as it may wait for the receiver forever.
        thread::Builder::new().spawn(move || {
            while !shutdown.is_requested() {
                match deliver(&mut reader, &mut to, batch_bytes) {
                    Ok(true) => {}
                    Ok(false) => spool.wait(POLL_INTERVAL),
                    Err(_) if shutdown.is_requested() => {}
                    Err(error) => {
                        warn(&format!("the spool cannot be delivered: {error}"));
                        shutdown.sleep(RETRY_DELAY);
                    }
                }
            }
            // The program may be over.
            let _ = end.send(());
        })?;
        Ok(delivery)
    }

    /// Waits until everything is delivered, or a shutdown is requested: the next process delivers the
    /// rest.
    pub(crate) fn end(&self) {
        while self.spool.waiting() > 0 && !self.shutdown.is_requested() {
            self.spool.wait(POLL_INTERVAL);
        }
        if self.shutdown.is_requested() {
            // Its position is noted if what it is delivering is accepted.
            let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = self.shutdown.wait_for(&ended);
        }
        let waiting = self.spool.waiting();
        if waiting > 0 {
            log(&format!("{waiting} bytes stay in the spool for the next start"));
        }
    }
}

/// Delivers the next batches. Returns whether there were any.
fn deliver(reader: &mut Reader, to: &mut impl Deliver, batch_bytes: usize) -> io::Result<bool> {
    let Some(batch) = reader.take(batch_bytes)? else { return Ok(false) };
    to.deliver(&batch.bytes, &batch.key)?;
    reader.delivered()?;
    Ok(true)
}
