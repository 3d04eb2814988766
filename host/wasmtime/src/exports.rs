//! The names that ABI version 1 gives to the exports of a module.

pub(crate) const MARKER: &str = "sekisho_abi_v1";
pub(crate) const MEMORY: &str = "memory";
pub(crate) const INPUT: &str = "sekisho_input";
pub(crate) const CONFIGURE: &str = "sekisho_configure";
pub(crate) const PROCESS: &str = "sekisho_process";
pub(crate) const PEEK: &str = "sekisho_peek";
pub(crate) const ANNOTATE: &str = "sekisho_annotate";
pub(crate) const PROCESS_BATCH: &str = "sekisho_process_batch";
pub(crate) const OUTPUT: &str = "sekisho_output";
pub(crate) const OUTPUT_CELL: &str = "sekisho_output_cell";
pub(crate) const LAST_ERROR: &str = "sekisho_last_error";
pub(crate) const DESCRIBE: &str = "sekisho_describe";
pub(crate) const OBSERVE: &str = "sekisho_observe";
pub(crate) const TICK: &str = "sekisho_tick";
pub(crate) const FLUSH: &str = "sekisho_flush";
pub(crate) const SAVE: &str = "sekisho_save";
pub(crate) const RESTORE: &str = "sekisho_restore";
pub(crate) const RESET: &str = "sekisho_reset";
