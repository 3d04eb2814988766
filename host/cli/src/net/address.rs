//! TCP and Unix socket addresses, to listen on or to connect to.

use std::fmt;
#[cfg(unix)]
use std::path::PathBuf;
use std::str::FromStr;

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

/// The name of the socket that systemd passes to the program.
const SYSTEMD: &str = "systemd";

/// Which socket to listen on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ListenSocket {
    /// One that the program binds.
    Bind(Address),
    /// The one that systemd has bound.
    Passed,
}

/// What to listen for, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ListenAddress {
    /// A socket for lines.
    Lines(ListenSocket),
    /// `http://…`
    Http(ListenSocket),
    /// `https://…`
    Https(ListenSocket),
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == SYSTEMD {
            return Ok(Self::Lines(ListenSocket::Passed));
        }
        let (host, of): (&str, fn(ListenSocket) -> Self) =
            match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
                (Some(host), _) => (host, Self::Http),
                (_, Some(host)) => (host, Self::Https),
                _ => {
                    let address = text.parse().map_err(|error: String| or_http(&error))?;
                    return Ok(Self::Lines(ListenSocket::Bind(address)));
                }
            };
        match host.strip_suffix('/').unwrap_or(host) {
            SYSTEMD => Ok(of(ListenSocket::Passed)),
            host if host.contains(':') && !host.contains('/') => {
                Ok(of(ListenSocket::Bind(Address::Tcp(host.to_owned()))))
            }
            _ => Err(format!("expected http://HOST:PORT without a path, found `{text}`")),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, socket) = match self {
            Self::Lines(socket) => ("", socket),
            Self::Http(socket) => ("http://", socket),
            Self::Https(socket) => ("https://", socket),
        };
        match socket {
            ListenSocket::Passed => write!(f, "{scheme}{SYSTEMD}"),
            ListenSocket::Bind(Address::Tcp(host)) if !scheme.is_empty() => {
                write!(f, "{scheme}{host}")
            }
            ListenSocket::Bind(address) => write!(f, "{scheme}{address}"),
        }
    }
}

/// Where to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum SendAddress {
    /// A socket for lines.
    Socket(Address),
    /// A URL to post to.
    Http(String),
    /// `syslog://HOST:PORT`, for entries of the system log.
    Syslog(String),
    /// `syslog+udp://HOST:PORT`
    SyslogUdp(String),
}

impl FromStr for SendAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        for (scheme, of) in
            [("syslog://", Self::Syslog as fn(String) -> Self), ("syslog+udp://", Self::SyslogUdp)]
        {
            let Some(host) = text.strip_prefix(scheme) else { continue };
            let host = host.strip_suffix('/').unwrap_or(host);
            return match host.contains(':') && !host.contains('/') {
                true => Ok(of(host.to_owned())),
                false => Err(format!("expected {scheme}HOST:PORT, found `{text}`")),
            };
        }
        if !text.starts_with("http://") && !text.starts_with("https://") {
            return text.parse().map(Self::Socket).map_err(|error| or_http(&error));
        }
        match text.parse::<hyper::Uri>() {
            Ok(url) if url.host().is_some_and(|host| !host.is_empty()) => {
                Ok(Self::Http(text.to_owned()))
            }
            _ => Err(format!("expected http://HOST:PORT/PATH, found `{text}`")),
        }
    }
}

impl fmt::Display for SendAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address) => address.fmt(f),
            Self::Http(url) => f.write_str(url),
            Self::Syslog(host_and_port) => write!(f, "syslog://{host_and_port}"),
            Self::SyslogUdp(host_and_port) => write!(f, "syslog+udp://{host_and_port}"),
        }
    }
}

fn or_http(error: &str) -> String {
    error.replacen("expected ", "expected http://…, ", 1)
}

/// Parses the permissions of a socket, an octal number.
///
/// # Errors
/// A message for the user, if `text` is not one.
pub(crate) fn parse_mode(text: &str) -> Result<u32, String> {
    let mode = u32::from_str_radix(text, 8).ok().filter(|mode| *mode <= 0o777);
    mode.ok_or_else(|| format!("expected permissions, as in 0660; found `{text}`"))
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

    #[test]
    fn http_addresses_are_parsed() {
        let listen = |text: &str| text.parse::<ListenAddress>();
        let tcp = ListenSocket::Bind(Address::Tcp("[::1]:80".to_owned()));
        assert_eq!(listen("http://[::1]:80/"), Ok(ListenAddress::Http(tcp)));
        for address in ["tcp:[::1]:9", "http://a:1", "https://a:1", "systemd", "https://systemd"] {
            assert_eq!(listen(address).unwrap().to_string(), address);
        }
        for wrong in ["http://localhost", "http://localhost:80/path", "https://localhost"] {
            assert!(listen(wrong).is_err(), "{wrong}");
        }
        let send = |text: &str| text.parse::<SendAddress>();
        for url in ["http://127.0.0.1:80", "https://example.com/path?query"] {
            assert_eq!(send(url), Ok(SendAddress::Http(url.to_owned())));
        }
        for address in ["syslog://localhost:601", "syslog+udp://[::1]:514"] {
            assert_eq!(send(address).unwrap().to_string(), address);
        }
        for wrong in ["http://", "http:///path", "ftp://example.com", "http://a b", "syslog://a"] {
            assert!(send(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn permissions_are_octal() {
        assert_eq!(parse_mode("0660"), Ok(0o660));
        for wrong in ["", "rw", "1777", "8"] {
            assert!(parse_mode(wrong).is_err(), "{wrong}");
        }
    }
}
