//! Where a service sends its output: the options for it, and what they open.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Args;

use crate::failure::Failure;
use crate::http::access::Token;
use crate::http::client_tls::ClientTls;
use crate::http::poster::{Delivered, Framing, Poster};
use crate::log::log;
use crate::net::address::{Address, SendAddress};
use crate::net::outlet::{Outlet, Receiver};
use crate::net::sender::Sender;
use crate::net::syslog::{Origin, SyslogDatagrams, SyslogSender};
use crate::request_keys::AcceptedKeys;
use crate::shutdown::Shutdown;
use crate::size::parse_size;
use crate::spool::{Delivery, Spool, SpoolOutlet};

/// The least size of a spool, so that every batch fits.
const SPOOL_MIN: u64 = 64 << 20;

/// The size of what is posted from a spool at once.
const BATCH_BYTES: usize = 1 << 20;

/// Where to send the output.
#[derive(Args, Clone, Debug)]
pub(crate) struct SendOptions {
    /// Send the output to unix:PATH or tcp:HOST:PORT, on one connection per input; post it to
    /// http://HOST:PORT/PATH or https://HOST/PATH, until the receiver accepts it; or write it to the
    /// system log at syslog://HOST:PORT or syslog+udp://HOST:PORT
    #[arg(long, value_name = "ADDRESS")]
    send: Option<SendAddress>,
    /// Post with the token in FILE as `Authorization: Bearer TOKEN`
    #[arg(long, value_name = "FILE", requires = "send")]
    send_token_file: Option<PathBuf>,
    #[command(flatten)]
    tls: ClientTls,
    /// Keep what is to be posted in this folder until it is accepted, also over a crash
    #[arg(long, value_name = "FOLDER", requires = "send")]
    spool: Option<PathBuf>,
    /// Keep up to SIZE in the spool; if it is full, input waits
    #[arg(long, value_name = "SIZE", default_value = "1GiB", requires = "spool")]
    #[arg(value_parser = parse_spool_limit)]
    spool_limit: u64,
}

fn parse_spool_limit(text: &str) -> Result<u64, String> {
    match parse_size(text)? {
        size if size < SPOOL_MIN => Err("expected at least 64MiB".to_owned()),
        size => Ok(size),
    }
}

/// Makes outlets to one receiver.
pub(crate) type OpenOutlet = Box<dyn Fn() -> Box<dyn Outlet> + Send + Sync>;

/// An open destination.
pub(crate) struct SendTarget {
    /// Makes an outlet for one input.
    pub(crate) outlet: OpenOutlet,
    /// The requests that were accepted.
    pub(crate) keys: Arc<AcceptedKeys>,
    delivery: Option<Delivery>,
    /// What became of what is posted.
    pub(crate) status: Option<Status>,
}

/// What became of what is posted.
#[derive(Clone)]
pub(crate) struct Status {
    pub(crate) delivered: Arc<Delivered>,
    pub(crate) keys: Arc<AcceptedKeys>,
    /// What waits.
    pub(crate) spool: Option<Arc<Spool>>,
}

impl SendOptions {
    /// Whether there is a destination.
    pub(crate) fn is_set(&self) -> bool {
        self.send.is_some()
    }

