//! The plain, slow judge of sign-in records: what any host must answer for one input.
//!
//! Written from the truth tables alone and knowing nothing of the fast implementation, so that
//! the two can judge each other. Speed, allocation and cleverness count for nothing here: every
//! line of `verdict.rs` can be laid beside its line of the table.
//!
//! ```
//! let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"CheckMfa",
//!     "responseElements":{"CheckMfa":"Failure"}}"#;
//! let sekisho_oracle::Answer::Verdict(verdict) = sekisho_oracle::process(record) else {
//!     panic!("a CheckMfa is a sign-in record");
//! };
//! assert_eq!((verdict.outcome, verdict.reason), ("failure", Some("unknown_user")));
//! ```
#![forbid(unsafe_code)]

mod arrival;
mod header;
mod json;
mod rows;
mod verdict;

pub use rows::{Row, read_rows, rows};
pub use verdict::Verdict;

/// The input, or JSON text inside it that had to be read, is not well-formed JSON or UTF-8.
pub const MALFORMED: i32 = -2;
/// Over [`DEPTH_LIMIT`], [`ENVELOPE_LIMIT`] or [`INPUT_LIMIT_BYTES`].
pub const TOO_DEEP_OR_LARGE: i32 = -3;
/// The input holds several records.
pub const SEVERAL_RECORDS: i32 = -7;

/// Objects and arrays open at one place of one JSON text.
pub const DEPTH_LIMIT: usize = 128;
/// Steps from the input to the record: into the one element of an array, or into JSON text.
pub const ENVELOPE_LIMIT: usize = 4;
/// The longest input that is read.
pub const INPUT_LIMIT_BYTES: usize = 16 << 20;

/// What any host must answer for one input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No sign-in record: the input is passed on as it is.
    NotOurs,
    /// A sign-in record, and what it was.
    Verdict(Verdict),
    /// [`MALFORMED`], [`TOO_DEEP_OR_LARGE`] or [`SEVERAL_RECORDS`].
    Error(i32),
}

/// The answer for one input, one record in any arrival shape. Total: no input panics.
pub fn process(input: &[u8]) -> Answer {
    match arrival::find(input) {
        Ok(None) => Answer::NotOurs,
        Ok(Some(verdict)) => Answer::Verdict(verdict),
        Err(error) => Answer::Error(error),
    }
}

/// The input with `,"<field>":<verdict>` spliced in before the closing brace of its top-level
/// object and every other byte kept; `None` where there is no verdict.
///
/// # Errors
/// The code that [`process`] answers with.
///
/// # Panics
/// Never: only an object can hold a sign-in record, so a verdict means that there is a brace.
pub fn annotate(input: &[u8], field: &str) -> Result<Option<Vec<u8>>, i32> {
    let Some(verdict) = arrival::find(input)? else {
        return Ok(None);
    };
    // After the last brace of a well-formed object there is only white space.
    let closing = input.iter().rposition(|&byte| byte == b'}');
    let (before, after) = input.split_at(closing.expect("a verdict comes out of an object"));
    let key = serde_json::Value::from(field);
    let splice = format!(",{key}:{}", verdict.to_json());
    Ok(Some([before, splice.as_bytes(), after].concat()))
}

/// Whether the bytes are one JSON text by the grammar of RFC 8259, UTF-8 without a byte order
/// mark, with at most [`DEPTH_LIMIT`] containers open. Lone surrogate escapes and numbers of any
/// size are within the grammar.
pub fn well_formed(bytes: &[u8]) -> bool {
    json::read(bytes).1.is_ok()
}
