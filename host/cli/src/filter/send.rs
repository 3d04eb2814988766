//! A connection to where lines are sent on, made again whenever it breaks.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use super::address::{Address, Socket};
use crate::ending::{Ending, WAKE_UP};
use crate::sanitize::printable;

/// The longest pause between two tries to connect. The first is [`WAKE_UP`], and each is twice the
/// one before.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Sends to an address. While nobody takes connections there, writing waits.
pub(super) struct Sender {
    to: Address,
    connection: Option<Box<dyn Socket>>,
    ending: Ending,
}

impl Sender {
    /// Connects when there is something to send.
    pub(super) fn new(to: Address, ending: Ending) -> Self {
        Self { to, connection: None, ending }
    }

    /// The connection: the one that is there, if it still is, or a new one.
    fn connected(&mut self) -> io::Result<&mut Box<dyn Socket>> {
        self.connection.take_if(|connection| !is_open(&mut **connection));
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        Ok(self.connection.insert(connection))
    }

    fn connect(&self) -> io::Result<Box<dyn Socket>> {
        let mut pause = WAKE_UP;
        let mut told = false;
        loop {
            let error = match self.to.connect() {
                Ok(connection) => return Ok(connection),
                Err(error) => error,
            };
            if self.ending.is_told() {
                return Err(error);
            }
            if !told {
                let waiting = format!("waiting for {}: {error}", self.to);
                // If standard error is gone, there is nobody to tell.
                let _ = writeln!(io::stderr(), "{}", printable(&waiting));
                told = true;
            }
            thread::sleep(pause);
            pause = PAUSE_MAX.min(pause * 2);
        }
    }
}

/// Whether the other end is there. It sends nothing, so that what can be read is the end.
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
    /// Sends all of these bytes on one connection: if it breaks, from the first byte on again.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.connected()?.write_all(bytes) {
                Ok(()) => return Ok(bytes.len()),
                Err(error) if self.ending.is_told() => return Err(error),
                Err(_) => {
                    self.connection = None;
                    thread::sleep(WAKE_UP);
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
