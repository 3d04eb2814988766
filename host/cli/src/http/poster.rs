//! Posts output until it is accepted.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use memchr::{memchr, memchr_iter, memrchr};
use ureq::Agent;
use ureq::http::StatusCode;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use ureq::tls::TlsConfig;

use super::access::Token;
use crate::log::warn;
use crate::net::outlet::{Outlet, Receiver};
use crate::spool::Deliver;

/// The most time to wait for a connection, and for the answer to a request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The most bytes of an answer that are read, so that the connection can be used again.
const MAX_ANSWER_BYTES: u64 = 64 << 10;

/// How many lines that are dropped are reported each, and how much of a line.
const MAX_REPORTED: u64 = 100;
const MAX_REPORTED_BYTES: usize = 8 << 10;

/// What was delivered so far.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    /// Number of lines that were accepted.
    pub(crate) lines: AtomicU64,
    /// Number of lines that were sent again although an earlier answer is unknown: the receiver may
    /// have them twice.
    pub(crate) repeated_lines: AtomicU64,
    /// Number of lines that the receiver will not accept, and that are dropped.
    pub(crate) dropped_lines: AtomicU64,
    /// Number of requests that were not accepted.
    pub(crate) failures: AtomicU64,
}

/// What a request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Framing {
    /// A JSON object
    Json,
    /// Lines
    Ndjson,
}

/// Posts to a URL. Clones share connections.
#[derive(Clone)]
pub(crate) struct Poster {
    agent: Agent,
    url: Arc<str>,
    authorization: Option<Arc<str>>,
    framing: Framing,
    /// Tells this process from others.
    id: u128,
    /// Number of batches so far.
    batches: Arc<AtomicU64>,
    receiver: Receiver,
    delivered: Arc<Delivered>,
}

/// Why a request was not accepted.
struct Refusal {
    error: io::Error,
    /// The time after which the receiver wants it again.
    retry_after: Duration,
    /// The receiver may have accepted it nevertheless.
    is_unknown: bool,
    /// It is refused for what it holds: it may be accepted in parts, and never as it is.
    is_final: bool,
}

impl Poster {
    /// A poster to `url` with this token.
    pub(crate) fn new(
        url: &str,
        token: Option<&Token>,
        tls: TlsConfig,
        framing: Framing,
        receiver: Receiver,
    ) -> Self {
        let config = Agent::config_builder()
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(REQUEST_TIMEOUT))
            // A redirected request would take the token elsewhere.
            .max_redirects(0)
            .http_status_as_error(false)
            // Only what the command line names is connected to.
            .proxy(None)
            .tls_config(tls)
            .user_agent(concat!("sekisho/", env!("CARGO_PKG_VERSION")))
            .build();
        let authorization = token.map(|token| token.header().into());
        let mut id = [0; 16];
        // If the system has no random numbers, TLS does not work either.
        getrandom::fill(&mut id).expect("the system has random numbers");
        Self {
            agent: config.into(),
            url: url.into(),
            authorization,
            framing,
            id: u128::from_be_bytes(id),
            batches: Arc::default(),
            receiver,
            delivered: Arc::default(),
        }
    }

    /// What was delivered so far.
    pub(crate) fn delivered(&self) -> &Arc<Delivered> {
        &self.delivered
    }

    fn post(&self, bytes: &[u8], key: &str) -> Result<(), Refusal> {
        let (content_type, bytes) = match self.framing {
            Framing::Json => ("application/json", bytes.trim_ascii_end()),
            Framing::Ndjson => ("application/x-ndjson", bytes),
        };
        let mut request = self.agent.post(&*self.url).header(CONTENT_TYPE, content_type);
        request = request.header("idempotency-key", format!("\"{key}\""));
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, &**authorization);
        }
        let mut response = request.send(bytes).map_err(unanswered)?;
        let status = response.status();
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|seconds| seconds.to_str().ok()?.parse().ok());
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        if status.is_success() {
            return Ok(());
        }
        let body = body.unwrap_or_default();
        let line = &body[..memchr(b'\n', &body).unwrap_or(body.len())];
        let line = String::from_utf8_lossy(&line[..line.len().min(200)]);
        Err(Refusal {
            error: io::Error::other(format!("{status}: {line}")),
            retry_after: Duration::from_secs(retry_after.unwrap_or(0)),
            is_unknown: status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE,
            is_final: is_final(status),
        })
    }
}

/// Whether a request is refused for what it holds. Other refusals end when somebody mends an address,
/// a token or the receiver.
fn is_final(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY
    )
}

