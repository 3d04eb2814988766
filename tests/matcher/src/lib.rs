//! The plain, slow judge of event patterns, and pairs of pattern and event to judge.
//!
//! [`matches()`] is written from AWS's documentation of event patterns, and where that is silent,
//! from what AWS's event-ruler was seen to answer. It knows nothing of the fast implementation:
//! it flattens the event, multiplies the pattern out and tries every choice of values. Speed
//! counts for nothing here.
//!
//! ```
//! use sekisho_matcher::matches;
//!
//! assert!(matches(r#"{"a":{"b":[1]}}"#, r#"{"a":[{"b":2},{"b":1.0}]}"#));
//! assert!(!matches(r#"{"a":{"b":[1]}}"#, r#"{"a":{"b":"1"}}"#));
//! ```
#![forbid(unsafe_code)]

mod condition;
mod generate;
mod json;
mod matcher;

pub use generate::pairs;
pub use matcher::matches;
