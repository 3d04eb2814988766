//! When a client was last active.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When a client last sent a line or read its output. Shared by the threads of its connection.
#[derive(Debug)]
pub(crate) struct Activity {
    start: Instant,
    /// Milliseconds after `start`.
    last: AtomicU64,
    /// Whether something else than the client is waited for.
    busy: AtomicBool,
}

impl Activity {
    /// Activity that begins now.
    pub(crate) fn now() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0), busy: AtomicBool::new(false) }
    }

    /// Notes that the client was active.
    pub(crate) fn progress(&self) {
        self.last.store(self.start.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    /// Runs `work`, which does not depend on the client.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        self.busy.store(true, Ordering::Relaxed);
        let result = work();
        self.progress();
        self.busy.store(false, Ordering::Relaxed);
        result
    }

    /// For how long nothing came from the client, although it was waited for.
    pub(crate) fn idle(&self) -> Duration {
        if self.busy.load(Ordering::Relaxed) {
            return Duration::ZERO;
        }
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(last)
    }
}
