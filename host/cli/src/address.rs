//! TCP and Unix socket addresses, to listen on or to connect to.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::str::FromStr;
#[cfg(unix)]
use std::{
    fs,
    os::unix::fs::FileTypeExt,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
};

/// An address on the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Address {
    /// `unix:PATH`
    #[cfg(unix)]
    Unix(PathBuf),
    /// `tcp:HOST:PORT`
    Tcp(String),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            #[cfg(unix)]
            Some(("unix", path)) if !path.is_empty() => Ok(Self::Unix(path.into())),
            Some(("tcp", host_and_port)) if host_and_port.contains(':') => {
                Ok(Self::Tcp(host_and_port.to_owned()))
            }
            _ => Err(format!(
                "expected unix:PATH or tcp:HOST:PORT, as in tcp:127.0.0.1:9000; found `{text}`"
            )),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(host_and_port) => write!(f, "tcp:{host_and_port}"),
        }
    }
}

impl Address {
    /// Starts to listen.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn listen(&self) -> io::Result<Listener> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(path) => Listener::Unix(listen_unix(path)?, path.clone()),
            Self::Tcp(host_and_port) => Listener::Tcp(TcpListener::bind(host_and_port)?),
        })
    }

    /// Connects.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn connect(&self) -> io::Result<Box<dyn Socket>> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(path) => Box::new(UnixStream::connect(path)?),
            Self::Tcp(host_and_port) => Box::new(TcpStream::connect(host_and_port)?),
        })
    }
}

/// Binds a Unix socket. Replaces a socket file that no process listens on, as a killed process leaves
/// it.
#[cfg(unix)]
fn listen_unix(path: &Path) -> io::Result<UnixListener> {
    let is_stale = || {
        fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
            && UnixStream::connect(path)
                .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_stale() => {
            fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    }
}

/// A listening socket.
pub(crate) enum Listener {
    #[cfg(unix)]
    Unix(UnixListener, PathBuf),
    Tcp(TcpListener),
}

impl Listener {
    /// Waits for a connection.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn accept(&self) -> io::Result<Box<dyn Socket>> {
        match self {
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Box::new(listener.accept()?.0)),
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                // Output is written in large blocks, so waiting for more data only adds latency.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }

    /// The address it listens on, with the actual port instead of port 0.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn address(&self) -> io::Result<Address> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(_, path) => Address::Unix(path.clone()),
            Self::Tcp(listener) => Address::Tcp(listener.local_addr()?.to_string()),
        })
    }

    /// Removes the file of a Unix socket.
    pub(crate) fn close(&self) {
        #[cfg(unix)]
        if let Self::Unix(_, path) = self {
            // It may have been removed already.
            let _ = fs::remove_file(path);
        }
    }
}

/// A connection of either kind.
pub(crate) trait Socket: Read + Write + Send {
    /// A second handle to the connection, to read and write in different threads.
    ///
    /// # Errors
    /// The error of the operating system.
    fn try_clone(&self) -> io::Result<Box<dyn Socket>>;

    /// Sets whether reading and writing return immediately instead of blocking.
    ///
    /// # Errors
    /// The error of the operating system.
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
}

impl Socket for TcpStream {
    fn try_clone(&self) -> io::Result<Box<dyn Socket>> {
        Ok(Box::new(self.try_clone()?))
    }

    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.set_nonblocking(nonblocking)
    }
}

#[cfg(unix)]
impl Socket for UnixStream {
    fn try_clone(&self) -> io::Result<Box<dyn Socket>> {
        Ok(Box::new(self.try_clone()?))
    }

    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.set_nonblocking(nonblocking)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed() {
        for address in ["tcp:127.0.0.1:9000", "tcp:[::1]:9000", "tcp:localhost:0"] {
            assert_eq!(address.parse::<Address>().unwrap().to_string(), address);
        }
        for wrong in ["", "tcp", "tcp:9000", "unix:", "udp:127.0.0.1:9000", "127.0.0.1:9000", "-"] {
            assert!(wrong.parse::<Address>().is_err(), "{wrong}");
        }
        #[cfg(unix)]
        assert_eq!("unix:a:b".parse(), Ok(Address::Unix("a:b".into())));
    }

    #[cfg(unix)]
    #[test]
    fn only_a_stale_socket_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let address = |name| Address::Unix(folder.path().join(name));
        // Dropped without `close`, as in a killed process.
        drop(address("socket").listen().unwrap());
        let listener = address("socket").listen().unwrap();
        assert!(address("socket").listen().is_err(), "the socket is in use");
        listener.close();
        assert!(!folder.path().join("socket").exists());

        fs::write(folder.path().join("file"), "kept").unwrap();
        assert!(address("file").listen().is_err());
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"kept");
    }
}