/// A request without an answer.
fn unanswered(error: ureq::Error) -> Refusal {
    // Before there is a connection, nothing is sent.
    let is_unknown = match &error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => false,
        ureq::Error::Io(error) => error.kind() != io::ErrorKind::ConnectionRefused,
        ureq::Error::Timeout(timeout) => {
            !matches!(timeout, ureq::Timeout::Resolve | ureq::Timeout::Connect)
        }
        _ => true,
    };
    let (retry_after, error) = (Duration::ZERO, io::Error::other(error));
    Refusal { error, retry_after, is_unknown, is_final: false }
}

impl Outlet for Poster {
    /// Posts `bytes` until they are accepted: as one request, or in parts if that is refused; or each line
    /// as a request. A line that is refused for what it is, is dropped.
    fn send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        let number = self.batches.fetch_add(1, Ordering::Relaxed);
        self.send_batch(bytes, &format!("{:032x}-{number}", self.id), until)
    }
}

impl Deliver for Poster {
    fn deliver(&mut self, lines: &[u8], key: &str) -> io::Result<()> {
        self.send_batch(lines, key, None)
    }
}

impl Poster {
    fn send_batch(&self, bytes: &[u8], key: &str, until: Option<Instant>) -> io::Result<()> {
        match self.framing {
            Framing::Json => {
                let lines = bytes.split_inclusive(|byte| *byte == b'\n');
                let mut lines = lines.enumerate();
                lines
                    .try_for_each(|(n, line)| self.send_request(line, &format!("{key}-{n}"), until))
            }
            Framing::Ndjson if bytes.is_empty() => Ok(()),
            Framing::Ndjson => self.send_request(bytes, key, until),
        }
    }

    fn send_request(&self, bytes: &[u8], key: &str, until: Option<Instant>) -> io::Result<()> {
        let lines = memchr_iter(b'\n', bytes).count() as u64;
        let receiver = self.receiver.clone();
        let mut attempts = receiver.attempts(until);
        let mut is_unknown = false;
        loop {
            if std::mem::take(&mut is_unknown) {
                self.delivered.repeated_lines.fetch_add(lines, Ordering::Relaxed);
            }
            let refusal = match self.post(bytes, key) {
                Ok(()) => {
                    receiver.reached();
                    self.delivered.lines.fetch_add(lines, Ordering::Relaxed);
                    return Ok(());
                }
                Err(refusal) => refusal,
            };
            self.delivered.failures.fetch_add(1, Ordering::Relaxed);
            if refusal.is_final {
                receiver.reached();
                let Some((first, second)) = halves(bytes) else {
                    self.drop_line(bytes, &refusal.error);
                    return Ok(());
                };
                self.send_request(first, &format!("{key}a"), until)?;
                return self.send_request(second, &format!("{key}b"), until);
            }
            is_unknown = refusal.is_unknown;
            attempts.wait(refusal.error, refusal.retry_after)?;
        }
    }
}

impl Poster {
    /// Counts and reports a line that the receiver will never accept, so that others can follow.
    fn drop_line(&self, line: &[u8], error: &io::Error) {
        let number = self.delivered.dropped_lines.fetch_add(1, Ordering::Relaxed) + 1;
        // A receiver that refuses everything does not fill the log.
        if number <= MAX_REPORTED || number.is_power_of_two() {
            let line = line.trim_ascii_end();
            let line = String::from_utf8_lossy(&line[..line.len().min(MAX_REPORTED_BYTES)]);
            let name = self.receiver.name();
            warn(&format!(
                "{name} refuses a line, which is dropped ({number} so far): {error}: {line}"
            ));
        }
    }
}

/// Lines in two parts; none if there is only one.
fn halves(lines: &[u8]) -> Option<(&[u8], &[u8])> {
    let middle = lines.len() / 2;
    let before = memrchr(b'\n', &lines[..middle]);
    let end = before.or_else(|| memchr(b'\n', &lines[middle..]).map(|found| middle + found))? + 1;
    (end < lines.len()).then(|| lines.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_halved() {
        assert_eq!(halves(b"one\ntwo\n"), Some((&b"one\n"[..], &b"two\n"[..])));
        assert_eq!(halves(b"a\nlong long\n"), Some((&b"a\n"[..], &b"long long\n"[..])));
        assert_eq!(halves(b"long long\na\n"), Some((&b"long long\n"[..], &b"a\n"[..])));
        assert_eq!(halves(b"one\n"), None);
    }
}
