//! The works, and what memory they take: what the bench `memory` tells.

use serde::Deserialize;

use crate::command::{Failed, cargo};

#[derive(Deserialize)]
pub(crate) struct Work {
    pub(crate) name: String,
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    pub(crate) signins: u64,
    /// After so many records the module has the memory that it needs.
    pub(crate) settled_records: u64,
    pub(crate) more_records: u64,
    /// So many pages of 64 KiB have those taken.
    pub(crate) more_pages: u64,
}

impl Work {
    /// Runs the bench.
    pub(crate) fn all() -> Result<Vec<Self>, Failed> {
        let told = cargo(["bench", "--quiet", "--bench", "memory"]).read()?;
        serde_json::from_str(&told).map_err(|error| {
            Failed::Other(format!("the bench `memory` told something else than works: {error}"))
        })
    }
}
