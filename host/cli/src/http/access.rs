//! Who may send requests.

use std::io;
use std::path::Path;

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, ORIGIN};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::failure::Failure;
use crate::file::read_bounded;

/// The least number of bytes of a token, so that it cannot be guessed.
const TOKEN_MIN: usize = 16;

/// The most bytes of the file of a token.
const MAX_TOKEN_FILE_BYTES: u64 = 64 << 10;

/// A secret that clients send as `Authorization: Bearer TOKEN`.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// Reads the token in a file; white space around it does not count.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be read, or the token cannot be used.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        Self::read(path).map_err(|error| Failure::Usage {
            message: format!("cannot use the token in {}: {error}", path.display()),
            advice: "make one with `openssl rand -hex 32`",
        })
    }

    fn read(path: &Path) -> io::Result<Self> {
        let bytes = read_bounded(path, MAX_TOKEN_FILE_BYTES)?;
        let token = String::from_utf8_lossy(&bytes);
        let token = token.trim();
        if token.len() < TOKEN_MIN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!("expected {TOKEN_MIN} or more printable characters of ASCII");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(Self(token.to_owned()))
    }

    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Whether a header is this token. How long this takes says nothing about the token.
    fn allows(&self, header: &[u8]) -> bool {
        let digest = |bytes: &[u8]| Sha256::digest(bytes);
        digest(self.header().as_bytes()).ct_eq(&digest(header)).into()
    }
}

/// Whether a request may be answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Allowed,
    /// The token is missing or wrong.
    Unauthorized,
    /// A page in a browser sent it, which may be any page.
    Browser,
}

/// Checks the headers of a request, against the token if one is required.
pub(crate) fn check(headers: &HeaderMap, token: Option<&Token>) -> Access {
    if headers.contains_key(ORIGIN) || headers.contains_key("sec-fetch-site") {
        return Access::Browser;
    }
    let Some(token) = token else { return Access::Allowed };
    match headers.get(AUTHORIZATION) {
        Some(header) if token.allows(header.as_bytes()) => Access::Allowed,
        _ => Access::Unauthorized,
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn the_token_is_checked() {
        let token = Token("0123456789abcdef".to_owned());
        let with = |header: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(header));
            check(&headers, Some(&token))
        };
        assert_eq!(with("Bearer 0123456789abcdef"), Access::Allowed);
        for wrong in ["", "Bearer", "Bearer 0123456789abcdeF", "Basic 0123456789abcdef"] {
            assert_eq!(with(wrong), Access::Unauthorized, "{wrong}");
        }
        assert_eq!(check(&HeaderMap::new(), Some(&token)), Access::Unauthorized);
        assert_eq!(check(&HeaderMap::new(), None), Access::Allowed);
    }

    #[test]
    fn pages_in_browsers_are_refused() {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, HeaderValue::from_static("null"));
        assert_eq!(check(&headers, None), Access::Browser);
    }
}
