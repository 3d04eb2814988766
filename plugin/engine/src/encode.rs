//! Parts of the JSON that the engine writes.

use alloc::vec::Vec;
use core::fmt;

use sekisho_attempts::{EventId, Time, write_time};

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

/// Appends a member that follows another one: a key that needs no escapes, and a string or null.
pub(crate) fn encode_member(key: &str, value: Option<&str>, output: &mut Vec<u8>) {
    output.extend_from_slice(b",\"");
    output.extend_from_slice(key.as_bytes());
    output.extend_from_slice(b"\":");
    encode_string(value, output);
}

/// Appends the members `first_time` and `last_time`.
pub(crate) fn encode_times(first: Option<Time>, last: Option<Time>, output: &mut Vec<u8>) {
    for (key, time) in [("first_time", first), ("last_time", last)] {
        output.extend_from_slice(b",\"");
        output.extend_from_slice(key.as_bytes());
        match time {
            Some(time) => {
                output.extend_from_slice(b"\":\"");
                write_time(time, output);
                output.push(b'"');
            }
            None => output.extend_from_slice(b"\":null"),
        }
    }
}

/// Appends the member `events`: an array of eventIDs.
pub(crate) fn encode_events(ids: &[EventId], output: &mut Vec<u8>) {
    output.extend_from_slice(b",\"events\":[");
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            output.push(b',');
        }
        encode_event(id, output);
    }
    output.push(b']');
}

/// Appends an eventID as a JSON string.
pub(crate) fn encode_event(id: &EventId, output: &mut Vec<u8>) {
    match id {
        EventId::Text(text) => encode_string(Some(text), output),
        EventId::Uuid(bytes) => {
            output.push(b'"');
            EventId::write_uuid(bytes, output);
            output.push(b'"');
        }
    }
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
