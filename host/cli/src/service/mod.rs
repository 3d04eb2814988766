//! What a program needs that runs for years: `reload` notices changed files, `send` opens what
//! its output is sent to, `totals` counts, and `metrics` shows the counts.

pub(crate) mod metrics;
pub(crate) mod reload;
pub(crate) mod send;
pub(crate) mod totals;
