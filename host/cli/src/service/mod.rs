//! What a program needs that runs for years.
//!
//! - `options` are those of every service,
//! - `connections` serves clients, whose `activity` it notes; `blocks` reads their input ahead,
//! - `send` opens what output is sent to,
//! - `reload` notices changed files,
//! - `metrics` shows what was counted, as in the `totals` of a filter.

pub(crate) mod activity;
pub(crate) mod blocks;
pub(crate) mod connections;
pub(crate) mod metrics;
pub(crate) mod options;
pub(crate) mod reload;
pub(crate) mod send;
pub(crate) mod totals;
