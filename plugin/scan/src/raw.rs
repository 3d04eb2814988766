//! The scanner's loops over bytes, for code that already knows what is at an offset of a text.
//!
//! ```
//! use sekisho_scan::raw::{BLOCK_BYTES, common_prefix, number_end, string_end};
//!
//! let text = br#"{"a":"one","b":2.5}"#;
//! assert_eq!(string_end(text, 6)?, (9, false));
//! assert_eq!(number_end(text, 15)?, 18);
//!
//! let (mut one, mut other) = ([0; BLOCK_BYTES], [0; BLOCK_BYTES]);
//! (one[7], other[9]) = (1, 1);
//! assert_eq!(common_prefix(&one, &other), 7);
//! # Ok::<(), sekisho_scan::Malformed>(())
//! ```

use crate::block;
pub use crate::buffer::Buffer;
use crate::bytes::{self, number, string_content_end};
use crate::chunk;
use crate::decode;
use crate::error::Malformed;
use crate::text::Text;
use crate::value::{Value, ValueKind};

/// The number of bytes of a chunk.
pub const CHUNK_BYTES: usize = chunk::CHUNK_BYTES;

/// The number of bytes of a block.
pub const BLOCK_BYTES: usize = block::BLOCK_BYTES;

/// The index of the first byte that is not plain: a quote, a backslash, a control character, or one
/// that is not ASCII.
#[inline(always)]
#[must_use]
pub fn find_special(bytes: &[u8; CHUNK_BYTES]) -> Option<usize> {
    chunk::find_special(bytes)
}

/// How many bytes two blocks have in common before the first that differs.
#[inline(always)]
#[must_use]
pub fn common_prefix(one: &[u8; BLOCK_BYTES], other: &[u8; BLOCK_BYTES]) -> usize {
    chunk::common_prefix(one, other)
}

/// The index of the first such byte.
///
/// ```
/// assert_eq!(sekisho_scan::raw::find_byte(b"a longer text {}", b'{'), Some(14));
/// ```
#[inline]
#[must_use]
pub fn find_byte(bytes: &[u8], byte: u8) -> Option<usize> {
    bytes::find_byte(bytes, byte)
}

/// Whether two slices are equal. For the common lengths of keys it needs no call, as equality of slices
/// does.
#[inline(always)]
#[must_use]
pub fn is_same(one: &[u8], other: &[u8]) -> bool {
    bytes::bytes_equal(one, other)
}

/// The offset of the first byte at or after `offset` that is not plain, or the length of the input.
#[inline]
#[must_use]
pub fn plain_end(bytes: &[u8], offset: usize) -> usize {
    bytes::plain_end(bytes, offset)
}

/// The end of the string whose content continues at `offset`, where its closing quote is, and
/// whether there is an escape between them.
///
/// # Errors
/// Returns an error if the rest of the string is not well-formed.
pub fn string_end(bytes: &[u8], offset: usize) -> Result<(usize, bool), Malformed> {
    string_content_end(bytes, offset)
}

/// Decodes the string whose content continues at `offset` to the start of `decoded`, which must be a chunk
/// longer than the rest of the input. Returns the offset of its closing quote, and the length of what was
/// decoded.
///
/// `None` if the rest of the string is not well-formed, or `decoded` is too short.
///
/// ```
/// let text = br#"{"message":"{\"a\":\"\u00e9\"}\n"}"#;
/// let mut decoded = [0; 64];
/// let (end, length) = sekisho_scan::raw::decode_string(text, 12, &mut decoded).unwrap();
/// assert_eq!(text[end..], *b"\"}");
/// assert_eq!(decoded[..length], *"{\"a\":\"é\"}\n".as_bytes());
/// ```
#[must_use]
pub fn decode_string(bytes: &[u8], offset: usize, decoded: &mut [u8]) -> Option<(usize, usize)> {
    decode::decode_string(bytes, offset, decoded)
}

/// The end of the number that starts at `offset` with a digit or a minus.
///
/// # Errors
/// Returns an error if the number is not well-formed.
///
/// # Panics
/// Panics if `offset` is past the last byte.
pub fn number_end(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    number(bytes, offset)
}

/// The string with this content, which must be that of a well-formed string and is not checked.
/// `escaped` is whether it has a backslash.
#[inline(always)]
#[must_use]
pub fn text(content: &[u8], escaped: bool) -> Text<'_> {
    Text::new(content, escaped)
}

/// The value at an offset. `raw` must be a well-formed value of this kind and is not checked;
/// `escaped` is whether it is a string with a backslash.
#[inline(always)]
#[must_use]
pub fn value(kind: ValueKind, raw: &[u8], offset: usize, escaped: bool) -> Value<'_> {
    Value { kind, raw, offset, escaped }
}
