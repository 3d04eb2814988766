//! Parts of the JSON that the engine writes.

use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_scan::message::hex;

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
            byte => {
                output.extend_from_slice(b"\\u00");
                output.extend_from_slice(&hex(byte));
            }
        }
        rest = &escaped[1..];
    }
    output.extend_from_slice(rest);
    output.push(b'"');
}

/// Appends a decimal number.
pub(crate) fn encode_number(number: u64, output: &mut Vec<u8>) {
    output.extend_from_slice(number.to_string().as_bytes());
}
