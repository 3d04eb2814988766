//! JSON text inside strings.

use alloc::vec::Vec;

use sekisho_scan::{Text, Value};

use crate::error::Error;

/// The string, if it is JSON text: if it begins with `{`.
pub(crate) fn json_text(value: Value<'_>) -> Option<Text<'_>> {
    value.text().filter(|text| text.starts_with("{"))
}

/// Appends the decoded text.
pub(crate) fn decode(text: Text<'_>, buffer: &mut Vec<u8>) -> Result<(), Error> {
    // Decoding never makes a string longer.
    buffer.try_reserve(text.raw().len())?;
    text.unescape(|piece| buffer.extend_from_slice(piece));
    Ok(())
}
