//! The loops over bytes.

use crate::{Expected, Malformed, STEP, stop};

/// Offset of the first byte at or after `at` that is not plain: that needs a look inside a string,
/// being a quote, a backslash, a control character, or not ASCII. The length where there is none.
///
/// Most strings end in the first two chunks. They are looked at outside of a loop, as hosts that
/// limit a module's time count its loops.
#[inline(always)]
pub(crate) fn plain_end(bytes: &[u8], offset: usize) -> usize {
    if let Some((chunk, behind)) = bytes.get(offset..).and_then(<[u8]>::split_first_chunk::<STEP>) {
        if let Some(place) = stop(chunk) {
            return offset + place;
        }
        if let Some(chunk) = behind.first_chunk::<STEP>() {
            if let Some(place) = stop(chunk) {
                return offset + STEP + place;
            }
            return far_plain_end(bytes, offset + 2 * STEP);
        }
    }
    plain_end_in_rest(bytes, offset)
}

#[inline(never)]
fn far_plain_end(bytes: &[u8], mut offset: usize) -> usize {
    while let Some(chunk) = bytes.get(offset..).and_then(<[u8]>::first_chunk::<STEP>) {
        if let Some(place) = stop(chunk) {
            return offset + place;
        }
        offset += STEP;
    }
    plain_end_in_rest(bytes, offset)
}

/// The same in the last bytes, which are no chunk.
#[inline(never)]
fn plain_end_in_rest(bytes: &[u8], mut offset: usize) -> usize {
    while offset < bytes.len() && !matches!(bytes[offset], b'"' | b'\\' | 0..=0x1f | 0x80..) {
        offset += 1;
    }
    offset
}

/// Whether two slices are equal: without a call where they are as long as keys mostly are, by words
/// that overlap.
#[inline(always)]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        8..=16 => ends_are_same::<8>(one, other),
        17..=32 => ends_are_same::<16>(one, other),
        4..8 => ends_are_same::<4>(one, other),
        _ => one == other,
    }
}

#[inline(always)]
fn ends_are_same<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
}

/// Offset of the first backslash; the length where there is none.
#[inline]
pub(crate) fn backslash(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\\').unwrap_or(bytes.len())
}

/// Offset of the first byte at or after `at` that is no white space.
#[inline]
pub(crate) fn skip_white_space(bytes: &[u8], mut offset: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(offset) {
        offset += 1;
    }
    offset
}

/// The end of the UTF-8 sequence of two to four bytes at `at`, by table 3-7 of the Unicode
/// standard.
pub(crate) fn utf8_sequence(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    let (length, second) = match bytes[offset] {
        0xc2..=0xdf => (2, 0x80..=0xbf),
        0xe0 => (3, 0xa0..=0xbf),
        0xed => (3, 0x80..=0x9f),
        0xe1..=0xef => (3, 0x80..=0xbf),
        0xf0 => (4, 0x90..=0xbf),
        0xf1..=0xf3 => (4, 0x80..=0xbf),
        0xf4 => (4, 0x80..=0x8f),
        _ => return Err(malformed(bytes, offset, Expected::Utf8)),
    };
    for place in offset + 1..offset + length {
        let allowed = if place == offset + 1 { second.clone() } else { 0x80..=0xbf };
        if !bytes.get(place).is_some_and(|byte| allowed.contains(byte)) {
            return Err(malformed(bytes, place, Expected::Utf8));
        }
    }
    Ok(offset + length)
}

/// The end of the escape whose backslash stands at `at`.
pub(crate) fn escape(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    match bytes.get(offset + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(offset + 2),
        Some(b'u') => {
            for place in offset + 2..offset + 6 {
                if !bytes.get(place).is_some_and(u8::is_ascii_hexdigit) {
                    return Err(malformed(bytes, place, Expected::HexDigit));
                }
            }
            Ok(offset + 6)
        }
        _ => Err(malformed(bytes, offset + 1, Expected::Escape)),
    }
}

