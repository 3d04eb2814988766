//! Loads files again when they change.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::failure::Failure;
use crate::log::{log, warn};
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::systemd;

/// How often files are looked at.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

/// How often the configuration was loaded again.
#[derive(Debug, Default)]
pub(crate) struct Reloads {
    pub(crate) done: AtomicU64,
    pub(crate) failed: AtomicU64,
}

/// What changes when a file is written or replaced.
#[derive(PartialEq, Eq)]
struct Version {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

impl Version {
    /// The version of a file; none if it is not there.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&metadata),
        })
    }
}

/// Calls `load` in a thread of its own at each SIGHUP, and if `watches` when one of `files` changes.
/// Says and counts what came of it: what `load` fails to load stays as it was.
///
/// # Errors
/// [`Failure::Usage`] with the error of the operating system.
pub(crate) fn on_change(
    files: Vec<PathBuf>,
    watches: bool,
    shutdown: Shutdown,
    mut load: impl FnMut() -> Result<(), Failure> + Send + 'static,
) -> Result<Arc<Reloads>, Failure> {
    let reloads = Arc::new(Reloads::default());
    let counted = Arc::clone(&reloads);
    let reload = move || {
        systemd::reloading();
        match load() {
            Ok(()) => {
                counted.done.fetch_add(1, Ordering::Relaxed);
                log("the rules were loaded again");
            }
            Err(failure) => {
                counted.failed.fetch_add(1, Ordering::Relaxed);
                warn(&format!("the rules stay as they were: {failure}"));
            }
        }
        systemd::reloaded();
    };
    call_on_change(files, watches, shutdown, reload).map_err(|error| Failure::Usage {
        message: format!("cannot watch the rules: {error}"),
        advice: "start without `--watch`",
    })?;
    Ok(reloads)
}

fn call_on_change(
    files: Vec<PathBuf>,
    watches: bool,
    shutdown: Shutdown,
    mut load: impl FnMut() + Send + 'static,
) -> io::Result<()> {
    let hangup = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::clone(&hangup))?;
    let versions = move || files.iter().map(|file| Version::of(file)).collect::<Vec<_>>();
    let (mut known, mut looked) = (versions(), Instant::now());
    thread::Builder::new().spawn(move || {
        while !shutdown.is_requested() {
            thread::sleep(POLL_INTERVAL);
            let mut is_due = hangup.swap(false, Ordering::Relaxed);
            if watches && looked.elapsed() >= WATCH_INTERVAL {
                looked = Instant::now();
                let current = versions();
                is_due |= current != known;
                known = current;
            }
            if is_due {
                load();
            }
        }
    })?;
    Ok(())
}
