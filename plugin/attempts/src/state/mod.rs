//! Saved states: a header, and the values of a stream as bytes.

mod error;
mod header;
mod identity;
mod primitives;
mod reader;
mod snapshot;
mod verdict;

pub use self::error::StateError;
pub use self::header::{STATE_HEADER_BYTES, decode_state, encode_state};
pub(crate) use self::primitives::encode_sequence;
pub use self::reader::StateReader;
pub use self::snapshot::Snapshot;
pub(crate) use self::snapshot::impl_snapshot;
