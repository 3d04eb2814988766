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
mod clock_cache;
mod correlator;
mod event_id;
mod identity;
mod key;
mod observation;
mod pairing;
mod reorder;
mod settings;
mod snapshot;
mod time;
mod tracker;

pub use attempt::{Attempt, Conclusion, MAX_EVENT_IDS};
pub use correlator::{
    CorrelationCondition, CorrelationEvent, CorrelationSpec, Correlator, Finding,
    SEQUENCE_LENGTH_RANGE, THRESHOLD_RANGE, TIMESPAN_SECONDS_RANGE,
};
pub use event_id::EventId;
pub use identity::{Identity, IdentityField, MAX_TEXT_BYTES};
pub use key::Key;
pub use observation::{Observation, is_part_of_attempt};
pub use pairing::{Emitted, RuleMatch};
pub use settings::AttemptSettings;
pub use snapshot::{
    STATE_HEADER_BYTES, Snapshot, StateError, StateReader, decode_state, encode_state,
};
pub use time::{Time, parse_time, write_time};
pub use tracker::{MAX_RECORDS_PER_KEY, StreamCounters, Tracker};
