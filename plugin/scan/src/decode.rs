//! Decodes a string while it looks for its end.

use crate::bytes::{escape, plain_end, utf8_sequence};
use crate::chunk::{CHUNK_BYTES, find_special};
use crate::text::decode_escape;

/// See [`raw::decode_string`](crate::raw::decode_string).
pub(crate) fn decode_string(
    bytes: &[u8],
    offset: usize,
    decoded: &mut [u8],
) -> Option<(usize, usize)> {
    let mut cursor = Cursor { from: offset, to: 0 };
    loop {
        copy_plain(bytes, decoded, &mut cursor);
        if bytes.get(cursor.from)? == &b'"' {
            return Some((cursor.from, cursor.to));
        }
        copy_rest(bytes, decoded, &mut cursor)?;
    }
}

/// What is read and written next.
#[derive(Clone, Copy)]
struct Cursor {
    from: usize,
    to: usize,
}

/// A chunk, and the escape after it.
const WINDOW: usize = CHUNK_BYTES + 2;

/// Copies plain bytes and escaped quotes, of which JSON text has two for each string. It may stop before
/// anything else, and does so before the last bytes.
///
/// A whole chunk is copied each time, of which those bytes count that are before the first special one.
#[inline(never)]
fn copy_plain(bytes: &[u8], decoded: &mut [u8], cursor: &mut Cursor) {
    let (length, room) = (bytes.len(), decoded.len());
    let mut rest = bytes.get(cursor.from..).unwrap_or_default();
    let mut free = decoded.get_mut(cursor.to..).unwrap_or_default();
    while let Some(window) = rest.first_chunk::<WINDOW>()
        && let Some(filled) = free.first_chunk_mut::<WINDOW>()
    {
        let (chunk, filled_chunk) = (window.first_chunk(), filled.first_chunk_mut());
        let (Some(chunk), Some(filled_chunk)) = (chunk, filled_chunk) else { break };
        let plain = find_special(chunk).unwrap_or(CHUNK_BYTES);
        *filled_chunk = *chunk;
        if plain < CHUNK_BYTES {
            if u16::from_le_bytes([window[plain], window[plain + 1]])
                != u16::from_le_bytes(*b"\\\"")
            {
                (rest, free) = (&rest[plain..], &mut free[plain..]);
                break;
            }
            filled[plain] = b'"';
            (rest, free) = (&rest[plain + 2..], &mut free[plain + 1..]);
        } else {
            (rest, free) = (&rest[CHUNK_BYTES..], &mut free[CHUNK_BYTES..]);
        }
    }
    *cursor = Cursor { from: length - rest.len(), to: room - free.len() };
}

/// Copies plain bytes, if any are next, or else one character.
#[inline(never)]
fn copy_rest(bytes: &[u8], decoded: &mut [u8], cursor: &mut Cursor) -> Option<()> {
    let Cursor { from, to } = *cursor;
    let (end, mut encoded) = (cursor.end(bytes)?, [0; 4]);
    let source = bytes.get(from..end)?;
    let copied = match source {
        [b'\\', ..] => match decode_escape(source) {
            (char::REPLACEMENT_CHARACTER, _) => return None,
            (character, _) => character.encode_utf8(&mut encoded).as_bytes(),
        },
        _ => source,
    };
    decoded.get_mut(to..to + copied.len())?.copy_from_slice(copied);
    *cursor = Cursor { from: end, to: to + copied.len() };
    Some(())
}

impl Cursor {
    /// The end of the plain bytes that are read next, or of the character.
    fn end(self, bytes: &[u8]) -> Option<usize> {
        match bytes.get(self.from)? {
            b'\\' => escape(bytes, self.from).ok(),
            0x80.. => utf8_sequence(bytes, self.from).ok(),
            0..=0x1f => None,
            _ => Some(plain_end(bytes, self.from)),
        }
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::decode_string;
    use crate::chunk::CHUNK_BYTES;
    use crate::reader::Reader;

    /// Strings that are well-formed or nearly so.
    fn string(random: &mut Rng) -> Vec<u8> {
        let parts: [&[u8]; 14] = [
            b"a",
            b"plain bytes of more than one chunk",
            b"\\\"",
            b"\\\\",
            b"\\n",
            b"\\u00e9",
            b"\\ufffd",
            b"\\ud83d\\ude00",
            "é😀".as_bytes(),
            b"\\\"key\\\":\\\"value\\\",",
            b"\\",
            b"\x1f",
            b"\xff",
            b"\\u12",
        ];
        let mut text = vec![b'"'];
        for _ in 0..random.usize(..12) {
            let count = if random.u8(..8) == 0 { parts.len() } else { 10 };
            text.extend_from_slice(parts[random.usize(..count)]);
        }
        text.push(b'"');
        text.extend_from_slice(&b"} more than a chunk after it"[..random.usize(..28)]);
        text
    }

    #[test]
    fn what_is_decoded_is_what_the_reader_returns() {
        let mut random = Rng::with_seed(10);
        let mut compared = 0;
        for _ in 0..if cfg!(miri) { 500 } else { 200_000 } {
            let text = string(&mut random);
            let mut decoded = vec![0; text.len() + CHUNK_BYTES];
            let found = decode_string(&text, 1, &mut decoded);
            let value = Reader::new(&text).value();
            let Some((end, length)) = found else {
                let is_rare =
                    |raw: &[u8]| raw.windows(3).any(|part| matches!(part, br"\ud" | br"\uf"));
                assert!(value.is_err() || is_rare(&text), "{}", text.escape_ascii());
                continue;
            };
            let value = value.unwrap_or_else(|error| panic!("{error}: {}", text.escape_ascii()));
            assert_eq!(value.raw.len(), end + 1, "{}", text.escape_ascii());
            let read = value.text().expect("a string").to_string();
            assert_eq!(decoded[..length], *read.as_bytes(), "{}", text.escape_ascii());
            compared += 1;
        }
        assert!(compared > if cfg!(miri) { 100 } else { 50_000 }, "{compared}");
    }
}
