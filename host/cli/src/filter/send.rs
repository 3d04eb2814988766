//! A connection for the output, reopened whenever it breaks.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use crate::address::{Address, Socket};
use crate::sanitize::printable;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// The maximum delay between attempts to connect. The delay starts at [`POLL_INTERVAL`] and doubles.
const RETRY_DELAY_MAX: Duration = Duration::from_secs(5);

/// Sends to an address. Writing blocks while the address refuses connections.
pub(super) struct Sender {
    to: Address,
    connection: Option<Box<dyn Socket>>,
    shutdown: Shutdown,
}

impl Sender {
    /// A sender that connects at the first write.
    pub(super) fn new(to: Address, shutdown: Shutdown) -> Self {
        Self { to, connection: None, shutdown }
    }

    /// The current connection if it is still open, otherwise a new one.
    fn connection(&mut self) -> io::Result<&mut Box<dyn Socket>> {
        self.connection.take_if(|connection| !is_open(&mut **connection));
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        Ok(self.connection.insert(connection))
    }

    fn connect(&self) -> io::Result<Box<dyn Socket>> {
        let mut delay = POLL_INTERVAL;
        let mut reported = false;
        loop {
            let error = match self.to.connect() {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            if self.shutdown.is_requested() {
                return Err(error);
            }
            if !reported {
                let waiting = format!("waiting for {}: {error}", self.to);
                // The message is informational.
                let _ = writeln!(io::stderr(), "{}", printable(&waiting));
                reported = true;
            }
            thread::sleep(delay);
            delay = RETRY_DELAY_MAX.min(delay * 2);
        }
    }
}

/// Whether the peer is connected. It sends nothing, so a readable socket is at its end.
fn is_open(connection: &mut dyn Socket) -> bool {
    let mut probe = || {
        connection.set_nonblocking(true)?;
        let read = connection.read(&mut [0]);
        connection.set_nonblocking(false)?;
        read
    };
    match probe() {
        Ok(read) => read > 0,
        Err(error) => error.kind() == io::ErrorKind::WouldBlock,
    }
}

impl Write for Sender {
    /// Sends all of `bytes` on one connection; starts over on a new one if it breaks.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.connection()?.write_all(bytes) {
                Ok(()) => return Ok(bytes.len()),
                Err(error) if self.shutdown.is_requested() => return Err(error),
                Err(_) => {
                    self.connection = None;
                    thread::sleep(POLL_INTERVAL);
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
