//! The first `eventSource` of an input around a record, found without reading the rest.

use sekisho_scan::{LaxReader, raw};

use crate::header::is_other;

const EVENT_SOURCE: &[u8] = b"eventSource";
const RARE: usize = 5;

/// The starts of strings that may be JSON text.
const TEXTS: [&[u8]; 5] = [
    b"\"message\":\"{",
    b"\"log\":\"{",
    b"\"Message\":\"{",
    b"\"CloudTrailEvent\":\"{",
    b"\"event.original\":\"{",
];

/// Whether the first `eventSource` in the bytes of an object shows that the record around it is no sign-in:
/// it is that of another service of AWS, and
/// - it is in `detail`, or
/// - `eventName` and `awsRegion` follow, and there is no other `eventSource`. The record is anywhere in the
///   object, or is JSON text at one of the usual places.
///
/// All of it is written as CloudTrail does, after another field and without white space.
///
/// It does not validate: the object may still be malformed. `false` means that the input may be anything;
/// then read it.
///
/// ```
/// use sekisho_signin::is_wrapped_other;
///
/// let record = r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"us-east-1"}"#;
/// assert!(is_wrapped_other(format!(r#"{{"data":{record}}}"#).as_bytes()));
/// assert!(is_wrapped_other(format!(r#"{{"id":"1","detail":{record}}}"#).as_bytes()));
/// assert!(!is_wrapped_other(format!(r#"{{"data":[{record},{record}]}}"#).as_bytes()));
/// ```
// Not inlined, where it would be compiled for size.
#[inline(never)]
#[must_use]
pub fn is_wrapped_other(input: &[u8]) -> bool {
    let mut reader = LaxReader::new(input);
    let is_found =
        reader.skip_literal(b"{").is_some() && reader.skip_past(EVENT_SOURCE, RARE).is_some();
    is_found && is_of_other(input, reader).is_some()
}

/// `reader` is after the first key.
#[inline(always)]
fn is_of_other(input: &[u8], mut reader: LaxReader<'_>) -> Option<()> {
    let before = input.get(..reader.offset() - EVENT_SOURCE.len())?;
    if before.ends_with(b",\"") {
        skip_source(&mut reader, b"\":\"", b"\"")?;
        if is_detail(before) {
            return Some(());
        }
        skip_name(&mut reader, b",\"eventName\":\"", b"\",\"awsRegion\":")?;
    } else if before.ends_with(b",\\\"") && is_text(before) {
        skip_source(&mut reader, b"\\\":\\\"", b"\\\"")?;
        skip_name(&mut reader, b",\\\"eventName\\\":\\\"", b"\\\",\\\"awsRegion\\\":")?;
    } else {
        return None;
    }
    reader.skip_past(EVENT_SOURCE, RARE).is_none().then_some(())
}

/// Skips the `eventSource` of another service.
#[inline(always)]
fn skip_source(reader: &mut LaxReader<'_>, before: &[u8], after: &[u8]) -> Option<()> {
    reader.skip_literal(before)?;
    let source = raw::text(reader.plain(), false);
    reader.skip_literal(after)?;
    is_other(source).then_some(())
}

#[inline(always)]
fn skip_name(reader: &mut LaxReader<'_>, before: &[u8], after: &[u8]) -> Option<()> {
    reader.skip_literal(before)?;
    reader.plain();
    reader.skip_literal(after)
}

/// Whether the first object in the one that starts here is its `detail`.
fn is_detail(before: &[u8]) -> bool {
    to_brace(before).is_some_and(|members| members.ends_with(b"\"detail\":{"))
}

/// Whether the first string of JSON text is at one of the usual places of the object that starts here.
fn is_text(before: &[u8]) -> bool {
    let Some(members) = to_brace(before) else { return false };
    let inner = before.get(members.len()..).unwrap_or_default();
    members.ends_with(b"\"event\":{") && inner.starts_with(b"\"original\":\"{")
        || TEXTS.iter().any(|text| members.ends_with(text))
}

/// The start of an object to the next brace.
fn to_brace(object: &[u8]) -> Option<&[u8]> {
    let brace = raw::find_byte(object.get(1..)?, b'{')?;
    object.get(..=1 + brace)
}
