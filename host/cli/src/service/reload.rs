//! Notices when files are to be loaded again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// How often files are looked at.
const WATCH_INTERVAL: Duration = Duration::from_secs(1);

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
///
/// # Errors
/// The error of the operating system.
pub(crate) fn on_change(
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
