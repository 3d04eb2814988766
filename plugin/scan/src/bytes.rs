//! The loops over bytes: all the time of a scan is spent here, and SIMD has its place here.

use crate::{Expected, Malformed};

/// Offset of the first byte at or after `at` that needs a look inside a string: a quote, a
/// backslash, a control character, or a byte that is not ASCII. The length where there is none.
#[inline]
pub(crate) fn plain_run(bytes: &[u8], mut at: usize) -> usize {
    const STEP: usize = size_of::<u64>();
    while let Some(chunk) = bytes.get(at..at + STEP) {
        let mut word = [0; STEP];
        word.copy_from_slice(chunk);
        let special = special_bytes(u64::from_le_bytes(word));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += STEP;
    }
    while at < bytes.len() && !matches!(bytes[at], b'"' | b'\\' | 0..=0x1f | 0x80..) {
        at += 1;
    }
    at
}

/// The high bit of each byte that [`plain_run`] stops at; bits above the lowest one set may be
/// wrong (a borrow runs upwards), which is no matter as the lowest byte comes first.
#[inline]
fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let zero_byte = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_byte(word ^ (ONES * u64::from(b'"')));
    let backslash = zero_byte(word ^ (ONES * u64::from(b'\\')));
    (control | quote | backslash | word) & HIGH
}

/// Offset of the first backslash; the length where there is none.
#[inline]
pub(crate) fn backslash(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| *byte == b'\\').unwrap_or(bytes.len())
}

/// Offset of the first byte at or after `at` that is no white space.
#[inline]
pub(crate) fn skip_white_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The end of the UTF-8 sequence of two to four bytes at `at`, by table 3-7 of the Unicode
/// standard.
pub(crate) fn utf8_sequence(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let (length, second) = match bytes[at] {
        0xc2..=0xdf => (2, 0x80..=0xbf),
        0xe0 => (3, 0xa0..=0xbf),
        0xed => (3, 0x80..=0x9f),
        0xe1..=0xef => (3, 0x80..=0xbf),
        0xf0 => (4, 0x90..=0xbf),
        0xf1..=0xf3 => (4, 0x80..=0xbf),
        0xf4 => (4, 0x80..=0x8f),
        _ => return Err(malformed(bytes, at, Expected::Utf8)),
    };
    for place in at + 1..at + length {
        let allowed = if place == at + 1 { second.clone() } else { 0x80..=0xbf };
        if !bytes.get(place).is_some_and(|byte| allowed.contains(byte)) {
            return Err(malformed(bytes, place, Expected::Utf8));
        }
    }
    Ok(at + length)
}

/// The end of the escape whose backslash stands at `at`.
pub(crate) fn escape(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    match bytes.get(at + 1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
        Some(b'u') => {
            for place in at + 2..at + 6 {
                if !bytes.get(place).is_some_and(u8::is_ascii_hexdigit) {
                    return Err(malformed(bytes, place, Expected::HexDigit));
                }
            }
            Ok(at + 6)
        }
        _ => Err(malformed(bytes, at + 1, Expected::Escape)),
    }
}

/// The end of the number that begins at `at` with a digit or a minus.
pub(crate) fn number(bytes: &[u8], mut at: usize) -> Result<usize, Malformed> {
    at += usize::from(bytes[at] == b'-');
    at = match bytes.get(at) {
        Some(b'0') => at + 1,
        _ => digits(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
        at = digits(bytes, at + 1 + usize::from(sign))?;
    }
    Ok(at)
}

/// The end of at least one digit.
fn digits(bytes: &[u8], at: usize) -> Result<usize, Malformed> {
    let count = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return Err(malformed(bytes, at, Expected::Digit));
    }
    Ok(at + count)
}

/// The error at `at`, with the byte found there.
#[cold]
pub(crate) fn malformed(bytes: &[u8], at: usize, expected: Expected) -> Malformed {
    Malformed { at, expected, found: bytes.get(at).copied() }
}

#[cfg(test)]
mod tests {
    use super::plain_run;

    /// What [`plain_run`] means, one byte at a time.
    fn naive(bytes: &[u8], at: usize) -> usize {
        let needs_a_look = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f | 0x80..);
        bytes[at..].iter().position(needs_a_look).map_or(bytes.len(), |run| at + run)
    }

    #[test]
    fn plain_run_stops_where_the_naive_loop_does() {
        for length in 0..40 {
            for place in 0..=length {
                for byte in 0..=255 {
                    // Neighbours that a careless carry would confuse with what is looked for.
                    for filler in [b' ', b'!', b'#', b'[', b']', 0x7f] {
                        let mut bytes = vec![filler; length];
                        if let Some(target) = bytes.get_mut(place) {
                            *target = byte;
                        }
                        for at in [0, place / 2, place] {
                            assert_eq!(plain_run(&bytes, at), naive(&bytes, at), "{bytes:?} {at}");
                        }
                    }
                }
            }
        }
    }
}
