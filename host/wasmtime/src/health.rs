//! When a module is given up: after too many failures, or too much time on too little input.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Fault};

/// Failures in a row that end an instance each.
const MAX_FAILURES_IN_A_ROW: u32 = 16;

/// The time that all calls together may take beyond their share, in deadlines.
const OVERTIME_DEADLINES: u32 = MAX_FAILURES_IN_A_ROW;
const LONGEST_OVERTIME: Duration = Duration::from_secs(60);

/// Of the time that passes, this part is forgiven.
const FORGIVEN_PART: u32 = 100;

/// A call with this much input and output may use the whole deadline, one with less in proportion. A
/// filter with ten thousand rules needs a third of it.
pub(crate) const WHOLE_DEADLINE_BYTES: usize = 1 << 20;

/// What all instances of a module have done so far.
pub(crate) struct Health {
    deadline: Duration,
    failures_in_a_row: AtomicU32,
    overtime: Mutex<Overtime>,
    given_up: OnceLock<Fault>,
}

/// Time beyond the share of the calls.
struct Overtime {
    used: Duration,
    since: Instant,
}

impl Health {
    pub(crate) fn new(deadline: Duration) -> Self {
        Self {
            deadline,
            failures_in_a_row: AtomicU32::new(0),
            overtime: Mutex::new(Overtime { used: Duration::ZERO, since: Instant::now() }),
            given_up: OnceLock::new(),
        }
    }

    /// Why the module is given up, if it is.
    pub(crate) fn given_up(&self) -> Option<&Fault> {
        self.given_up.get()
    }

    /// A call on a new instance has succeeded.
    pub(crate) fn recovered(&self) {
        self.failures_in_a_row.store(0, Ordering::Relaxed);
    }

    /// A call has ended its instance.
    pub(crate) fn failed(&self, error: &Error) {
        let failures = self.failures_in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= MAX_FAILURES_IN_A_ROW {
            let reason = format!("{failures} failures in a row, the last one: {error}");
            let _ = self.given_up.set(Fault::GivenUp { reason });
        }
    }

    /// A call with so many bytes of input and output has used this much processor time, more than a
    /// tick.
    pub(crate) fn used(&self, time: Duration, bytes: usize) {
        let share = self.deadline.as_nanos() * bytes as u128 / WHOLE_DEADLINE_BYTES as u128;
        let share = Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX));
        let beyond = time.saturating_sub(share);
        let limit = self.deadline.saturating_mul(OVERTIME_DEADLINES).min(LONGEST_OVERTIME);
        let mut overtime = self.overtime.lock().unwrap_or_else(PoisonError::into_inner);
        let forgiven = overtime.since.elapsed() / FORGIVEN_PART;
        overtime.used = overtime.used.saturating_sub(forgiven) + beyond;
        overtime.since = Instant::now();
        if overtime.used > limit {
            let reason =
                format!("its calls took {limit:?} longer than their inputs and outputs justify");
            let _ = self.given_up.set(Fault::GivenUp { reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: Duration = Duration::from_secs(1);

    #[test]
    fn failures_in_a_row_count() {
        let health = Health::new(DEADLINE);
        let error = Error::Stateless;
        for _ in 0..3 {
            for _ in 1..MAX_FAILURES_IN_A_ROW {
                health.failed(&error);
            }
            assert_eq!(health.given_up(), None);
            health.recovered();
        }
        (0..MAX_FAILURES_IN_A_ROW).for_each(|_| health.failed(&error));
        let reason = health.given_up().expect("given up").to_string();
        assert!(reason.contains("16 failures in a row"), "{reason}");
    }

    #[test]
    fn a_large_input_may_take_longer() {
        let health = Health::new(DEADLINE);
        for _ in 0..1000 {
            health.used(DEADLINE, WHOLE_DEADLINE_BYTES);
            health.used(DEADLINE / 16, WHOLE_DEADLINE_BYTES / 16);
        }
        assert_eq!(health.given_up(), None);
        for _ in 0..OVERTIME_DEADLINES {
            assert_eq!(health.given_up(), None);
            health.used(DEADLINE + Duration::from_millis(10), 1000);
        }
        assert!(health.given_up().is_some());
    }
}
