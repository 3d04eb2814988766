//! What a program needs that runs for years: `reload` notices changed files, `totals` counts, and
//! `metrics` shows the counts.

pub(crate) mod metrics;
pub(crate) mod reload;
pub(crate) mod totals;
