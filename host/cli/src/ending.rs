//! How the program learns that it is to end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// So soon a signal is noticed, and so long an input gives nothing before nothing more is expected
/// of it.
pub(crate) const WAKE_UP: Duration = Duration::from_millis(100);

/// At most so long it takes to pass on what there is.
pub(crate) const DRAIN: Duration = Duration::from_secs(2);

/// The exit code of a program that does not wait for that.
const AT_ONCE: i32 = 2;

/// Whether the program was told to end.
#[derive(Clone, Debug)]
pub(crate) struct Ending(Arc<AtomicBool>);

impl Ending {
    /// Has a first signal tell so, and a second one end the program at once.
    ///
    /// # Errors
    /// What the operating system says.
    pub(crate) fn on_signals() -> io::Result<Self> {
        let told = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // Registered first, it sees what signals before this one have told.
            flag::register_conditional_shutdown(signal, AT_ONCE, Arc::clone(&told))?;
            flag::register(signal, Arc::clone(&told))?;
        }
        Ok(Self(told))
    }

    /// Whether it was told.
    pub(crate) fn is_told(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
