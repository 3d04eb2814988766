//! The eventID of a record.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::state::impl_snapshot;
use crate::text::truncate;

/// A record's `eventID`. CloudTrail's are UUIDs, which take 16 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum EventId {
    /// `8-4-4-4-12` hexadecimal digits in lower case.
    Uuid([u8; 16]),
    /// Any other text, cut to [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    Text(Box<str>),
}

impl EventId {
    /// The eventID with this text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        uuid(text.as_bytes()).map_or_else(|| EventId::Text(truncate(text).into()), EventId::Uuid)
    }
}

fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut bytes = [0; 16];
    let mut digits = 0;
    for (index, byte) in text.iter().enumerate() {
        let digit = match byte {
            b'-' if is_hyphen(index) => continue,
            _ if is_hyphen(index) => return None,
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
        digits += 1;
    }
    Some(bytes)
}

fn is_hyphen(index: usize) -> bool {
    matches!(index, 8 | 13 | 18 | 23)
}

impl EventId {
    /// Appends the text of a UUID.
    pub fn write_uuid(bytes: &[u8; 16], output: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                output.push(b'-');
            }
            output.extend([byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]));
        }
    }
}

/// The text that the eventID was made from.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventId::Text(text) => f.write_str(text),
            EventId::Uuid(bytes) => {
                let mut text = Vec::new();
                EventId::write_uuid(bytes, &mut text);
                f.write_str(core::str::from_utf8(&text).unwrap_or_default())
            }
        }
    }
}

impl_snapshot! { enum EventId { Uuid = 0, Text = 1 } }

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn displays_the_text_it_was_made_from() {
        let uuid = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
        assert!(matches!(EventId::new(uuid), EventId::Uuid(_)));
        for text in [
            uuid,
            "0A1B2C3D-4e5f-6071-8293-a4b5c6d7e8f9",
            "0a1b2c3d04e5f-6071-8293-a4b5c6d7e8f9",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f",
            "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8fg",
            "-a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",
            "",
            "é",
        ] {
            assert_eq!(EventId::new(text).to_string(), text);
        }
        assert_ne!(EventId::new(uuid), EventId::new(&uuid.to_uppercase()));
    }
}
