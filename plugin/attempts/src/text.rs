//! The limit on the length of texts.

/// The most bytes that are kept of the value of a field.
pub const MAX_TEXT_BYTES: usize = 256;

/// The text up to [`MAX_TEXT_BYTES`], cut at a character boundary.
pub(crate) fn truncate(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}
