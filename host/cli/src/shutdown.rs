//! Shutting down at SIGTERM and SIGINT.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::systemd;

/// How often a waiting thread checks for a signal, and how long an input may be idle after one
/// before it counts as ended.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The most time to read input that is still arriving after a signal.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(1_500);

/// When the program ends after a signal, even if nobody reads its output.
const END_TIMEOUT: Duration = Duration::from_millis(1_900);

/// The exit code after a second signal.
const EXIT_AT_ONCE: i32 = 2;

/// Whether a shutdown was requested. Clones share the flag.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown {
    requested: Arc<AtomicBool>,
    /// When a thread first noticed it.
    since: Arc<OnceLock<Instant>>,
}

impl Shutdown {
    /// Registers signal handlers: the first signal requests a shutdown, the second one exits at
    /// once.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let requested = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // Handlers run in this order, so this one sees only what earlier signals have set.
            flag::register_conditional_shutdown(signal, EXIT_AT_ONCE, Arc::clone(&requested))?;
            flag::register(signal, Arc::clone(&requested))?;
        }
        Ok(Self { requested, since: Arc::default() })
    }

    /// Whether a signal has arrived.
    pub(crate) fn is_requested(&self) -> bool {
        self.elapsed().is_some()
    }

    /// Whether input that is still arriving is no longer read.
    pub(crate) fn is_drained(&self) -> bool {
        self.elapsed().is_some_and(|elapsed| elapsed > DRAIN_TIMEOUT)
    }

    /// Whether the program ends, whatever is left to do.
    pub(crate) fn is_over(&self) -> bool {
        self.elapsed().is_some_and(|elapsed| elapsed > END_TIMEOUT)
    }

    /// The time since a signal was noticed.
    fn elapsed(&self) -> Option<Duration> {
        let requested = self.requested.load(Ordering::Relaxed);
        requested.then(|| self.since.get_or_init(Instant::now).elapsed())
    }

    /// Sleeps, but not beyond a signal.
    pub(crate) fn sleep(&self, duration: Duration) {
        let start = Instant::now();
        while !self.is_requested() {
            systemd::alive();
            let left = duration.saturating_sub(start.elapsed());
            if left.is_zero() {
                return;
            }
            thread::sleep(left.min(POLL_INTERVAL));
        }
    }

    /// Waits for the result of a thread; none if the program ends before.
    pub(crate) fn wait_for<T>(&self, result: &Receiver<T>) -> Option<T> {
        loop {
            systemd::alive();
            match result.recv_timeout(POLL_INTERVAL) {
                Ok(result) => return Some(result),
                Err(RecvTimeoutError::Timeout) if !self.is_over() => {}
                Err(_) => return None,
            }
        }
    }
}
