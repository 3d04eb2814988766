//! Removes a temporary file if a signal ends the program.

use std::path::PathBuf;
use std::{fs, io, thread};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Removes `path` before SIGINT or SIGTERM ends the program.
///
/// # Errors
/// The error of the operating system, if signals cannot be handled.
pub(crate) fn remove_at_signal(path: PathBuf) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for signal in signals.forever() {
            // It may have got its final name, so that nothing is left.
            let _ = fs::remove_file(&path);
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}
