//! The workloads and their memory, as the bench `memory` prints them.

use serde::Deserialize;

use crate::command::{Failed, cargo};

#[derive(Deserialize)]
pub(crate) struct Work {
    pub(crate) name: String,
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    pub(crate) signins: u64,
    /// The number of records after which the module has the memory that it needs.
    pub(crate) settled_records: u64,
    pub(crate) more_records: u64,
    /// Pages of 64 KiB that the module takes for `more_records`.
    pub(crate) more_pages: u64,
}

impl Work {
    /// Runs the bench.
    pub(crate) fn all() -> Result<Vec<Self>, Failed> {
        let printed = cargo(["bench", "--quiet", "--bench", "memory"]).read()?;
        serde_json::from_str(&printed).map_err(|error| {
            Failed::Other(format!("the bench `memory` printed something else: {error}"))
        })
    }
}
