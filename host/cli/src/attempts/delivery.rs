//! Sends findings to a receiver, and attempts if that is asked for.

use std::io;

use super::emitted::Emitted;
use crate::net::outlet::Outlet;

/// What is sent of what the module emits.
pub(crate) struct Delivery {
    outlet: Box<dyn Outlet>,
    /// Whether attempts are sent, and lines of types that this program does not know.
    sends_all: bool,
    /// What is sent next.
    lines: Vec<u8>,
}

impl Delivery {
    /// Sends to this outlet.
    pub(crate) fn new(outlet: Box<dyn Outlet>, sends_all: bool) -> Self {
        Self { outlet, sends_all, lines: Vec::new() }
    }

    /// Adds a line, if it is sent.
    pub(crate) fn add(&mut self, emitted: &Emitted, line: &[u8]) {
        if self.sends_all || matches!(emitted, Emitted::Finding(_)) {
            self.lines.extend_from_slice(line);
            self.lines.push(b'\n');
        }
    }

    /// Sends what was added, for as long as it takes.
    ///
    /// # Errors
    /// A shutdown was requested before it was accepted.
    pub(crate) fn send(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.outlet.send(&self.lines, None)?;
        self.lines.clear();
        Ok(())
    }
}
