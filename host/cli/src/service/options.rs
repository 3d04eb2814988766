//! The options of every service: where it listens, who may connect, what it shows and says.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::connections::Service;
use super::metrics::{self, Sources};
use super::send::SendTarget;
use crate::duration::parse_seconds;
use crate::failure::Failure;
use crate::http::access::Token;
use crate::http::server::{Closer, Security, Server};
use crate::http::tls::{Tls, TlsFiles};
use crate::log::{LogFormat, set_format};
use crate::net::address::{ListenAddress, ListenSocket, parse_mode};
use crate::net::listener::Listener;
use crate::shutdown::Shutdown;

/// Where to listen, and what to show and say.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServiceOptions {
    /// Accept connections at unix:PATH or tcp:HOST:PORT, or requests at http://HOST:PORT or
    /// https://HOST:PORT, instead of reading standard input; `systemd`, http://systemd and
    /// https://systemd are the socket that systemd passes
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<ListenAddress>,
    /// Serve up to N connections or requests at once; others wait, or take the place of an idle one
    #[arg(long, value_name = "N", default_value = "16", requires = "listen")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) connections: u16,
    /// Close connections that neither send a line nor read their output for TIME
    #[arg(long, value_name = "TIME", default_value = "1h", requires = "listen")]
    #[arg(value_parser = |text: &str| parse_seconds(text, 1..=30 * 86400))]
    idle_timeout: u32,
    /// Permissions of the Unix sockets, as in 0660 [default: as the umask says]
    #[arg(long, value_name = "MODE", value_parser = parse_mode)]
    socket_mode: Option<u32>,
    /// Answer only requests that send the token in FILE as `Authorization: Bearer TOKEN`
    #[arg(long, value_name = "FILE", requires = "listen")]
    token_file: Option<PathBuf>,
    /// The certificate of https:// in PEM, and those that lead to one that clients trust
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of --tls-cert in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Accept only clients with a certificate that one of those in FILE has signed
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_client_ca: Option<PathBuf>,
    /// Load the rules and the certificate again when one of their files changes; with --listen, SIGHUP
    /// does so as well
    #[arg(long)]
    pub(crate) watch: bool,
    /// Show metrics for Prometheus at http://HOST:PORT or unix:PATH, as /metrics, and that it runs, as
    /// /healthz
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) metrics: Option<ListenAddress>,
    /// How to write messages on standard error
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    log_format: LogFormat,
}

/// What listens.
pub(crate) enum Listening {
    /// To connections.
    Lines(Listener),
    /// To requests.
    Http(Server),
}

impl ServiceOptions {
    /// Sets how messages are written.
    pub(crate) fn set_log_format(&self) {
        set_format(self.log_format);
    }

    /// Starts to listen; none without `--listen`. Also returns the TLS that can be loaded again.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the address, the token or the certificate cannot be used.
    pub(crate) fn open(&self) -> Result<Option<(Listening, Option<Tls>)>, Failure> {
        let Some(address) = &self.listen else { return Ok(None) };
        let bind = |socket: &ListenSocket| {
            Listener::open(socket, self.socket_mode).map_err(|error| cannot_listen(address, &error))
        };
        let (socket, tls) = match address {
            ListenAddress::Lines(socket) => {
                self.refuse_without_http()?;
                return Ok(Some((Listening::Lines(bind(socket)?), None)));
            }
            ListenAddress::Http(_) if self.tls_cert.is_some() => {
                return Err(Failure::Usage {
                    message: format!("{address} does not use the certificate"),
                    advice: "use `--listen https://HOST:PORT` with `--tls-cert`",
                });
            }
            ListenAddress::Http(socket) => (socket, None),
            ListenAddress::Https(socket) => (socket, Some(self.load_tls()?)),
        };
        let token = self.token_file.as_deref().map(Token::load).transpose()?;
        let security = Security { token, tls: tls.clone() };
        let server =
            Server::new(bind(socket)?, security).map_err(|error| cannot_listen(address, &error))?;
        Ok(Some((Listening::Http(server), tls)))
    }

    fn refuse_without_http(&self) -> Result<(), Failure> {
        match self.token_file.is_none() && self.tls_cert.is_none() {
            true => Ok(()),
            false => Err(Failure::Usage {
                message:
                    "`--token-file` needs `--listen http://HOST:PORT`, and `--tls-cert` needs \
                          https://"
                        .to_owned(),
                advice: "a Unix socket has permissions instead: `--socket-mode`",
            }),
        }
    }

    fn load_tls(&self) -> Result<Tls, Failure> {
        let (Some(certificate), Some(key)) = (self.tls_cert.clone(), self.tls_key.clone()) else {
            return Err(Failure::Usage {
                message: "https:// needs a certificate and its key".to_owned(),
                advice: "name their files with `--tls-cert` and `--tls-key`",
            });
        };
        let files = TlsFiles { certificate, key, client_ca: self.tls_client_ca.clone() };
        Tls::load(files).map_err(|error| cannot_use_certificate(&error))
    }

    /// The files of the certificate.
    pub(crate) fn tls_files(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.tls_cert, &self.tls_key, &self.tls_client_ca].into_iter().flatten()
    }

    /// How connections are served, whose output goes to `destination`.
    pub(crate) fn service(&self, destination: Option<SendTarget>, shutdown: Shutdown) -> Service {
        let idle_timeout = Duration::from_secs(self.idle_timeout.into());
        Service { destination, idle_timeout, shutdown }
    }

    /// Shows metrics, if that is asked for, until what is returned is dropped.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the address cannot be used.
    pub(crate) fn show_metrics(
        &self,
        sources: Sources,
        shutdown: &Shutdown,
    ) -> Result<Option<Closer>, Failure> {
        let Some(address) = &self.metrics else { return Ok(None) };
        let refused = |error: &dyn std::fmt::Display| Failure::Usage {
            message: format!("cannot show metrics at {address}: {error}"),
            advice: "name an address of this machine, such as http://127.0.0.1:9600 or unix:PATH, \
                     with `--metrics`",
        };
        let socket = match address {
            ListenAddress::Http(socket @ ListenSocket::Bind(_)) => socket,
            #[cfg(unix)]
            ListenAddress::Lines(
                socket @ ListenSocket::Bind(crate::net::address::Address::Unix(_)),
            ) => socket,
            _ => return Err(refused(&"expected http://HOST:PORT or unix:PATH")),
        };
        let listener = Listener::open(socket, self.socket_mode).map_err(|error| refused(&error))?;
        let token = match &self.token_file {
            Some(file) if !listener.is_local() => Some(Token::load(file)?),
            _ => None,
        };
        Server::new(listener, Security { token, tls: None })
            .and_then(|server| metrics::serve(server, sources, shutdown.clone()))
            .map(Some)
            .map_err(|error| refused(&error))
    }
}

/// Loads a certificate again.
///
/// # Errors
/// [`Failure::Usage`], if it cannot be used: the earlier one stays in use.
pub(crate) fn reload_tls(tls: &Tls) -> Result<(), Failure> {
    tls.reload().map_err(|error| cannot_use_certificate(&error))
}

fn cannot_use_certificate(error: &io::Error) -> Failure {
    Failure::Usage {
        message: format!("cannot use the certificate: {error}"),
        advice: "name files in PEM with `--tls-cert`, `--tls-key` and `--tls-client-ca`",
    }
}

fn cannot_listen(address: &ListenAddress, error: &io::Error) -> Failure {
    Failure::Usage {
        message: format!("cannot listen on {address}: {error}"),
        advice: "name another address with `--listen`",
    }
}