    /// Opens the destination; none if there is no `--send`. `framing` is that of requests.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the spool or the token cannot be used.
    pub(crate) fn open(
        &self,
        framing: Framing,
        shutdown: &Shutdown,
    ) -> Result<Option<SendTarget>, Failure> {
        let Some(address) = &self.send else { return Ok(None) };
        let receiver = Receiver::new(&address.to_string(), shutdown.clone());
        if !matches!(address, SendAddress::Http(_)) && self.needs_http() {
            return Err(Failure::Usage {
                message: format!("{address} does not acknowledge what it gets"),
                advice: "a spool, a token and certificates need `--send http://HOST:PORT/PATH`",
            });
        }
        let shutdown_of_outlet = shutdown.clone();
        let sender = move |to: &Address, receiver: &Receiver| {
            Sender::new(to.clone(), receiver.clone(), shutdown_of_outlet.clone())
        };
        let outlet: OpenOutlet = match address.clone() {
            SendAddress::Socket(to) => Box::new(move || Box::new(sender(&to, &receiver))),
            SendAddress::Syslog(to) => {
                let (to, origin) = (Address::Tcp(to), Origin::here());
                Box::new(move || {
                    let (origin, sender) = (origin.clone(), sender(&to, &receiver));
                    Box::new(SyslogSender { origin, sender })
                })
            }
            SendAddress::SyslogUdp(to) => {
                let origin = Origin::here();
                Box::new(move || {
                    let (to, receiver, origin) = (to.clone(), receiver.clone(), origin.clone());
                    Box::new(SyslogDatagrams { origin, to, receiver, socket: None })
                })
            }
            SendAddress::Http(url) => {
                let token = self.send_token_file.as_deref().map(Token::load).transpose()?;
                let tls = self.tls.load()?;
                let poster = Poster::new(&url, token.as_ref(), tls, framing, receiver);
                return self.post(poster, framing, shutdown).map(Some);
            }
        };
        let keys = Arc::new(AcceptedKeys::in_memory());
        Ok(Some(SendTarget { outlet, keys, delivery: None, status: None }))
    }

    fn needs_http(&self) -> bool {
        self.spool.is_some() || self.send_token_file.is_some() || self.tls.is_set()
    }

    fn post(
        &self,
        poster: Poster,
        framing: Framing,
        shutdown: &Shutdown,
    ) -> Result<SendTarget, Failure> {
        let delivered = Arc::clone(poster.delivered());
        let Some(folder) = &self.spool else {
            let outlet = Box::new(move || Box::new(poster.clone()) as _);
            let keys = Arc::new(AcceptedKeys::in_memory());
            let status = Some(Status { delivered, keys: Arc::clone(&keys), spool: None });
            return Ok(SendTarget { outlet, keys, delivery: None, status });
        };
        // A batch that is delivered in part when the program is killed is delivered again in full.
        let batch_bytes = match framing {
            Framing::Json => 1,
            Framing::Ndjson => BATCH_BYTES,
        };
        let opened = Spool::open(folder, self.spool_limit).and_then(|spool| {
            let delivery =
                Delivery::start(Arc::clone(&spool), poster, batch_bytes, shutdown.clone())?;
            Ok((spool, delivery))
        });
        let (spool, delivery) = opened.map_err(|error| Failure::Usage {
            message: format!("cannot use the spool {}: {error}", folder.display()),
            advice: "name a folder that only this process uses with `--spool`",
        })?;
        let (keys, spooled) = (Arc::clone(&spool.keys), Some(Arc::clone(&spool)));
        let status = Some(Status { delivered, keys: Arc::clone(&keys), spool: spooled });
        let shutdown = shutdown.clone();
        let outlet = move || {
            let (spool, shutdown) = (Arc::clone(&spool), shutdown.clone());
            Box::new(SpoolOutlet { spool, shutdown }) as _
        };
        Ok(SendTarget { outlet: Box::new(outlet), keys, delivery: Some(delivery), status })
    }
}

impl SendTarget {
    /// Waits until the spool is delivered, or a shutdown is requested. Says what may be there twice.
    pub(crate) fn end(&self) {
        if let Some(delivery) = &self.delivery {
            delivery.end();
        }
        let Some(Status { delivered, .. }) = &self.status else { return };
        for (lines, what) in [
            (&delivered.repeated_lines, "may have twice"),
            (&delivered.dropped_lines, "refused, and that were dropped"),
        ] {
            match lines.load(Ordering::Relaxed) {
                0 => {}
                number => log(&format!("lines that the receiver {what}: {number}")),
            }
        }
    }
}
