//! Requests and responses.

use hyper::StatusCode;
use hyper::body::Bytes;

/// A request that was received in full.
#[derive(Debug)]
pub(crate) struct Request {
    /// Whether it sends something: POST or PUT, as opposed to GET.
    pub(crate) is_post: bool,
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) content_encoding: String,
    /// Tells a request from others, but not from itself when it is sent again; empty if there is none.
    pub(crate) idempotency_key: String,
    pub(crate) body: Bytes,
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The answer to a request that was accepted: lines.
    pub(crate) fn accepted(body: Vec<u8>) -> Self {
        Self { status: StatusCode::OK, content_type: "application/x-ndjson", body }
    }

    /// An answer in plain text.
    pub(crate) fn text(status: StatusCode, text: &str) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body: format!("{text}\n").into() }
    }
}
