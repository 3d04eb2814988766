//! From what is said of each record to what is said of each attempt to sign in.
//!
//! `README.md` beside this crate says what is paired, when it is told, and what is remembered.
//!
//! - `observation`, `who`, `event_id`, `time`, `key` are what goes in,
//! - `waiting` puts it in order of time, `pairing` finds what belongs together, `attempt` says what
//!   it was, `tracker` is the three behind one door,
//! - `windows` counts,
//! - `bounded` is a map that forgets, `stored` how state becomes bytes and back.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod bounded;
mod event_id;
mod key;
mod settings;
mod stored;
mod time;
mod who;

pub use event_id::EventId;
pub use key::Key;
pub use settings::Settings;
pub use stored::{Bytes, StateError, Stored};
pub use time::{Time, TimeText, parse_time};
pub use who::{Field, MAX_TEXT, Who};
