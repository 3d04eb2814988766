//! Who a record is about, and when: identities, keys, eventIDs and times.
//!
//! The modules, each of which uses only earlier ones:
//!
//! | module | contents |
//! |---|---|
//! | `time`, `text` | event time, the limit of texts |
//! | `key`, `event_id` | hashes of texts, and the id of a record |
//! | `identity_fields`, `identity` | what a record says of a person, and what is kept of it |
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod event_id;
mod identity;
mod identity_fields;
mod key;
mod text;
mod time;

pub use event_id::EventId;
pub use identity::{Identity, IdentityField};
pub use identity_fields::{IdentityFields, name_identity};
pub use key::Key;
pub use text::MAX_TEXT_BYTES;
pub use time::{MAX_TIME_BYTES, Time, format_time, parse_time, write_time};
