//! Matches events against many Amazon EventBridge event patterns at once, with the meaning that they
//! have in AWS.
//!
//! 1. [`Pattern::parse`] parses and validates a pattern.
//! 2. [`RuleSet::compile`] compiles any number of patterns.
//! 3. [`RuleSet::matches`] returns the patterns that match an event. [`Matching`] does so for an event
//!    in parts, and a [`Prefilter`] rules out an event by a few of its fields.
//!
//! Each event is read once, whatever the number of rules: only the paths that patterns test are
//! read, a value is looked up among the values in the patterns, and a rule is checked only if its
//! most selective field matched. Once a [`Scratch`] has grown to the size of your events, matching
//! allocates nothing. The crate is `no_std` and uses `alloc`.
//!
//! # Example
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
//! # Semantics
//! The reference is AWS's event-ruler, at the version that produced the test data. Some of its
//! behavior is surprising:
//! - A string is compared together with its quotes, so `{"prefix":"a\""}` matches `"a"` only.
//! - A string that is an IP address equals any spelling of that address, and an IPv6 address is
//!   compared with an IPv4 range by its first 32 bits.
//! - A number is compared by value if a double represents it exactly as written, otherwise by its
//!   text.
//! - Characters outside the Basic Multilingual Plane never match in `equals-ignore-case`.
//! - An `exists` of false only sees the array elements that are chosen by fields that sort before it.
//!
//! # Limits
//! This crate is stricter than event-ruler in two ways: only white space may follow a pattern or an
//! event, and both nest at most [`MAX_DEPTH`](sekisho_scan::MAX_DEPTH) containers deep. [`Limits`] bound the
//! size of a pattern. The number of patterns is limited by memory only.
//!
//! A pattern whose fields match in several array elements is checked by a search. It is bounded to
//! about a million comparisons; beyond that, the pattern counts as matched.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod address;
mod case;
mod compile;
mod complexity;
mod condition;
mod consistency;
mod error;
mod filter;
mod find_values;
mod fold;
mod hash;
mod index;
mod limits;
mod matching;
mod name_table;
mod number;
mod operator;
mod order;
mod parser;
mod path_tree;
mod pattern;
mod pattern_field;
mod predicate;
mod prefilter;
mod rule_set;
mod scratch;
mod table;
mod wildcard;

pub use address::{AddressRange, is_address};
pub use case::lower_case;
pub use compile::CompileOptions;
pub use error::{PatternError, PatternErrorKind};
pub use limits::Limits;
pub use matching::Matching;
pub use name_table::NameTable;
pub use pattern::Pattern;
pub use prefilter::Prefilter;
pub use rule_set::RuleSet;
pub use scratch::Scratch;
pub use wildcard::Wildcard;
