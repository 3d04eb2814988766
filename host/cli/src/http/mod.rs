//! HTTP, for programs that post records until they are accepted, such as Vector, Fluent Bit and the
//! OpenTelemetry Collector.
//!
//! - `server` answers requests in a few threads, of connections that `accept` opens, with `tls` or
//!   without; `access` says whose,
//! - `body` reads a request, and finds its lines,
//! - `poster` posts output until it is accepted; `client_tls` says whom it trusts.

mod accept;
pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod client_tls;
pub(crate) mod message;
pub(crate) mod poster;
pub(crate) mod server;
pub(crate) mod tls;
