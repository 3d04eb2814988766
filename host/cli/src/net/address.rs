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

/// Where to listen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ListenAddress {
    /// A socket for lines.
    Socket(Address),
    /// `http://HOST:PORT`, without `http://`
    Http(String),
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some(host) = text.strip_prefix("http://") else {
            return text.parse().map(Self::Socket).map_err(|error| or_http(&error));
        };
        let host = host.strip_suffix('/').unwrap_or(host);
        match host.contains(':') && !host.contains('/') {
            true => Ok(Self::Http(host.to_owned())),
            false => Err(format!("expected http://HOST:PORT without a path, found `{text}`")),
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
}

impl FromStr for SendAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
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
        assert_eq!(listen("http://[::1]:80/"), Ok(ListenAddress::Http("[::1]:80".to_owned())));
        for wrong in ["http://localhost", "http://localhost:80/path", "https://localhost:80"] {
            assert!(listen(wrong).is_err(), "{wrong}");
        }
        let send = |text: &str| text.parse::<SendAddress>();
        for url in ["http://127.0.0.1:80", "https://example.com/path?query"] {
            assert_eq!(send(url), Ok(SendAddress::Http(url.to_owned())));
        }
        for wrong in ["http://", "http:///path", "ftp://example.com", "http://a b"] {
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
