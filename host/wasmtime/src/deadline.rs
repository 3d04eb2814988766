//! The clock that stops a call: a thread that advances the engine's epoch.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use wasmtime::Engine;

/// Ticks in a deadline. A call is stopped within a twentieth of it, and a thread that wakes 20 times a
/// second (with the default of 1 s) does not show in a CPU graph.
const TICKS_PER_DEADLINE: u32 = 20;
const SHORTEST_TICK: Duration = Duration::from_millis(1);
const LONGEST_TICK: Duration = Duration::from_millis(50);

/// Advances the epoch of an engine until it is dropped.
pub(crate) struct Ticker {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
    deadline_ticks: u64,
}

impl Ticker {
    /// Starts the thread.
    pub(crate) fn start(engine: &Engine, deadline: Duration) -> io::Result<Self> {
        let tick = (deadline / TICKS_PER_DEADLINE).clamp(SHORTEST_TICK, LONGEST_TICK);
        let engine = engine.clone();
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("sekisho-deadline".into()).spawn(move || {
            while stopped.recv_timeout(tick) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        })?;
        Ok(Self { stop, thread: Some(thread), deadline_ticks: ticks(deadline, tick) })
    }

    /// The deadline, in epochs from the current one.
    pub(crate) fn deadline_ticks(&self) -> u64 {
        self.deadline_ticks
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // Both fail only if the thread has ended already.
        let _ = self.stop.send(());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// One more tick than fits, because the current one may end at once. The sum with any epoch that a
/// process can reach fits into 64 bits.
fn ticks(deadline: Duration, tick: Duration) -> u64 {
    let whole = deadline.as_nanos().div_ceil(tick.as_nanos());
    u64::from(u32::try_from(whole).unwrap_or(u32::MAX)) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_ends_with_its_ticker() {
        let engine = Engine::default();
        let ticker = Ticker::start(&engine, Duration::from_secs(1)).expect("a thread");
        let weak = engine.weak();
        drop(engine);
        assert!(weak.upgrade().is_some(), "the thread keeps the engine");
        drop(ticker);
        assert!(weak.upgrade().is_none(), "the engine is dropped");
    }

    #[test]
    fn a_deadline_is_never_cut_short() {
        let ms = Duration::from_millis;
        assert_eq!(ticks(ms(100), ms(5)), 21);
        assert_eq!(ticks(ms(101), ms(5)), 22);
        assert_eq!(ticks(Duration::ZERO, ms(1)), 1);
        assert_eq!(ticks(Duration::MAX, ms(50)), u64::from(u32::MAX) + 1);
    }
}
