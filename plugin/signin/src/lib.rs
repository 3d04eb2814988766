//! Truth tables of AWS sign-in records: fields in, verdict out.
//!
//! [`RECORD_PATHS`] names what has to be read of a CloudTrail record, [`Fields`] holds what was found,
//! and [`classify`] says what it was. [`decide`] says why as well: for each value of the
//! [`Verdict`] the line of the table that gave it and the fields that line looked at. A [`Header`]
//! rules most records out before any of that.
//!
//! Classifying is total: a record of which nothing is known is `unknown`, never a success. It
//! allocates nothing and knows one record at a time.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod fields;
mod header;
mod json;
mod table;
mod verdict;

pub use fields::{Field, Fields, RECORD_PATHS};
pub use header::Header;
pub use json::JsonBuffer;
pub use table::{Decision, Decisions, classify, decide, is_signin, may_be_signin};
pub use verdict::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};
