//! The truth tables of AWS sign-in records: which fields of a CloudTrail record mean what.
//!
//! 1. [`walk`](sekisho_scan::walk) a record along [`RECORD_PATHS`] to fill [`Fields`].
//! 2. [`classify`] the fields: the result is a [`Verdict`], or `None` if the record is not a sign-in.
//!    [`decide`] also says for each value which line of its table decided, and by which fields.
//!
//! A [`Header`] rules out most records of a trail before any of that, [`is_wrapped_other`] those in an
//! envelope. A [`JsonBuffer`] formats a
//! verdict as JSON.
//!
//! The tables are in the crate's README. See [`classify`] for an example.
//!
//! # Guarantees
//! Classifying is total: it has no error, and a value that the record does not determine is
//! `Unknown`, never a success. It looks at one record at a time and allocates nothing. The crate is
//! `no_std`.
//!
//! # Features
//! `serde` (off by default): [`Verdict`] and its values implement `serde::Serialize`, with the keys
//! and values of their JSON.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod condition;
mod field_source;
mod fields;
mod fixed;
mod header;
mod json;
mod known;
#[cfg(feature = "serde")]
mod serialize;
mod table;
mod time;
mod trace;
mod verdict;
mod wrapped;

pub use condition::HIDDEN_NAME;
pub use fields::{Field, Fields, RECORD_PATHS};
pub use fixed::FixedStrings;
pub use header::Header;
pub use json::JsonBuffer;
pub use known::KnownVerdicts;
pub use table::{Decision, Decisions, classify, decide, is_signin, may_be_signin};
pub use verdict::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
pub use wrapped::is_wrapped_other;
