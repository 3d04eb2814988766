//! Opens connections without waiting forever.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
#[cfg(unix)]
use std::path::Path;
use std::time::Duration;

#[cfg(unix)]
use socket2::{Domain, SockAddr, Type};
use socket2::{Socket, TcpKeepalive};

use super::address::Address;

/// The most time to wait for a peer to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// When an idle connection is probed, so that one whose peer is gone is closed after some minutes.
const KEEPALIVE_TIME: Duration = Duration::from_secs(60);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(15);

/// Connects to an address.
///
/// # Errors
/// The error of the operating system, or that the peer does not accept the connection in time.
pub(super) fn connect(address: &Address) -> io::Result<Socket> {
    match address {
        #[cfg(unix)]
        Address::Unix(path) => connect_unix(path),
        Address::Tcp(host_and_port) => connect_tcp(host_and_port),
    }
}

/// Connects to a Unix socket; [`io::ErrorKind::WouldBlock`] if its queue is full.
///
/// # Errors
/// The error of the operating system.
#[cfg(unix)]
pub(super) fn connect_unix(path: &Path) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(path)?).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => {
            io::Error::new(error.kind(), "its queue of connections is full")
        }
        _ => error,
    })?;
    socket.set_nonblocking(false)?;
    Ok(socket)
}

fn connect_tcp(host_and_port: &str) -> io::Result<Socket> {
    let mut refused = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in host_and_port.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => return prepare_tcp(stream.into()),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// Sets the options of an open TCP connection.
///
/// # Errors
/// The error of the operating system.
pub(super) fn prepare_tcp(socket: Socket) -> io::Result<Socket> {
    // Output is written in large blocks, so waiting for more data only adds latency.
    socket.set_tcp_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_TIME).with_interval(KEEPALIVE_INTERVAL);
    socket.set_tcp_keepalive(&keepalive)?;
    Ok(socket)
}
