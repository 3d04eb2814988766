//! Sockets: what to listen on, and where to send to.
//!
//! - `address` names a socket on the command line,
//! - `listener` accepts connections, also on a socket of systemd; `socket_file` owns the file of a Unix
//!   socket,
//! - `outlet` delivers until something is accepted; `connect` opens connections, `sender` keeps one
//!   open, and `syslog` sends entries of the system log.

pub(crate) mod address;
mod connect;
pub(crate) mod listener;
pub(crate) mod outlet;
pub(crate) mod sender;
#[cfg(unix)]
mod socket_file;
pub(crate) mod syslog;
