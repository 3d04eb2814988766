//! Validates and locates JSON texts by the structure of texts that were read before.
//!
//! The *skeleton* of a text is all of it but what its *holes* contain: the strings that are values,
//! without their quotes, and the numbers. A text that has the skeleton of a well-formed text, and a
//! well-formed string or number in each hole, is well-formed and has its values at the same places.
//!
//! So [`Skeletons`] learn the skeletons of texts that a [`Reader`](sekisho_scan::Reader) has read, each
//! with the places of some values. A later text with the same skeleton is validated to its last byte,
//! and its values are located, in one pass that compares up to 32 bytes at once and searches for the
//! end of each string. A text with any other skeleton is not found; then read it as before. Strings of few
//! contents can belong to the skeleton, too, and what follows from them is noted on it.
//!
//! ```
//! use sekisho_scan::Reader;
//! use sekisho_skeleton::Skeletons;
//!
//! let record = |name: &str, time: i32| {
//!     format!(r#"{{"user":{{"name":"{name}","groups":["a","b"]}},"time":{time},"note":"{:90}"}}"#, "")
//! };
//! let first = record("anaya", 1);
//! let mut reader = Reader::new(first.as_bytes());
//! reader.enter()?;
//! reader.next_key()?;
//! let user = reader.value()?;
//!
//! let mut skeletons = Skeletons::default();
//! assert!(skeletons.find(first.as_bytes(), &mut Vec::new()).is_none());
//! assert!(skeletons.learns());
//! assert!(skeletons.learn(first.as_bytes(), "", &[], &mut |layout| {
//!     layout.push(0, Some(&user))?;
//!     Some("a note")
//! }));
//!
//! let second = record("B\\u00e9la", -2);
//! let mut decoded = Vec::new();
//! let (found, note) = skeletons.find(second.as_bytes(), &mut decoded).expect("the same skeleton");
//! assert_eq!(found.value(0).unwrap().raw, br#"{"name":"B\u00e9la","groups":["a","b"]}"#);
//! assert_eq!(*note, "a note");
//! # Ok::<(), sekisho_scan::Malformed>(())
//! ```
//!
//! # What is learned changes no result
//! [`find`](Skeletons::find) returns what reading the text would, or nothing.
//!
//! # Limits
//! What is learned takes at most [`MAX_BYTES`] of memory. The cost of learning is limited, too: see
//! [`Skeletons`]. Texts of less than [`MIN_TEXT`] bytes, with more than [`MAX_HOLES`] holes or with an
//! escape in a key are not learned.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

mod budget;
mod decoded;
mod grow;
mod holes;
mod layout;
mod located;
mod segment;
mod skeleton;
mod skeletons;
mod tree;

pub use layout::NewLayout;
pub use located::Located;
pub use skeleton::MAX_HOLES;
pub use skeletons::{MAX_BYTES, MIN_TEXT, Skeletons};
