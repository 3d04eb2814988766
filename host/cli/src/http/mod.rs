//! HTTP, for programs that post records until they are accepted, such as Vector, Fluent Bit and the
//! OpenTelemetry Collector.
//!
//! - `server` answers requests in a few threads; `access` says whose,
//! - `body` reads a request, and finds its lines,
//! - `poster` posts output until it is accepted.

pub(crate) mod access;
pub(crate) mod body;
pub(crate) mod message;
pub(crate) mod poster;
pub(crate) mod server;
