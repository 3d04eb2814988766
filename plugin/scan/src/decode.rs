//! Decodes a string while it looks for its end.

use crate::bytes::{plain_end_tail, special_end};
use crate::chunk::{CHUNK_BYTES, find_special};
use crate::escape::decode_escape;

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

/// Decodes the whole content of a well-formed string. See [`Text::decode`](crate::Text::decode).
#[inline(never)]
pub(crate) fn decode_content(content: &[u8], decoded: &mut [u8]) -> Option<usize> {
    let mut cursor = Cursor { from: 0, to: 0 };
    loop {
        copy_plain(content, decoded, &mut cursor);
        if cursor.from == content.len() {
            return Some(cursor.to);
        }
        copy_rest(content, decoded, &mut cursor)?;
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

/// Copies plain bytes, if any are next, or else one character. `None` if that is malformed.
#[inline(never)]
fn copy_rest(bytes: &[u8], decoded: &mut [u8], cursor: &mut Cursor) -> Option<()> {
    let Cursor { from, to } = *cursor;
    let mut encoded = [0; 4];
    let end = match plain_end_tail(bytes, from) {
        end if end > from => end,
        _ => special_end(bytes, from).ok()?,
    };
    let (mut copied, mut length) = (bytes.get(from..end)?, end - from);
    if copied.starts_with(b"\\") {
        // The partner of a surrogate is an escape, too.
        let is_pair = bytes.get(end) == Some(&b'\\');
        let pair_end = if is_pair { special_end(bytes, end).ok()? } else { end };
        let character;
        (character, length) = decode_escape(bytes.get(from..pair_end)?);
        copied = character.encode_utf8(&mut encoded).as_bytes();
    }
    decoded.get_mut(to..to + copied.len())?.copy_from_slice(copied);
    *cursor = Cursor { from: from + length, to: to + copied.len() };
    Some(())
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::decode_string;
    use crate::chunk::CHUNK_BYTES;
    use crate::reader::Reader;

    /// Strings that are well-formed or nearly so.
    fn string(random: &mut Rng) -> Vec<u8> {
        let parts: [&[u8]; 15] = [
            b"a",
            b"plain bytes of more than one chunk",
            b"\\\"",
            b"\\\\",
            b"\\n",
            b"\\u00e9",
            b"\\ufffd",
            b"\\ud83d\\ude00",
            b"\\ud83d",
            "é😀".as_bytes(),
            b"\\\"key\\\":\\\"value\\\",",
            b"\\",
            b"\x1f",
            b"\xff",
            b"\\u12",
        ];
        let mut text = vec![b'"'];
        for _ in 0..random.usize(..12) {
            let count = if random.u8(..8) == 0 { parts.len() } else { 11 };
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
                assert!(value.is_err(), "{}", text.escape_ascii());
                continue;
            };
            let value = value.unwrap_or_else(|error| panic!("{error}: {}", text.escape_ascii()));
            assert_eq!(value.raw.len(), end + 1, "{}", text.escape_ascii());
            let value = value.text().expect("a string");
            let read = value.to_string();
            assert_eq!(decoded[..length], *read.as_bytes(), "{}", text.escape_ascii());
            // Without any room more than the text itself takes.
            let mut decoded = vec![0; value.raw().len()];
            assert_eq!(value.decode(&mut decoded), Some(length), "{}", text.escape_ascii());
            assert_eq!(decoded[..length], *read.as_bytes(), "{}", text.escape_ascii());
            compared += 1;
        }
        assert!(compared > if cfg!(miri) { 200 } else { 100_000 }, "{compared}");
    }
}
