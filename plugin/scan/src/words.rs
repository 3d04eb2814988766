//! Plain bytes, and those that are not, 8 at once in an ordinary register.

use crate::Marks;

pub(crate) const STEP: usize = size_of::<u64>();

/// A byte's bits in [`Marks`].
pub(crate) const BITS: u32 = u8::BITS;

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;

/// The place of the first byte that is not plain.
#[inline(always)]
pub(crate) fn stop(chunk: &[u8; STEP]) -> Option<usize> {
    let stops = stops(u64::from_le_bytes(*chunk));
    (stops != 0).then_some(stops.trailing_zeros() as usize / 8)
}

/// The high bit of each byte that is not plain; bits above the lowest one set may be wrong (a
/// borrow runs upwards), which is no matter as the lowest byte comes first.
#[inline(always)]
fn stops(word: u64) -> u64 {
    let zero_byte = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_byte(word ^ (ONES * u64::from(b'"')));
    let backslash = zero_byte(word ^ (ONES * u64::from(b'\\')));
    (control | quote | backslash | word) & HIGH
}

/// The quotes among 8 bytes, and the braces and backslashes.
#[inline(always)]
pub(crate) fn marks(chunk: &[u8; STEP]) -> Marks {
    let word = u64::from_le_bytes(*chunk);
    // The braces differ in two bits. That `y` and DEL have them too costs a look at these.
    let either_brace = word | (ONES * u64::from(b'{' ^ b'}'));
    Marks {
        quotes: equal(word, b'"'),
        stops: equal(either_brace, b'{' | b'}') | equal(word, b'\\'),
    }
}

/// The high bit of each byte that is this one, and no other bit.
#[inline(always)]
fn equal(word: u64, byte: u8) -> u64 {
    let differing = word ^ (ONES * u64::from(byte));
    !(((differing & !HIGH) + !HIGH) | differing) & HIGH
}
