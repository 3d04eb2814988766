//! The limit on remembered texts.

/// The longest text that is kept of a record's field, in bytes.
pub const MAX_TEXT_BYTES: usize = 256;

/// The text up to [`MAX_TEXT_BYTES`], cut at a character boundary.
pub(crate) fn truncate(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}
