//! A connection for the output, reopened whenever it breaks.

use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use socket2::Socket;

use super::address::Address;
use super::connect::connect;
use super::outlet::{Outlet, Receiver};

/// Sends to an address, which acknowledges nothing.
pub(crate) struct Sender {
    to: Address,
    receiver: Receiver,
    connection: Option<Socket>,
}

impl Sender {
    /// A sender that connects at the first write.
    pub(crate) fn new(to: Address, receiver: Receiver) -> Self {
        Self { to, receiver, connection: None }
    }

    /// Sends on the current connection if it is still open, otherwise on a new one.
    fn try_send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        self.connection.take_if(|connection| !is_open(connection));
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => connect(&self.to)?,
        };
        let timeout = until.map(|until| until.saturating_duration_since(Instant::now()));
        connection
            .set_write_timeout(timeout.map(|timeout| timeout.max(Duration::from_millis(1))))?;
        connection.write_all(bytes)?;
        self.connection = Some(connection);
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
