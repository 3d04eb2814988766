//! Sends each line as an entry of the system log, as in RFC 5424: over TCP with octet counting, as in
//! RFC 6587, or in datagrams.

use std::borrow::Cow;
use std::io::{self, Write};
use std::net::UdpSocket;
use std::process;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::outlet::{Outlet, Receiver};
use super::sender::Sender;

/// The facility for messages about security and authorization that are private.
const AUTHPRIV: u8 = 10;

/// The severity of what has none.
const INFORMATIONAL: u8 = 6;

/// The most bytes of a datagram: what fits in one of IP, with room for its headers.
const MAX_DATAGRAM_BYTES: usize = 65_000;

/// What an entry says of a line; the line itself is its message.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Line<'l> {
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'l, str>>,
    severity: Option<Cow<'l, str>>,
    /// As attempts and findings have it, or a record.
    #[serde(alias = "eventTime")]
    last_time: Option<Cow<'l, str>>,
}

/// Who sends.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    host: String,
    process: u32,
}

impl Origin {
    /// This process on this machine.
    pub(crate) fn here() -> Self {
        let host = hostname::get().unwrap_or_default().to_string_lossy().into_owned();
        Self { host, process: process::id() }
    }

    /// Appends the entry for a line.
    fn encode(&self, line: &[u8], entry: &mut Vec<u8>) {
        let Line { kind, severity, last_time } = serde_json::from_slice(line).unwrap_or_default();
        let priority = AUTHPRIV * 8 + severity.as_deref().map_or(INFORMATIONAL, number);
        let host = header(&self.host, 255);
        let time = last_time.as_deref().filter(|time| is_time(time)).unwrap_or("-");
        let kind = header(kind.as_deref().unwrap_or_default(), 32);
        // Writing to memory does not fail.
        let _ = write!(entry, "<{priority}>1 {time} {host} sekisho {} {kind} - ", self.process);
        entry.extend_from_slice(line);
    }
}

/// The number of a severity.
fn number(severity: &str) -> u8 {
    match severity {
        "critical" => 2,
        "high" => 3,
        "medium" => 4,
        "low" => 5,
        _ => INFORMATIONAL,
    }
}

/// A text as a field of a header, or `-` if it cannot be one.
fn header(text: &str, max: usize) -> &str {
    let fits = (1..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { text } else { "-" }
}

/// Whether a text looks like a time of RFC 3339 in UTC: what a record holds may be anything.
fn is_time(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let shape =
        |(byte, shape): (u8, u8)| if shape == b'0' { is_digit(byte) } else { byte == shape };
    let Some((seconds, rest)) = text.split_at_checked(19) else { return false };
    let fraction = rest.strip_suffix('Z').map(|rest| rest.strip_prefix('.').unwrap_or(rest));
    seconds.bytes().zip(*b"0000-00-00T00:00:00").all(shape)
        && fraction.is_some_and(|digits| digits.len() <= 6 && digits.bytes().all(is_digit))
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines.filter(|line| !line.is_empty())
}

/// Sends entries over TCP.
pub(crate) struct SyslogSender {
    pub(crate) origin: Origin,
    pub(crate) sender: Sender,
}

impl Outlet for SyslogSender {
    fn send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        let (mut entries, mut entry) = (Vec::new(), Vec::new());
        for line in lines(bytes) {
            entry.clear();
            self.origin.encode(line, &mut entry);
            let _ = write!(entries, "{} ", entry.len());
            entries.extend_from_slice(&entry);
        }
        self.sender.send(&entries, until)
    }
}

/// Sends entries in datagrams, which may be lost. What is too long for one is cut.
pub(crate) struct SyslogDatagrams {
    pub(crate) origin: Origin,
    pub(crate) to: String,
    pub(crate) receiver: Receiver,
    pub(crate) socket: Option<UdpSocket>,
}

impl SyslogDatagrams {
    fn try_send(&mut self, entry: &[u8]) -> io::Result<()> {
        let socket = match self.socket.take() {
            Some(socket) => socket,
            None => connect(&self.to)?,
        };
        socket.send(entry)?;
        self.socket = Some(socket);
        Ok(())
    }
}

impl Outlet for SyslogDatagrams {
    fn send(&mut self, bytes: &[u8], until: Option<Instant>) -> io::Result<()> {
        let receiver = self.receiver.clone();
        let mut attempts = receiver.attempts(until);
        let mut entry = Vec::new();
        for line in lines(bytes) {
            entry.clear();
            self.origin.encode(line, &mut entry);
            let entry = &entry[..entry.len().min(MAX_DATAGRAM_BYTES)];
            while let Err(error) = self.try_send(entry) {
                attempts.wait(error, Duration::ZERO)?;
            }
            receiver.reached();
        }
        Ok(())
    }
}

/// A socket that sends to this address.
fn connect(host_and_port: &str) -> io::Result<UdpSocket> {
    use std::net::ToSocketAddrs;
    let mut refused = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in host_and_port.to_socket_addrs()? {
        let any = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        match UdpSocket::bind(any).and_then(|socket| socket.connect(address).map(|()| socket)) {
            Ok(socket) => return Ok(socket),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_entries() {
        let origin = Origin { host: "collector".to_owned(), process: 42 };
        for (line, expected) in [
            (
                r#"{"type":"finding","severity":"high","last_time":"2025-03-29T11:31:02Z"}"#,
                "<83>1 2025-03-29T11:31:02Z collector sekisho 42 finding - ",
            ),
            (
                r#"{"eventTime":"2025-03-29T11:31:02.125Z"}"#,
                "<86>1 2025-03-29T11:31:02.125Z collector sekisho 42 - - ",
            ),
            // What a record says is no part of the header unless it fits.
            (
                r#"{"type":"a b","severity":"x","last_time":"2025-03-29T11:31:02Z 1 2"}"#,
                "<86>1 - collector sekisho 42 - - ",
            ),
            (r#"{"type":7}"#, "<86>1 - collector sekisho 42 - - "),
            ("no JSON", "<86>1 - collector sekisho 42 - - "),
        ] {
            let mut entry = Vec::new();
            origin.encode(line.as_bytes(), &mut entry);
            assert_eq!(String::from_utf8(entry).unwrap(), format!("{expected}{line}"));
        }
    }
}
