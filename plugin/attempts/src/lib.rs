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

mod attempt;
mod bounded;
mod event_id;
mod key;
mod observation;
mod pairing;
mod settings;
mod stored;
mod time;
mod tracker;
mod waiting;
mod who;
mod windows;

pub use attempt::{Attempt, Conclusion, MAX_EVENTS};
pub use event_id::EventId;
pub use key::Key;
pub use observation::{Observation, is_part_of_attempt};
pub use pairing::{Matched, Told};
pub use settings::Settings;
pub use stored::{Bytes, STATE_HEAD, StateError, Stored, seal, unseal};
pub use time::{Time, parse_time, write_time};
pub use tracker::{Counters, RECORDS_PER_KEY, Tracker};
pub use who::{Field, MAX_TEXT, Who};
pub use windows::{
    AT_LEAST, Condition, Finding, Item, SEQUENCE, TIMESPAN_SECONDS, Window, Windows,
};
