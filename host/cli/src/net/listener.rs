//! Listening sockets.

use std::io;
use std::net::ToSocketAddrs;

use listenfd::ListenFd;
use socket2::{Domain, Protocol, Socket, Type};

use super::address::{Address, ListenSocket};
use super::connect::prepare_tcp;
#[cfg(unix)]
use super::socket_file::SocketFile;

/// The number of connections that may wait to be accepted.
const BACKLOG: i32 = 128;

/// A listening socket.
pub(crate) struct Listener {
    socket: Socket,
    address: Address,
    #[cfg(unix)]
    file: Option<SocketFile>,
}

impl Listener {
    /// Starts to listen. The file of a Unix socket gets `mode`, unless systemd has made it.
    ///
    /// # Errors
    /// The error of the operating system, or why a socket cannot be had.
    pub(crate) fn open(socket: &ListenSocket, mode: Option<u32>) -> io::Result<Self> {
        match socket {
            ListenSocket::Bind(address) => Self::bind(address, mode),
            ListenSocket::Passed => Self::passed(),
        }
    }

    /// Takes the first socket that systemd passes.
    fn passed() -> io::Result<Self> {
        let mut passed = ListenFd::from_env();
        #[cfg(unix)]
        if let Ok(Some(listener)) = passed.take_unix_listener(0) {
            let bound = listener.local_addr()?;
            let path = bound.as_pathname().unwrap_or(std::path::Path::new("-"));
            let address = Address::Unix(path.to_owned());
            return Ok(Self { socket: listener.into(), address, file: None });
        }
        let Some(listener) = passed.take_tcp_listener(0)? else {
            let message = "systemd passes no socket: this needs a unit of type `socket`";
            return Err(io::Error::new(io::ErrorKind::NotFound, message));
        };
        let address = Address::Tcp(listener.local_addr()?.to_string());
        Ok(Self {
            socket: listener.into(),
            address,
            #[cfg(unix)]
            file: None,
        })
    }

    fn bind(address: &Address, mode: Option<u32>) -> io::Result<Self> {
        match address {
            #[cfg(unix)]
            Address::Unix(path) => {
                let (socket, file) = SocketFile::bind(path, mode)?;
                let bound = Self { socket, address: address.clone(), file: Some(file) };
                bound.socket.listen(BACKLOG).inspect_err(|_| bound.close())?;
                Ok(bound)
            }
            Address::Tcp(host_and_port) => {
                let socket = bind_tcp(host_and_port)?;
                let bound = socket.local_addr()?.as_socket();
                let bound = bound.expect("a TCP socket has an address").to_string();
                #[cfg(not(unix))]
                let _ = mode;
                Ok(Self {
                    socket,
                    address: Address::Tcp(bound),
                    #[cfg(unix)]
                    file: None,
                })
            }
        }
    }

    /// Waits for a connection.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn accept(&self) -> io::Result<Socket> {
        let (socket, _) = self.socket.accept()?;
        match self.address {
            #[cfg(unix)]
            Address::Unix(_) => Ok(socket),
            Address::Tcp(_) => prepare_tcp(socket),
        }
    }

    /// The address it listens on, with the actual port instead of port 0.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Whether only this machine can reach it.
    pub(crate) fn is_local(&self) -> bool {
        let bound = self.socket.local_addr().ok().and_then(|bound| bound.as_socket());
        bound.is_none_or(|bound| bound.ip().to_canonical().is_loopback())
    }

    /// A second handle of the socket, which does not block.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn nonblocking(&self) -> io::Result<Socket> {
        self.socket.set_nonblocking(true)?;
        self.socket.try_clone()
    }

    /// Removes the file of a Unix socket.
    pub(crate) fn close(&self) {
        #[cfg(unix)]
        if let Some(file) = &self.file {
            file.remove();
        }
    }
}

fn bind_tcp(host_and_port: &str) -> io::Result<Socket> {
    let bind = |address| {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        // Connections of an earlier process that are not quite closed do not count.
        #[cfg(unix)]
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(socket)
    };
    let mut refused = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in host_and_port.to_socket_addrs()? {
        match bind(address) {
            Ok(socket) => return Ok(socket),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}
