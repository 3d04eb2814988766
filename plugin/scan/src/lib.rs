//! Forward-only JSON scanner: bytes in, located fields out.
//!
//! The scanner reads a byte slice once, from front to back. Whoever calls it asks for values by
//! key or by path; what was not asked for is passed over, and what was asked for comes back as a
//! slice of the input with its offset. Nothing is copied, nothing is allocated, nothing recurses
//! over the input, and no tree is built.
//!
//! It is strict: a value whose end was reached is well-formed by RFC 8259 and UTF-8, and nothing
//! is said about bytes that were not reached. It knows JSON and nothing of AWS.
//!
//! - [`Reader`] pulls keys, elements and values one by one.
//! - [`LaxReader`] passes what is not to be read, unread.
//! - [`walk`] drives a reader along a tree of asked-for [`Path`]s.
//! - [`Value`] is a located value, [`Text`] a string that is compared through its escapes.
//!
//! ```
//! use sekisho_scan::{ValueKind, Reader};
//!
//! let mut reader = Reader::new(br#"{"skipped":[1,{"a":2}],"event\u004eame":"ConsoleLogin"}"#);
//! assert_eq!(reader.peek()?, ValueKind::Object);
//! reader.enter()?;
//! while let Some(key) = reader.next_key()? {
//!     let value = reader.value()?;
//!     if key == "eventName" {
//!         assert_eq!(value.at, 40);
//!         assert!(value.text().unwrap() == "ConsoleLogin");
//!     }
//! }
//! reader.finish()?;
//! # Ok::<(), sekisho_scan::Malformed>(())
//! ```
//!
//! # Limits
//! Containers nest at most [`MAX_DEPTH`] deep. Numbers are checked for their grammar only; their
//! size is not limited. An escaped surrogate without its partner is allowed by RFC 8259 and reads
//! as U+FFFD.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

mod bytes;
mod error;
mod lax;
mod path;
mod reader;
mod text;
mod value;

// What is compiled for tests alone is held against the other there.
cfg_select! {
    any(
        all(target_arch = "wasm32", target_feature = "simd128"),
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"),
    ) => {
        mod simd;
        #[cfg(test)]
        mod words;
        use simd::{BITS, STEP, marks, stop};
    }
    _ => {
        mod words;
        use words::{BITS, STEP, marks, stop};
    }
}

pub use error::{Expected, Malformed};
pub use lax::LaxReader;
pub use path::{MAX_PATH_DEPTH, Path, Paths, SelectedPaths, Visitor, walk};
pub use reader::{MAX_DEPTH, Reader};
pub use text::Text;
pub use value::{Value, ValueKind};

/// Bytes of a chunk that shape a text. Each byte has [`BITS`] bits, the first byte the lowest, of
/// which one is set where it is marked.
struct Marks {
    quotes: u64,
    /// Braces, backslashes, and what the target cannot tell from them.
    stops: u64,
}
