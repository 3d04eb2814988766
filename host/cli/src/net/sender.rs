//! A connection for the output, reopened whenever it breaks.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use socket2::Socket;

use super::address::Address;
use super::connect::connect;
use super::outlet::{Outlet, Receiver};
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::systemd;

/// Sends to an address, which acknowledges nothing.
pub(crate) struct Sender {
    to: Address,
    receiver: Receiver,
    shutdown: Shutdown,
    connection: Option<Socket>,
}

impl Sender {
    /// A sender that connects at the first write.
    pub(crate) fn new(to: Address, receiver: Receiver, shutdown: Shutdown) -> Self {
        Self { to, receiver, shutdown, connection: None }
    }

    /// Sends on the current connection if it is still open, otherwise on a new one.
    fn try_send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        self.connection.take_if(|connection| !is_open(connection));
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.to)?,
        };
        self.write_all(&mut connection, bytes, until)?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Writes all of `bytes`, unless the time or the program is over before the peer reads them.
    fn write_all(
        &self,
        connection: &mut Socket,
        mut bytes: &[u8],
        until: Option<Instant>,
    ) -> io::Result<()> {
        connection.set_write_timeout(Some(POLL_INTERVAL))?;
        while !bytes.is_empty() {
            let is_over = until.is_some_and(|until| Instant::now() >= until);
            if is_over || self.shutdown.is_drained() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the receiver does not read"));
            }
            systemd::alive();
            match connection.write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if is_retryable(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Outlet for Sender {
    /// Sends all of `bytes` on one connection; starts over on a new one if it breaks.
    fn send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        let receiver = self.receiver.clone();
        let mut attempts = receiver.attempts(until);
        loop {
            match self.try_send(bytes, until) {
                Ok(()) => {
                    receiver.reached();
                    return Ok(());
                }
                Err(error) => attempts.wait(error, Duration::ZERO)?,
            }
        }
    }
}

fn is_retryable(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), Interrupted | TimedOut | WouldBlock)
}

/// Whether the peer is connected. It sends nothing, so a readable socket is at its end.
fn is_open(connection: &mut Socket) -> bool {
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
