//! What the hosts for people share, the program and the playground: records out of any stream, what
//! is shown of a record beside its verdict, and why a pattern matches it or not.
//!
//! Nothing here judges records; that is for the engine or the module.
#![forbid(unsafe_code)]

mod reasons;
mod record;
mod split;

pub use reasons::{Asked, reasons, reasons_in};
pub use record::Record;
pub use split::{ITEM_BYTES_MAX, NotJson, Piece, Problem, Splitter};
