//! Messages of a running service, on standard error.

use std::io::{self, Write};

use crate::sanitize::printable;

/// Writes a message as one line.
pub(crate) fn log(message: &str) {
    // If standard error is closed, nobody reads messages.
    let _ = writeln!(io::stderr(), "{}", printable(message));
}
