//! The only `eventSource` of an input around a record, found without reading the rest.

use sekisho_scan::{LaxReader, raw};

use crate::header::is_other;

const EVENT_SOURCE: &[u8] = b"eventSource";
const RARE: usize = 5;

/// What is around the values of a record.
struct Spelling {
    before_source: &'static [u8],
    source: &'static [u8],
    name: &'static [u8],
    region: &'static [u8],
}

const IN_OBJECT: Spelling = Spelling {
    before_source: b",\"",
    source: b"\":\"",
    name: b"\",\"eventName\":\"",
    region: b"\",\"awsRegion\":",
};

const IN_TEXT: Spelling = Spelling {
    before_source: b",\\\"",
    source: b"\\\":\\\"",
    name: b"\\\",\\\"eventName\\\":\\\"",
    region: b"\\\",\\\"awsRegion\\\":",
};

/// The starts of strings that may be JSON text.
const TEXTS: [&[u8]; 6] = [
    b"\"message\":\"",
    b"\"log\":\"",
    b"\"Message\":\"",
    b"\"CloudTrailEvent\":\"",
    b"\"event\":{\"original\":\"",
    b"\"event.original\":\"",
];

/// Whether an object has a single `eventSource` in all of its bytes, and this shows that the record around
/// it is no sign-in. The record is in the object or below it, or is JSON text at one of the usual places.
/// It has `eventSource`, `eventName` and `awsRegion` after another field and without white space, as
/// CloudTrail writes them.
///
/// It does not validate: the object may still be malformed. `false` means that the input may be anything;
/// then read it.
///
/// ```
/// use sekisho_signin::is_wrapped_other;
///
/// let record = r#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"us-east-1"}"#;
/// assert!(is_wrapped_other(format!(r#"{{"data":{record}}}"#).as_bytes()));
/// assert!(!is_wrapped_other(format!(r#"{{"data":[{record},{record}]}}"#).as_bytes()));
/// ```
// Not inlined, where it would be compiled for size.
#[inline(never)]
#[must_use]
pub fn is_wrapped_other(input: &[u8]) -> bool {
    let mut reader = LaxReader::new(input);
    reader.skip_literal(b"{").is_some()
        && reader.skip_past(EVENT_SOURCE, RARE).is_some()
        && is_of_other(input, &mut reader).is_some()
        && reader.skip_past(EVENT_SOURCE, RARE).is_none()
}

/// `None` if the key that ends here is not of a record, or of one that may be a sign-in.
fn is_of_other(input: &[u8], reader: &mut LaxReader<'_>) -> Option<()> {
    let before = input.get(..reader.offset() - EVENT_SOURCE.len())?;
    let is_in_text = !before.ends_with(IN_OBJECT.before_source);
    let spelling = if is_in_text { &IN_TEXT } else { &IN_OBJECT };
    if is_in_text && !(before.ends_with(spelling.before_source) && is_text_around(before)) {
        return None;
    }
    reader.skip_literal(spelling.source)?;
    let source = reader.plain();
    reader.skip_literal(spelling.name)?;
    reader.plain();
    reader.skip_literal(spelling.region)?;
    is_other(raw::text(source, false)).then_some(())
}

/// Whether the first JSON text is at one of the usual places of the object that starts here.
fn is_text_around(before: &[u8]) -> bool {
    let mut reader = LaxReader::new(before);
    let Some(()) = reader.skip_past(b"\"{\\", 1) else { return false };
    let object = before.get(1..reader.offset() - 2).unwrap_or_default();
    let place = TEXTS.iter().find_map(|text| object.strip_suffix(*text));
    place.is_some_and(|members| !members.contains(&b'{'))
}
