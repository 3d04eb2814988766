//! Parts of the JSON that the engine writes.

use alloc::vec::Vec;
use core::fmt;

/// Appends a text as a JSON string; `null` for none.
pub(crate) fn encode_string(text: Option<&str>, output: &mut Vec<u8>) {
    let Some(text) = text else { return output.extend_from_slice(b"null") };
    output.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(index) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
        let (plain, escaped) = rest.split_at(index);
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

/// Appends formatted text.
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
