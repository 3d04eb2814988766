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
    fn permissions_are_octal() {
        assert_eq!(parse_mode("0660"), Ok(0o660));
        for wrong in ["", "rw", "1777", "8"] {
            assert!(parse_mode(wrong).is_err(), "{wrong}");
        }
    }
}
