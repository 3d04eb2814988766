//! Pairs the records of a stream into attempts to sign in, and counts events for correlation rules.
//!
//! [`Tracker`] takes an [`Observation`] of each record and emits [`Attempt`]s. [`Correlator`] takes
//! attempts and records as events, and reports when a [`Finding`] of a correlation rule opens and closes.
//! The state of both can be saved and restored: see [`Snapshot`].
//!
//! The crate's `README.md` describes which records are paired, when an attempt is emitted and what
//! is kept in memory.
//!
//! The modules, each of which uses only earlier ones:
//!
//! | module | contents |
//! |---|---|
//! | `settings` | the settings |
//! | `state` | the format of a saved state |
//! | `observation` | the input |
//! | `conclusion`, `evidence` | how an attempt ended, and what its records say of the user |
//! | `attempt`, `emitted` | the output |
//! | `clock_cache` | a map of bounded size |
//! | `reorder` | puts observations in order of time |
//! | `pairing` | finds the observations that belong to one attempt |
//! | `tracker` | connects `reorder` and `pairing` |
//! | `correlator` | counts events for correlation rules |
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod attempt;
mod clock_cache;
mod conclusion;
mod correlator;
mod emitted;
mod evidence;
mod observation;
mod pairing;
mod queue;
mod reorder;
mod settings;
mod state;
mod tracker;

pub use attempt::{Attempt, MAX_EVENT_IDS};
pub use conclusion::Conclusion;
pub use correlator::{
    CorrelationCondition, CorrelationEvent, CorrelationSpec, Correlator, Finding, FindingState,
    SEQUENCE_LENGTH_RANGE, THRESHOLD_RANGE, TIMESPAN_SECONDS_RANGE,
};
pub use emitted::{Emitted, RuleMatch};
pub use observation::{Observation, is_part_of_attempt};
pub use sekisho_identity::{
    EventId, Identity, IdentityField, IdentityFields, Key, MAX_TEXT_BYTES, MAX_TIME_BYTES, Time,
    format_time, name_identity, parse_time, write_time,
};
pub use settings::AttemptSettings;
pub use state::{
    STATE_HEADER_BYTES, Snapshot, StateError, StateReader, decode_state, encode_state,
};
pub use tracker::{MAX_RECORDS_PER_KEY, StreamCounters, Tracker};
