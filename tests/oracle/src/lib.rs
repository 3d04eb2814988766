//! Reference implementations: plain, slow, and written from the specifications alone.
//!
//! The tests compare the fast implementation with these. They share no code with it, so a mistake
//! has to be made twice to go unnoticed. Speed does not matter here; each function follows its
//! table line by line.
//!
//! | function | result | specification |
//! |---|---|---|
//! | [`process`], [`annotate`] | the verdict on one input | the truth table of verdicts |
//! | [`record`] | the record in one input | `plugin/ABI.md` |
//! | [`attempts`] | the attempts in a stream of records | `plugin/attempts/README.md` |
//! | [`silences_record`], [`silences_attempt`] | whether an entry of `silence` fits | its table in `plugin/ABI.md` |
//! | [`ecs_event`], [`ocsf_event`] | the event of one record | `plugin/forms/README.md` |
//! | [`ecs_line`], [`ocsf_line`] | the event of one attempt or finding | the same |
//! | [`identity_object`] | who it was | the same |
//! | [`lines_with_rules`] | the same with the findings of rules over attempts | `plugin/attempts/README.md` |
//! | [`matches()`] | whether an event pattern matches an event | AWS's documentation of event patterns |
//! | [`wildcard_complexity`] | the number that limits the wildcards of a pattern | event-ruler's documentation of it |
//! | [`well_formed`] | whether bytes are JSON | RFC 8259 |
//!
//! [`rows`] and [`sequences`] read the cases of `tests/cases`; [`generate`] makes random input.
//!
//! ```
//! let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"CheckMfa",
//!     "responseElements":{"CheckMfa":"Failure"}}"#;
//! let verdict = sekisho_oracle::process(record)?.expect("a sign-in record");
//! assert_eq!((verdict.outcome, verdict.reason), ("failure", Some("unknown_user")));
//!
//! assert!(sekisho_oracle::matches(r#"{"a":{"b":[1]}}"#, r#"{"a":[{"b":2},{"b":1.0}]}"#));
//! # Ok::<(), i32>(())
//! ```
#![forbid(unsafe_code)]

mod abi;
mod annotate;
mod arrival;
mod attempts;
mod case_files;
mod complexity;
mod findings;
mod form;
mod form_rows;
pub mod generate;
mod header;
mod identity;
mod json;
mod pattern;
mod rows;
mod search;
mod sequences;
mod silence;
mod spelling;
mod time;
mod verdict;

pub use abi::{
    DEPTH_LIMIT, ENVELOPE_LIMIT, INPUT_LIMIT_BYTES, MALFORMED, SEVERAL_RECORDS, STEP_LIMIT,
    TOO_LARGE,
};
pub use annotate::annotate;
pub use arrival::{process, record};
pub use attempts::{AttemptSettings, attempts};
pub use complexity::wildcard_complexity;
pub use findings::lines_with_rules;
pub use form::{Matched, ecs_event, ecs_line, identity_object, ocsf_event, ocsf_line, tags};
pub use form_rows::{FormRow, FormStream, form_rows, form_streams};
pub use json::{value, well_formed};
pub use pattern::matches;
pub use rows::{Row, rows};
pub use sequences::{Sequence, sequences};
pub use silence::{silences_attempt, silences_record};
pub use verdict::Verdict;
