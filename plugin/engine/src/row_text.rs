//! The text in which Athena and CloudTrail Lake export rows and maps: `{type=Root, arn=null}`.

use alloc::vec::Vec;

use crate::encode::encode_string;

/// The most rows around a value.
const MAX_LEVELS: usize = 8;

/// Appends the object that the text of a row is. `false` if the text is none; what was appended then
/// is of no use. A value ends at the next comma and space, or brace.
pub(crate) fn row_to_json(text: &[u8], output: &mut Vec<u8>) -> bool {
    row(text, output, MAX_LEVELS) == Some(b"")
}

/// Appends the row with which the text begins. Returns the rest of the text.
fn row<'t>(text: &'t [u8], output: &mut Vec<u8>, levels: usize) -> Option<&'t [u8]> {
    let levels = levels.checked_sub(1)?;
    let mut rest = text.strip_prefix(b"{")?;
    output.push(b'{');
    while !rest.starts_with(b"}") {
        let equals = rest.iter().position(|byte| *byte == b'=')?;
        let (key, value) = (&rest[..equals], &rest[equals + 1..]);
        encode(key, output);
        output.push(b':');
        rest = if value.starts_with(b"{") {
            row(value, output, levels)?
        } else {
            let mut pairs = value.windows(2);
            let brace = value.iter().position(|byte| *byte == b'}')?;
            let end = pairs.position(|pair| pair == b", ").map_or(brace, |comma| comma.min(brace));
            encode(&value[..end], output);
            &value[end..]
        };
        if let Some(next) = rest.strip_prefix(b", ") {
            output.push(b',');
            rest = next;
        } else if !rest.starts_with(b"}") {
            return None;
        }
    }
    output.push(b'}');
    rest.strip_prefix(b"}")
}

/// Appends a string; `null` for that word.
#[inline(never)]
fn encode(text: &[u8], output: &mut Vec<u8>) {
    let text = core::str::from_utf8(text).ok().filter(|text| *text != "null");
    encode_string(text, output);
}
