//! Code shared by the command line and the playground: split a stream into CloudTrail records, read
//! the fields that are shown for each, and explain why an event pattern matches.
//!
//! - [`Splitter`] finds the records in files and streams, whatever encloses them.
//! - [`decode_strings`] decodes JSON in base64, with or without gzip.
//! - [`GzipReader`] decompresses files.
//! - [`open_item`] reads an item as the JSON object that records are found in.
//! - [`Record`] reads the fields that are shown with a verdict.
//! - [`Unrecognized`] describes an item in which no record is found.
//! - [`constraints`] lists what an event pattern requires and what a record has in its place.
//!
//! This crate does not classify records; the engine or the WebAssembly module does.
//!
//! ```
//! use sekisho::Classifier;
//! use sekisho_records::{Piece, Record, Splitter};
//!
//! let file = r#"{"Records": [{"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin"},
//!     {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"}]}"#;
//! let mut classifier = Classifier::new();
//! let mut splitter = Splitter::new(file.as_bytes());
//! let mut events = Vec::new();
//! while let Some(piece) = splitter.next_piece() {
//!     if let Piece::Item { bytes, .. } = piece {
//!         let actor = classifier.actor(bytes)?.expect("a record");
//!         events.extend(Record::of(&actor).event);
//!     }
//! }
//! assert_eq!(events, ["ConsoleLogin", "AssumeRole"]);
//! # Ok::<(), sekisho::Error>(())
//! ```
#![forbid(unsafe_code)]

mod constraint;
mod encoded;
mod gzip;
mod item;
mod record;
mod split;
mod unrecognized;

pub use constraint::{Constraint, constraints, constraints_in};
pub use encoded::decode_strings;
pub use gzip::GzipReader;
pub use item::{OpenedItem, open_item};
pub use record::Record;
pub use split::{MAX_ITEM_BYTES, Piece, SplitError, Splitter, SyntaxError, is_csv_of_records};
pub use unrecognized::{Unrecognized, empty_list};
