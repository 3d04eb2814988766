//! A strict, forward-only JSON scanner that finds values without building a tree.
//!
//! The scanner reads a byte slice once, from front to back. You pull values by key, or hand
//! [`walk`] a tree of paths; everything else is skipped. Each value comes back as a slice of the
//! input with its byte offset. The scanner copies nothing, allocates nothing and does not recurse
//! over the input, and the crate is `no_std`.
//!
//! - [`Reader`] pulls keys, elements and values one by one.
//! - [`walk`] drives a reader along a tree of [`Paths`] and calls a [`Visitor`].
//! - [`Value`] is a located value; [`Text`] is a string that compares through its escapes.
//! - [`raw`] has the loops over bytes, for code that knows what is at an offset.
//! - [`LaxReader`] finds values at the start of a text without validating what it skips.
//!
//! # Example
//! ```
//! use sekisho_scan::{Reader, ValueKind};
//!
//! let mut reader = Reader::new(br#"{"other":[1,{"a":2}],"event\u004eame":"ConsoleLogin"}"#);
//! assert_eq!(reader.peek()?, ValueKind::Object);
//! reader.enter()?;
//! while let Some(key) = reader.next_key()? {
//!     if key == "eventName" {
//!         let value = reader.value()?;
//!         assert_eq!(value.offset, 38);
//!         assert!(value.text().unwrap() == "ConsoleLogin");
//!     } else {
//!         reader.skip()?;
//!     }
//! }
//! reader.finish()?;
//! # Ok::<(), sekisho_scan::Malformed>(())
//! ```
//!
//! # What is checked
//! A value that was read or skipped to its end is well-formed by RFC 8259 and valid UTF-8. Bytes
//! after the last one read are not checked; [`Reader::finish`] checks that only white space
//! follows. An error is a [`Malformed`]: the byte offset, what was expected there and the byte that
//! was found.
//!
//! # Limits
//! - Containers nest at most [`MAX_DEPTH`] deep.
//! - Numbers are checked against the grammar only; their size is not limited.
//! - An escaped surrogate without its partner is allowed, as in RFC 8259, and reads as U+FFFD.
//! - Duplicate keys are allowed. A caller sees each of them.
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

mod block;
mod buffer;
mod bytes;
mod decode;
mod encoded_key;
mod error;
mod escape;
mod lax;
pub mod message;
mod path;
pub mod raw;
mod reader;
mod search;
mod text;
mod value;

// The loops over chunks of bytes come in two implementations with the same items; tests compile
// and compare both.
cfg_select! {
    any(
        all(target_arch = "wasm32", target_feature = "simd128"),
        all(target_arch = "x86_64", target_feature = "sse2"),
        all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"),
    ) => {
        mod simd;
        #[cfg(test)]
        mod swar;
        use simd as chunk;
    }
    _ => {
        mod swar;
        use swar as chunk;
    }
}

pub use error::{Expected, Malformed};
pub use lax::LaxReader;
pub use path::{MAX_PATH_DEPTH, Path, Paths, SelectedPaths, Visitor, walk};
pub use reader::{MAX_DEPTH, Reader};
pub use text::Text;
pub use value::{Value, ValueKind};
