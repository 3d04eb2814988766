//! Accepts the connections of a server: TCP or Unix sockets, with TLS or without.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::tls::Tls;
use crate::net::listener::Listener;

/// The time in which a client has to agree on TLS.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// An open connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection before TLS.
pub(super) type Opened = Box<dyn Stream>;

/// A listener of the runtime.
pub(super) enum Acceptor {
    Tcp(tokio::net::TcpListener),
    #[cfg(unix)]
    Unix(tokio::net::UnixListener),
}

impl Acceptor {
    /// Takes over the socket of a listener, in a runtime.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn new(listener: &Listener) -> io::Result<Self> {
        let socket = listener.nonblocking()?;
        #[cfg(unix)]
        if socket.local_addr()?.is_unix() {
            return tokio::net::UnixListener::from_std(socket.into()).map(Self::Unix);
        }
        tokio::net::TcpListener::from_std(socket.into()).map(Self::Tcp)
    }

    /// Waits for a connection.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) async fn accept(&self) -> io::Result<Opened> {
        match self {
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // It only adds latency.
                let _ = stream.set_nodelay(true);
                Ok(Box::new(stream))
            }
            #[cfg(unix)]
            Self::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
        }
    }
}

/// Agrees on TLS, if there is any.
///
/// # Errors
/// The client does not, or is too slow.
pub(super) async fn secure(opened: Opened, tls: Option<&Tls>) -> io::Result<Box<dyn Stream>> {
    let Some(tls) = tls else { return Ok(opened) };
    let handshake = timeout(HANDSHAKE_TIMEOUT, tls.acceptor().accept(opened));
    Ok(Box::new(handshake.await.map_err(io::Error::from)??))
}
