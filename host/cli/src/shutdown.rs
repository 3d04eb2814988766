//! Shutting down at SIGTERM and SIGINT.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// How often a waiting thread checks for a signal, and how long an input may be idle after one
/// before it counts as ended.
pub(crate) const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The most time to spend on forwarding input that is still arriving after a signal.
pub(crate) const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The exit code after a second signal.
const EXIT_AT_ONCE: i32 = 2;

/// Whether a shutdown was requested. Clones share the flag.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(Arc<AtomicBool>);

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
        Ok(Self(requested))
    }

    /// Whether a signal has arrived.
    pub(crate) fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
