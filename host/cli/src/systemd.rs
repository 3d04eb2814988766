//! What systemd wants to know of a service: that it is ready, that it lives, and that it stops. Without
//! systemd, nothing is sent.

#[cfg(unix)]
mod notify {
    use std::sync::{Mutex, OnceLock, PoisonError};
    use std::time::{Duration, Instant};

    use sd_notify::NotifyState;

    use crate::log::warn;

    /// How often the watchdog expects a message, and when it had the last one.
    struct Watchdog {
        interval: Duration,
        last: Mutex<Instant>,
    }

    /// The watchdog, once the service is ready; none if there is none.
    static WATCHDOG: OnceLock<Option<Watchdog>> = OnceLock::new();

    fn notify(state: &[NotifyState<'_>]) {
        if let Err(error) = sd_notify::notify(state) {
            warn(&format!("systemd cannot be told: {error}"));
        }
    }

    pub(crate) fn ready() {
        WATCHDOG.get_or_init(|| {
            // Half of the time, so that one message may be late.
            let interval = sd_notify::watchdog_enabled()? / 2;
            Some(Watchdog { interval, last: Mutex::new(Instant::now()) })
        });
        notify(&[NotifyState::Ready]);
    }

    pub(crate) fn alive() {
        let Some(Some(watchdog)) = WATCHDOG.get() else { return };
        let mut last = watchdog.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= watchdog.interval {
            *last = Instant::now();
            notify(&[NotifyState::Watchdog]);
        }
    }

    pub(crate) fn stopping() {
        notify(&[NotifyState::Stopping]);
    }

    pub(crate) fn reloading() {
        if let Ok(now) = NotifyState::monotonic_usec_now() {
            notify(&[NotifyState::Reloading, now]);
        }
    }

    pub(crate) fn reloaded() {
        notify(&[NotifyState::Ready]);
    }
}

/// Says that the service has started.
pub(crate) fn ready() {
    #[cfg(unix)]
    notify::ready();
}

/// Says that the service lives, if the watchdog is due to hear it. Called by what waits, often.
pub(crate) fn alive() {
    #[cfg(unix)]
    notify::alive();
}

/// Says that the service ends.
pub(crate) fn stopping() {
    #[cfg(unix)]
    notify::stopping();
}

/// Says that the configuration is loaded again; until [`reloaded`].
pub(crate) fn reloading() {
    #[cfg(unix)]
    notify::reloading();
}

/// Says that the configuration was loaded again, or stays.
pub(crate) fn reloaded() {
    #[cfg(unix)]
    notify::reloaded();
}
