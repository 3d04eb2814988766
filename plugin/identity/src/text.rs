//! The limit on the length of texts.

/// The most bytes that are kept of the value of a field.
pub const MAX_TEXT_BYTES: usize = 256;

/// The text up to [`MAX_TEXT_BYTES`], cut at a character boundary.
pub(crate) fn truncate(text: &[u8]) -> &[u8] {
    let Some(after) = text.get(MAX_TEXT_BYTES) else { return text };
    let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
    let mut end = MAX_TEXT_BYTES;
    if is_inside(after) {
        let rest = text[..end].iter().rposition(|byte| !is_inside(byte));
        end = rest.unwrap_or(end);
    }
    &text[..end]
}
