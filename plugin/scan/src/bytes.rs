//! Loops over bytes.

use crate::chunk::{CHUNK_BYTES, find_byte as find_in_chunk, find_special};
use crate::error::{Expected, Malformed};

/// The offset of the first byte at or after `offset` that is not plain, or the length of the input.
///
/// A plain byte needs no further look inside a string: it is ASCII and neither a quote, a backslash
/// nor a control character.
///
/// Most strings end in the first two chunks. These are searched without a loop because hosts that
/// limit a module's time count its loop iterations.
#[inline(always)]
pub(crate) fn plain_end(bytes: &[u8], offset: usize) -> usize {
    if let Some((chunk, rest)) =
        bytes.get(offset..).and_then(<[u8]>::split_first_chunk::<CHUNK_BYTES>)
    {
        if let Some(index) = find_special(chunk) {
            return offset + index;
        }
        if let Some(chunk) = rest.first_chunk::<CHUNK_BYTES>() {
            if let Some(index) = find_special(chunk) {
                return offset + CHUNK_BYTES + index;
            }
            return plain_end_loop(bytes, offset + 2 * CHUNK_BYTES);
        }
    }
    plain_end_tail(bytes, offset)
}

#[inline(never)]
fn plain_end_loop(bytes: &[u8], mut offset: usize) -> usize {
    while let Some(chunk) = bytes.get(offset..).and_then(<[u8]>::first_chunk::<CHUNK_BYTES>) {
        if let Some(index) = find_special(chunk) {
            return offset + index;
        }
        offset += CHUNK_BYTES;
    }
    plain_end_tail(bytes, offset)
}

/// Like [`plain_end`], for the last bytes, which don't fill a chunk.
#[inline(never)]
pub(crate) fn plain_end_tail(bytes: &[u8], mut offset: usize) -> usize {
    while offset < bytes.len() && !matches!(bytes[offset], b'"' | b'\\' | 0..=0x1f | 0x80..) {
        offset += 1;
    }
    offset
}

/// Whether two slices are equal. For the common lengths of keys it compares two overlapping words
/// and needs no call.
#[inline(always)]
pub(crate) fn bytes_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        8..=16 => ends_equal::<8>(one, other, |word| u64::from_le_bytes(word).into()),
        17..=32 => ends_equal::<16>(one, other, u128::from_le_bytes),
        4..8 => ends_equal::<4>(one, other, |word| u32::from_le_bytes(word).into()),
        2..4 => ends_equal::<2>(one, other, |word| u16::from_le_bytes(word).into()),
        _ => one == other,
    }
}

/// Compares numbers, since equality of arrays is a call on a 32-bit target.
#[inline(always)]
fn ends_equal<const N: usize>(one: &[u8], other: &[u8], word: impl Fn([u8; N]) -> u128) -> bool {
    let ends = |bytes: &[u8]| Some((word(*bytes.first_chunk()?), word(*bytes.last_chunk()?)));
    ends(one) == ends(other)
}

/// Whether a slice starts with another one. Needs no call if that has one of the common lengths.
#[inline(always)]
pub(crate) fn starts_with(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes.get(..prefix.len()).is_some_and(|start| bytes_equal(start, prefix))
}

/// Copies a slice to the start of a longer one. Up to 64 bytes it copies two overlapping words or groups
/// of words, which needs no call.
// Not inlined: whoever writes JSON copies in many places.
#[inline(never)]
pub(crate) fn copy(from: &[u8], to: &mut [u8]) -> Option<()> {
    let to = to.get_mut(..from.len())?;
    match from.len() {
        8..=16 => copy_ends::<8>(from, to),
        17..=32 => copy_ends::<16>(from, to),
        33..=64 => copy_ends::<32>(from, to),
        4..8 => copy_ends::<4>(from, to),
        2..4 => copy_ends::<2>(from, to),
        1 => copy_ends::<1>(from, to),
        _ => {
            to.copy_from_slice(from);
            Some(())
        }
    }
}

#[inline(always)]
fn copy_ends<const N: usize>(from: &[u8], to: &mut [u8]) -> Option<()> {
    *to.first_chunk_mut::<N>()? = *from.first_chunk()?;
    *to.last_chunk_mut::<N>()? = *from.last_chunk()?;
    Some(())
}

/// The index of the first such byte.
#[inline(never)]
pub(crate) fn find_byte(bytes: &[u8], byte: u8) -> Option<usize> {
    let (chunks, rest) = bytes.as_chunks::<CHUNK_BYTES>();
    for (index, chunk) in chunks.iter().enumerate() {
        if let Some(in_chunk) = find_in_chunk(chunk, byte) {
            return Some(index * CHUNK_BYTES + in_chunk);
        }
    }
    let index = rest.iter().position(|other| *other == byte)?;
    Some(bytes.len() - rest.len() + index)
}

/// The offset of the first byte at or after `offset` that is not white space.
#[inline]
pub(crate) fn skip_white_space(bytes: &[u8], mut offset: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(offset) {
        offset += 1;
    }
    offset
}

/// The end of the UTF-8 sequence of two to four bytes at `offset`, by table 3-7 of the Unicode
/// standard.
#[inline(always)]
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
    for index in offset + 1..offset + length {
        let allowed = if index == offset + 1 { second.clone() } else { 0x80..=0xbf };
        if !bytes.get(index).is_some_and(|byte| allowed.contains(byte)) {
            return Err(malformed(bytes, index, Expected::Utf8));
        }
    }
    Ok(offset + length)
}

/// The end of the escape whose backslash is at `offset`.
#[inline(always)]
pub(crate) fn escape(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    match bytes.get(offset + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(offset + 2),
        Some(b'u') => {
            for index in offset + 2..offset + 6 {
                if !bytes.get(index).is_some_and(u8::is_ascii_hexdigit) {
                    return Err(malformed(bytes, index, Expected::HexDigit));
                }
            }
            Ok(offset + 6)
        }
        _ => Err(malformed(bytes, offset + 1, Expected::Escape)),
    }
}

