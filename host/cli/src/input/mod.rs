//! From the paths on the command line to single JSON items.

pub(crate) mod decompress;
pub(crate) mod items;
pub(crate) mod module_error;
pub(crate) mod paths;
pub(crate) mod position;
pub(crate) mod read_error;
