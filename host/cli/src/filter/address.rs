//! Where connections are taken, and where they are made to.

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

/// An address as it is named on the command line.
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
    /// Begins to listen.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn listen(&self) -> io::Result<Listener> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(path) => Listener::Unix(listen_unix(path)?, path.clone()),
            Self::Tcp(host_and_port) => Listener::Tcp(TcpListener::bind(host_and_port)?),
        })
    }

    /// Connects.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn connect(&self) -> io::Result<Box<dyn Socket>> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(path) => Box::new(UnixStream::connect(path)?),
            Self::Tcp(host_and_port) => Box::new(TcpStream::connect(host_and_port)?),
        })
    }
}

/// Takes the place of a socket that a program left behind when it was killed.
#[cfg(unix)]
fn listen_unix(path: &Path) -> io::Result<UnixListener> {
    let is_left_behind = || {
        fs::metadata(path).is_ok_and(|there| there.file_type().is_socket())
            && UnixStream::connect(path)
                .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    };
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_left_behind() => {
            fs::remove_file(path)?;
            UnixListener::bind(path)
        }
        bound => bound,
    }
}

/// What takes connections.
pub(super) enum Listener {
    #[cfg(unix)]
    Unix(UnixListener, PathBuf),
    Tcp(TcpListener),
}

impl Listener {
    /// Waits for a connection.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn accept(&self) -> io::Result<Box<dyn Socket>> {
        match self {
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Box::new(listener.accept()?.0)),
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                // Blocks are written whole: to wait for more only delays them.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }

    /// Where it listens: with the port that was found for port 0.
    ///
    /// # Errors
    /// What the operating system says.
    pub(super) fn address(&self) -> io::Result<Address> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(_, path) => Address::Unix(path.clone()),
            Self::Tcp(listener) => Address::Tcp(listener.local_addr()?.to_string()),
        })
    }

    /// Leaves nothing behind.
    pub(super) fn close(&self) {
        #[cfg(unix)]
        if let Self::Unix(_, path) = self {
            // If it is gone already, so much the better.
            let _ = fs::remove_file(path);
        }
    }
}

/// What is connected, of either kind.
pub(super) trait Socket: Read + Write + Send {
    /// The same connection, to read it and write to it at once.
    ///
    /// # Errors
    /// What the operating system says.
    fn try_clone(&self) -> io::Result<Box<dyn Socket>>;

    /// Whether reading waits for something to come.
    ///
    /// # Errors
    /// What the operating system says.
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
    fn addresses() {
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
    fn a_socket_that_was_left_behind_is_replaced_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let address = |name| Address::Unix(folder.path().join(name));
        // Dropped without being closed, as when a program is killed.
        drop(address("socket").listen().unwrap());
        let listener = address("socket").listen().unwrap();
        assert!(address("socket").listen().is_err(), "somebody listens");
        listener.close();
        assert!(!folder.path().join("socket").exists());

        fs::write(folder.path().join("file"), "kept").unwrap();
        assert!(address("file").listen().is_err());
        assert_eq!(fs::read(folder.path().join("file")).unwrap(), b"kept");
    }
}
