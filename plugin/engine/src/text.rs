//! Strings, and JSON text inside them.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_scan::{Malformed, Reader, Text, Value};

use crate::error::Error;

/// The string, if it is JSON text: if it begins with `{`.
pub(crate) fn json_text(value: Value<'_>) -> Option<Text<'_>> {
    value.text().filter(|text| text.starts_with("{"))
}

/// Appends the decoded text.
// Not inlined: it is long, and seldom called.
#[inline(never)]
pub(crate) fn decode(text: Text<'_>, buffer: &mut Vec<u8>) -> Result<(), Error> {
    // Decoding never makes a string longer.
    buffer.try_reserve(text.raw().len())?;
    let start = buffer.len();
    // Copied to be overwritten: filling takes a loop.
    buffer.extend_from_slice(text.raw());
    let length = text.decode(&mut buffer[start..]).unwrap_or_default();
    buffer.truncate(start + length);
    Ok(())
}

/// The one value in decoded text.
#[inline(never)]
pub(crate) fn parse(json: &[u8]) -> Result<Value<'_>, Malformed> {
    let mut reader = Reader::new(json);
    let value = reader.value()?;
    reader.finish()?;
    Ok(value)
}

/// The next member of the object that the reader is in.
#[inline(never)]
pub(crate) fn next_member<'a>(
    reader: &mut Reader<'a>,
) -> Result<Option<(Text<'a>, Value<'a>)>, Malformed> {
    match reader.next_key()? {
        Some(key) => Ok(Some((key, reader.value()?))),
        None => Ok(None),
    }
}

/// The value of a key; of duplicates, the last.
#[inline(never)]
pub(crate) fn member<'a>(object: Value<'a>, key: &str) -> Result<Option<Value<'a>>, Malformed> {
    let mut reader = Reader::new(object.raw);
    let mut found = None;
    reader.enter()?;
    while let Some((name, value)) = next_member(&mut reader)? {
        if name == *key {
            found = Some(value.shifted(object.offset));
        }
    }
    Ok(found)
}

/// The decoded text.
pub(crate) fn string(text: Text<'_>) -> Cow<'_, str> {
    match core::str::from_utf8(text.raw()) {
        Ok(raw) if !text.is_escaped() => raw.into(),
        _ => text.to_string().into(),
    }
}
