//! Amazon EventBridge event patterns that mean what they mean in AWS: many patterns and one event
//! in, the patterns that match out.
//!
//! A [`Pattern`] is read and validated once, a [`RuleSet`] is compiled once, and then each event
//! is read once, whatever the number of rules: the paths that patterns ask for drive the scanner,
//! a value is looked up among the values that patterns name, and only the rules whose rarest field
//! matched are looked at. Once a [`Scratch`] is warm, an event allocates nothing.
//!
//! ```
//! use sekisho_rules::{Pattern, RuleSet, Scratch};
//!
//! let root = Pattern::parse(br#"{"userIdentity":{"type":["Root"]}}"#)?;
//! let abroad = Pattern::parse(br#"{"sourceIPAddress":[{"anything-but":{"prefix":"192.0.2."}}]}"#)?;
//! let rules = RuleSet::compile(&[root, abroad]);
//! let mut scratch = Scratch::new();
//! let event = br#"{"userIdentity":{"type":"Root"},"sourceIPAddress":"192.0.2.7"}"#;
//! assert_eq!(rules.matches(event, &mut scratch)?, [0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What decides
//! AWS's event-ruler, at the version that judged the test data. Where it surprises:
//! - A string is compared together with its quotes, so `{"prefix":"a\""}` matches `"a"` alone.
//! - A string that is an IP address equals any spelling of it, and an IPv6 address is compared with
//!   an IPv4 range by its first 32 bits.
//! - A number is compared by value where a double holds it exactly as written, otherwise by its
//!   text.
//! - Characters outside the Basic Multilingual Plane never match in `equals-ignore-case`.
//! - An `exists` of false sees only the array elements chosen by the fields that sort before it.
//!
//! # What is stricter here
//! Nothing may follow a pattern or an event. Patterns and events nest at most
//! [`MAX_DEPTH`](sekisho_scan::MAX_DEPTH) deep. An event that is no object matches nothing.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod case;
mod compile;
mod condition;
mod consistency;
mod error;
mod fold;
mod hash;
mod index;
mod limits;
mod matching;
mod number;
mod operator;
mod order;
mod parse;
mod paths;
mod prefilter;
mod scratch;
mod table;
mod wildcard;

pub use compile::{CompileOptions, RuleSet};
pub use error::{PatternError, PatternErrorKind};
pub use limits::Limits;
pub use matching::Matching;
pub use parse::Pattern;
pub use prefilter::Prefilter;
pub use scratch::Scratch;