/// The end of a string's content that continues at `offset`, and whether it has an escape from there
/// on.
#[inline(never)]
pub(crate) fn string_content_end(
    bytes: &[u8],
    mut offset: usize,
) -> Result<(usize, bool), Malformed> {
    let mut escaped = false;
    loop {
        offset = plain_end(bytes, offset);
        offset = match bytes.get(offset) {
            Some(b'"') => return Ok((offset, escaped)),
            Some(byte) => {
                escaped |= *byte == b'\\';
                special_end(bytes, offset)?
            }
            None => return Err(malformed(bytes, offset, Expected::Quote)),
        };
    }
}

/// The end of the escape or of the UTF-8 sequence of several bytes at `offset`.
#[inline(never)]
pub(crate) fn special_end(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    match bytes.get(offset) {
        Some(b'\\') => escape(bytes, offset),
        Some(0x80..) => utf8_sequence(bytes, offset),
        _ => Err(malformed(bytes, offset, Expected::EscapedControl)),
    }
}

/// The end of the number at `offset`, which starts with a digit or a minus.
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

/// The end of the digits at `offset`; at least one is required.
fn digits(bytes: &[u8], offset: usize) -> Result<usize, Malformed> {
    let count = bytes[offset..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return Err(malformed(bytes, offset, Expected::Digit));
    }
    Ok(offset + count)
}

/// The error at `offset`, with the byte found there.
#[cold]
pub(crate) fn malformed(bytes: &[u8], offset: usize, expected: Expected) -> Malformed {
    Malformed { offset, expected, found: bytes.get(offset).copied() }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::{bytes_equal, copy, find_byte, plain_end};
    use crate::chunk::{common_prefix, find_special};
    use crate::raw::BLOCK_BYTES;
    use crate::swar;

    /// The definition of a plain byte, one byte at a time.
    fn naive(bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f | 0x80..))
    }

    /// Plain bytes, some of them next to a special one, to catch carries between bytes.
    const FILLERS: [u8; 7] = [b' ', b'!', b'#', b'[', b']', b'a', 0x7f];

    #[test]
    fn find_special_agrees_with_the_naive_loop() {
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
            assert_eq!(swar::find_special(first), naive(first), "{first:?}");
            let (first, _) = chunk.split_first_chunk().expect("16 bytes");
            assert_eq!(find_special(first), naive(first), "{first:?}");
        }
    }

    #[test]
    fn plain_end_agrees_with_the_naive_loop() {
        for length in 0..if cfg!(miri) { 40 } else { 200 } {
            for index in 0..=length {
                for byte in [b'"', b'\\', 0, 0x1f, b' ', 0x7f, 0x80, 0xff] {
                    let mut bytes = vec![FILLERS[length % FILLERS.len()]; length];
                    if let Some(target) = bytes.get_mut(index) {
                        *target = byte;
                    }
                    for offset in [0, index / 2, index, length] {
                        let end = naive(&bytes[offset..]).map_or(length, |run| offset + run);
                        assert_eq!(plain_end(&bytes, offset), end, "{bytes:?} {offset}");
                    }
                }
            }
        }
    }

    #[test]
    fn common_prefix_agrees_with_the_naive_loop() {
        let mut random = Rng::with_seed(6);
        for _ in 0..if cfg!(miri) { 100 } else { 100_000 } {
            let mut one = [0; BLOCK_BYTES];
            one.fill_with(|| random.u8(..));
            let mut other = one;
            for _ in 0..random.usize(..3) {
                other[random.usize(..BLOCK_BYTES)] ^= 1 << random.u8(..8);
            }
            let naive = one.iter().zip(&other).position(|(one, other)| one != other);
            let expected = naive.unwrap_or(BLOCK_BYTES);
            assert_eq!(common_prefix(&one, &other), expected, "{one:?} {other:?}");
            assert_eq!(swar::common_prefix(&one, &other), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn copy_copies_every_byte_and_no_other() {
        for length in 0..100 {
            let from: Vec<u8> = (1..=length).collect();
            for more in [0, 1, 30] {
                let mut to = vec![0; from.len() + more];
                assert_eq!(copy(&from, &mut to), Some(()));
                assert_eq!(to, [from.clone(), vec![0; more]].concat());
            }
            if let Some(shorter) = from.len().checked_sub(1) {
                assert_eq!(copy(&from, &mut vec![0; shorter]), None);
            }
        }
    }

    #[test]
    fn find_byte_agrees_with_the_naive_loop() {
        let mut random = Rng::with_seed(11);
        for _ in 0..if cfg!(miri) { 100 } else { 100_000 } {
            let text: Vec<u8> = (0..random.usize(..40)).map(|_| random.u8(b'x'..)).collect();
            let byte = random.u8(b'x'..);
            let naive = text.iter().position(|other| *other == byte);
            assert_eq!(find_byte(&text, byte), naive, "{byte} in {text:?}");
            for chunk in text.as_chunks().0 {
                let naive = chunk.iter().position(|other| *other == byte);
                assert_eq!(swar::find_byte(chunk, byte), naive, "{byte} in {chunk:?}");
            }
        }
    }

    #[test]
    fn bytes_equal_compares_every_byte() {
        for length in 0..50 {
            let one: Vec<u8> = (0..length).collect();
            assert!(bytes_equal(&one, &one.clone()));
            for index in 0..one.len() {
                let mut other = one.clone();
                other[index] ^= 0x40;
                assert!(!bytes_equal(&one, &other), "{length} {index}");
            }
        }
    }
}
