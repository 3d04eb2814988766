//! The eventID of a record.

use alloc::boxed::Box;
use core::fmt;

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
        EventId::of(text.as_bytes()).unwrap_or(EventId::Text(text.into()))
    }

    /// The eventID with this text; `None` if it is not UTF-8.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        uuid(text).map(EventId::Uuid).or_else(|| EventId::text(text))
    }

    #[cold]
    #[inline(never)]
    fn text(text: &[u8]) -> Option<Self> {
        let text = core::str::from_utf8(truncate(text)).ok()?;
        Some(EventId::Text(text.into()))
    }
}

/// The length of the text of a UUID.
const UUID_BYTES: usize = 36;

/// Where each group of eight hexadecimal digits of a UUID is in its text, with the hyphens left out.
const GROUPS: [[usize; 2]; 4] = [[0, 4], [9, 14], [19, 24], [28, 32]];

const HYPHENS: [usize; 4] = [8, 13, 18, 23];

fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; UUID_BYTES] = text.try_into().ok()?;
    let mut bytes = [0; 16];
    for (group, bytes) in GROUPS.iter().zip(bytes.as_chunks_mut().0) {
        let mut digits = [0; 8];
        for (start, digits) in group.iter().zip(digits.as_chunks_mut::<4>().0) {
            *digits = *text.get(*start..)?.first_chunk()?;
        }
        *bytes = value_of(digits);
        // What is no digit, or an upper-case one, is written otherwise. Numbers, since equality of
        // arrays is a call on a 32-bit target.
        if u64::from_be_bytes(digits_of(*bytes)) != u64::from_be_bytes(digits) {
            return None;
        }
    }
    HYPHENS.iter().all(|index| text[*index] == b'-').then_some(bytes)
}

/// The number that eight hexadecimal digits are, from the first one; any number if they are none.
fn value_of(digits: [u8; 8]) -> [u8; 4] {
    const ONES: u64 = u64::MAX / 255;
    let text = u64::from_be_bytes(digits);
    // A letter has a bit that a digit lacks, and the low four bits of `a` are 1.
    let nibbles = (text & (ONES * 15)).wrapping_add((text >> 6 & ONES) * 9) & (ONES * 15);
    let pairs = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    ((fours | fours >> 16) as u32).to_be_bytes()
}

/// The eight hexadecimal digits of a number, in lower case.
fn digits_of(number: [u8; 4]) -> [u8; 8] {
    const ONES: u64 = u64::MAX / 255;
    let number = u64::from(u32::from_be_bytes(number));
    let fours = (number | number << 16) & 0x0000_ffff_0000_ffff;
    let pairs = (fours | fours << 8) & 0x00ff_00ff_00ff_00ff;
    let nibbles = (pairs | pairs << 4) & (ONES * 15);
    // From 10 on, a sixth more is 16.
    let letters = (nibbles + ONES * 6) >> 4 & ONES;
    (nibbles + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'9' - 1)).to_be_bytes()
}

impl EventId {
    /// The text of a UUID.
    #[must_use]
    pub fn uuid_text(bytes: &[u8; 16]) -> [u8; 36] {
        let mut text = [b'-'; UUID_BYTES];
        for (group, bytes) in GROUPS.iter().zip(bytes.as_chunks().0) {
            let digits = digits_of(*bytes);
            for (start, digits) in group.iter().zip(digits.as_chunks::<4>().0) {
                text[*start..*start + 4].copy_from_slice(digits);
            }
        }
        text
    }
}

/// The text that the eventID was made from.
impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventId::Text(text) => f.write_str(text),
            EventId::Uuid(bytes) => {
                f.write_str(core::str::from_utf8(&EventId::uuid_text(bytes)).unwrap_or_default())
            }
        }
    }
}

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

    #[test]
    fn every_byte_of_a_uuid_counts() {
        let uuid = *b"0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
        for index in 0..uuid.len() {
            for byte in 0..0x80 {
                let mut text = uuid;
                text[index] = byte;
                let text = core::str::from_utf8(&text).unwrap();
                let is_uuid = match index {
                    8 | 13 | 18 | 23 => byte == b'-',
                    _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
                };
                let id = EventId::new(text);
                assert_eq!(matches!(id, EventId::Uuid(_)), is_uuid, "{text}");
                assert_eq!(id.to_string(), text);
            }
        }
    }
}