/// The end of the number that begins at `at` with a digit or a minus.
pub(crate) fn number(bytes: &[u8], mut offset: usize) -> Result<usize, Malformed> {
    offset += usize::from(bytes[offset] == b'-');
    offset = match bytes.get(offset) {
        Some(b'0') => offset + 1,
        _ => digits(bytes, offset)?,
    };
    if bytes.get(offset) == Some(&b'.') {
        offset = digits(bytes, offset + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(offset) {
        let sign = matches!(bytes.get(offset + 1), Some(b'+' | b'-'));
        offset = digits(bytes, offset + 1 + usize::from(sign))?;
    }
    Ok(offset)
}

/// The end of at least one digit.
fn digits(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    let count = bytes[offset..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return Err(malformed(bytes, offset, Expected::Digit));
    }
    Ok(offset + count)
}

/// The error at `at`, with the byte found there.
#[cold]
pub(crate) fn malformed(bytes: &[u8], offset: usize, expected: Expected) -> Malformed {
    Malformed { offset, expected, found: bytes.get(offset).copied() }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::{is_same, plain_end};
    use crate::{BITS, Marks, STEP, marks, stop, words};

    /// What plain means, one byte at a time.
    fn naive(bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f | 0x80..))
    }

    /// Plain bytes, and neighbours that a careless carry would confuse with what is looked for.
    const FILLERS: [u8; 7] = [b' ', b'!', b'#', b'[', b']', b'a', 0x7f];

    #[test]
    fn a_chunk_stops_where_the_naive_loop_does() {
        let mut random = Rng::with_seed(3);
        for _ in 0..if cfg!(miri) { 1_000 } else { 200_000 } {
            let any = random.bool();
            let filler = FILLERS[random.usize(..FILLERS.len())];
            let mut chunk = [filler; 16];
            for byte in &mut chunk {
                if random.u8(..8) == 0 {
                    *byte = if any {
                        random.u8(..)
                    } else {
                        b"\"\\\x00\x1f\x80\xff !"[random.usize(..8)]
                    };
                }
            }
            let (first, _) = chunk.split_first_chunk().expect("16 bytes");
            assert_eq!(words::stop(first), naive(first), "{first:?}");
            let (first, _) = chunk.split_first_chunk().expect("16 bytes");
            assert_eq!(stop(first), naive(first), "{first:?}");
        }
    }

    /// What is marked, a byte at a time; `y` and DEL may be taken for braces.
    fn assert_marks(marks: &Marks, bits: u32, chunk: &[u8]) {
        for (place, byte) in chunk.iter().enumerate() {
            let is_set = |marks: u64| {
                let of_byte = marks >> (place as u32 * bits) & ((1 << bits) - 1);
                assert!(of_byte.count_ones() <= 1, "{chunk:?}");
                of_byte != 0
            };
            assert_eq!(is_set(marks.quotes), *byte == b'"', "{chunk:?}");
            let may_stop = matches!(byte, b'{' | b'}' | b'\\' | b'y' | 0x7f);
            assert!(may_stop || !is_set(marks.stops), "{chunk:?}");
            assert!(is_set(marks.stops) || !matches!(byte, b'{' | b'}' | b'\\'), "{chunk:?}");
        }
    }

    #[test]
    fn chunks_are_marked_byte_by_byte() {
        let mut random = Rng::with_seed(5);
        for _ in 0..if cfg!(miri) { 1_000 } else { 200_000 } {
            let mut chunk = [0; 16];
            let byte = |random: &mut Rng| match random.bool() {
                true => random.u8(..),
                false => b"{}\"\\yz|~\x7f!#[]"[random.usize(..13)],
            };
            chunk.fill_with(|| byte(&mut random));
            let (first, _) = chunk.split_first_chunk().expect("16 bytes");
            assert_marks(&words::marks(first), words::BITS, first);
            let (first, _) = chunk.split_first_chunk::<STEP>().expect("16 bytes");
            assert_marks(&marks(first), BITS, first);
        }
    }

    #[test]
    fn plain_bytes_end_where_the_naive_loop_does() {
        for length in 0..if cfg!(miri) { 40 } else { 200 } {
            for place in 0..=length {
                for byte in [b'"', b'\\', 0, 0x1f, b' ', 0x7f, 0x80, 0xff] {
                    let mut bytes = vec![FILLERS[length % FILLERS.len()]; length];
                    if let Some(target) = bytes.get_mut(place) {
                        *target = byte;
                    }
                    for offset in [0, place / 2, place, length] {
                        let end = naive(&bytes[offset..]).map_or(length, |run| offset + run);
                        assert_eq!(plain_end(&bytes, offset), end, "{bytes:?} {offset}");
                    }
                }
            }
        }
    }

    #[test]
    fn slices_are_the_same_only_if_every_byte_is() {
        for length in 0..50 {
            let one: Vec<u8> = (0..length).collect();
            assert!(is_same(&one, &one.clone()));
            for place in 0..one.len() {
                let mut other = one.clone();
                other[place] ^= 0x40;
                assert!(!is_same(&one, &other), "{length} {place}");
            }
        }
    }
}
