//! JSON text in strings, and strings as JSON text.

use alloc::vec::Vec;
use core::fmt;

use sekisho_scan::{Text, Value};

use crate::Error;

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

/// Appends a text as a JSON string; `null` for none.
pub(crate) fn encode_string(text: Option<&str>, output: &mut Vec<u8>) {
    let Some(text) = text else { return output.extend_from_slice(b"null") };
    output.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        let (plain, escaped) = rest.split_at(at);
        output.extend_from_slice(plain);
        match escaped[0] {
            byte @ (b'"' | b'\\') => output.extend_from_slice(&[b'\\', byte]),
            byte => write(output, format_args!("\\u{byte:04x}")),
        }
        rest = &escaped[1..];
    }
    output.extend_from_slice(rest);
    output.push(b'"');
}

/// Appends what is formatted.
pub(crate) fn write(output: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    struct Bytes<'o>(&'o mut Vec<u8>);
    impl fmt::Write for Bytes<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0.extend_from_slice(part.as_bytes());
            Ok(())
        }
    }
    // Writing to a vector cannot fail.
    let _ = fmt::Write::write_fmt(&mut Bytes(output), text);
}
