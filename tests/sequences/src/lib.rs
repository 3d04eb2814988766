//! The plain, slow judge of attempts: what any host must tell of one stream of records.
//!
//! [`attempts`] is written from the tables of `plugin/attempts/README.md` alone and knows nothing
//! of the fast implementation: it takes the whole stream, sorts it, and tells everything at the
//! end. [`rows`] are sequences with what is due to them; [`streams`] are random ones.
//!
//! ```
//! use sekisho_sequences::{Settings, attempts, streams};
//!
//! let stream = streams(1).next().expect("streams do not end");
//! for line in attempts(&stream, Settings::default()) {
//!     assert_eq!(line["type"], "attempt");
//! }
//! ```
#![forbid(unsafe_code)]

mod oracle;
mod rows;
mod streams;
mod time;

use serde::Deserialize;

pub use oracle::attempts;
pub use rows::{Row, rows};
pub use streams::streams;

/// How far apart the records of an attempt can be, and how late they can arrive.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Seconds from a record to one that can join it.
    pub window_seconds: u32,
    /// Seconds that a record can be behind the latest before it. The oracle does not ask: it has
    /// the whole stream.
    pub lateness_seconds: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window_seconds: 180, lateness_seconds: 600 }
    }
}
