//! Functions on short byte strings, a word at a time.
//!
//! The hash is not hardened against collisions: only patterns insert keys, events only look them up.

pub(crate) const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of `bytes`, different for each `seed`.
pub(crate) fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = (seed ^ (bytes.len() as u64) << 48).wrapping_mul(FACTOR);
    each_word(bytes, |word| state = (state.rotate_left(23) ^ word).wrapping_mul(FACTOR));
    state ^ state >> 32
}

/// Whether `bytes` contains a dot or a backslash.
pub(crate) fn has_dot_or_backslash(bytes: &[u8]) -> bool {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES << 7;
    let zero_byte = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut found = 0;
    each_word(bytes, |word| {
        let dot = zero_byte(word ^ (ONES * u64::from(b'.')));
        let backslash = zero_byte(word ^ (ONES * u64::from(b'\\')));
        found |= dot | backslash;
    });
    found != 0
}

/// Calls `take` with all bytes as words of eight. The last word may repeat bytes or be padded with
/// zeros. This is a loop instead of an iterator so that it is fast even when optimized for size.
#[inline(always)]
fn each_word(bytes: &[u8], mut take: impl FnMut(u64)) {
    let mut rest = bytes;
    while let Some((word, after)) = rest.split_first_chunk::<8>() {
        take(u64::from_le_bytes(*word));
        rest = after;
    }
    if !rest.is_empty() {
        take(match bytes.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => short_word(rest),
        });
    }
}

/// A word from one to seven bytes.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
        }
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::{has_dot_or_backslash, hash};

    #[test]
    fn every_byte_and_the_length_change_the_hash() {
        for length in 1..40 {
            let bytes = vec![b'a'; length];
            let plain = hash(1, &bytes);
            assert_ne!(plain, hash(2, &bytes));
            assert_ne!(plain, hash(1, &bytes[1..]));
            assert!(!has_dot_or_backslash(&bytes));
            for index in 0..length {
                let mut changed = bytes.clone();
                for special in [b'.', b'\\'] {
                    changed[index] = special;
                    assert_ne!(plain, hash(1, &changed));
                    assert!(has_dot_or_backslash(&changed));
                }
                for plain in [b'-', b'/', b'[', b']', 0xff, 0x80] {
                    changed[index] = plain;
                    assert!(!has_dot_or_backslash(&changed));
                }
            }
        }
    }
}
