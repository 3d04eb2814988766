//! The clock that stops a call: a thread that advances the engine's epoch, at which a call that runs
//! looks at the processor time that its own thread has used.
//!
//! Time that passes while the thread does not run, because the machine is busy or asleep, does not
//! count.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use wasmtime::{Engine, UpdateDeadline};

/// Ticks in a deadline. A call is stopped within a twentieth of it, and a thread that wakes 20 times a
/// second (with the default of 1 s) does not show in a CPU graph.
const TICKS_PER_DEADLINE: u32 = 20;
const SHORTEST_TICK: Duration = Duration::from_millis(1);
const LONGEST_TICK: Duration = Duration::from_millis(50);

/// The processor time that a call may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) limit: Duration,
    tick: Duration,
}

impl Deadline {
    fn new(limit: Duration) -> Self {
        let tick = (limit / TICKS_PER_DEADLINE).clamp(SHORTEST_TICK, LONGEST_TICK);
        Self { limit, tick }
    }

    /// The ticks in which this time can be used at the earliest, at least one. The sum with any epoch
    /// that a process can reach fits into 64 bits.
    fn ticks(self, time: Duration) -> u64 {
        let whole = time.as_nanos().div_ceil(self.tick.as_nanos());
        u64::from(u32::try_from(whole).unwrap_or(u32::MAX)).max(1)
    }
}

/// The processor time of one call.
///
/// It starts at the first tick, so that calls shorter than a tick, which is nearly all of them, do
/// not read a clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    started: Option<Duration>,
}

impl Clock {
    /// The ticks after which a call that begins now looks at its clock for the first time.
    pub(crate) const FIRST_TICKS: u64 = 1;

    /// The time since the first tick; none if there was none.
    pub(crate) fn used(&self) -> Option<Duration> {
        self.started.map(|started| processor_time().saturating_sub(started))
    }

    /// At a tick: whether the call is stopped, or when it looks again.
    pub(crate) fn check(&mut self, deadline: Deadline) -> UpdateDeadline {
        let Some(started) = self.started else {
            self.started = Some(processor_time());
            return UpdateDeadline::Continue(deadline.ticks(deadline.limit));
        };
        let used = processor_time().saturating_sub(started);
        match deadline.limit.saturating_sub(used) {
            Duration::ZERO => UpdateDeadline::Interrupt,
            left => UpdateDeadline::Continue(deadline.ticks(left)),
        }
    }
}

/// The processor time that this thread has used.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Elsewhere, all time counts.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    static ORIGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    ORIGIN.get_or_init(std::time::Instant::now).elapsed()
}

/// Advances the epoch of an engine until it is dropped.
pub(crate) struct Ticker {
    stop: Sender<()>,
    thread: Option<JoinHandle<()>>,
    deadline: Deadline,
}

impl Ticker {
    /// Starts the thread.
    pub(crate) fn start(engine: &Engine, limit: Duration) -> io::Result<Self> {
        let deadline = Deadline::new(limit);
        let engine = engine.clone();
        let (stop, stopped) = mpsc::channel();
        let thread = thread::Builder::new().name("sekisho-deadline".into()).spawn(move || {
            while stopped.recv_timeout(deadline.tick) == Err(RecvTimeoutError::Timeout) {
                engine.increment_epoch();
            }
        })?;
        Ok(Self { stop, thread: Some(thread), deadline })
    }

    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        // Both fail only if the thread has ended already.
        let _ = self.stop.send(());
        let _ = self.thread.take().map(JoinHandle::join);
    }
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
    fn a_call_looks_at_its_clock_when_it_may_be_over() {
        let ms = Duration::from_millis;
        let deadline = Deadline::new(ms(100));
        assert_eq!(deadline.ticks(ms(100)), 20);
        assert_eq!(deadline.ticks(ms(101)), 21);
        assert_eq!(deadline.ticks(Duration::ZERO), 1);
        assert_eq!(Deadline::new(Duration::MAX).ticks(Duration::MAX), u64::from(u32::MAX));
    }

    #[test]
    fn time_without_the_processor_does_not_count() {
        let deadline = Deadline::new(Duration::from_millis(20));
        let mut clock = Clock::default();
        assert!(matches!(clock.check(deadline), UpdateDeadline::Continue(20)));
        thread::sleep(Duration::from_millis(50));
        assert!(matches!(clock.check(deadline), UpdateDeadline::Continue(_)));
        let started = clock.started.expect("it has started");
        while processor_time() - started < deadline.limit {}
        assert!(matches!(clock.check(deadline), UpdateDeadline::Interrupt));
    }
}
