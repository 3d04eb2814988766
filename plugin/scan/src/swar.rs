//! Searches 8 bytes at once in an ordinary register (SWAR), for targets without SIMD.

use crate::block::BLOCK_BYTES;
use crate::byte_masks::ByteMasks;

pub(crate) const CHUNK_BYTES: usize = size_of::<u64>();

/// The number of bits of each byte in [`ByteMasks`].
pub(crate) const MASK_BITS: u32 = u8::BITS;

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;

/// The index of the first byte that is not plain.
#[inline(always)]
pub(crate) fn find_special(chunk: &[u8; CHUNK_BYTES]) -> Option<usize> {
    let specials = specials(u64::from_le_bytes(*chunk));
    (specials != 0).then_some(specials.trailing_zeros() as usize / 8)
}

/// The high bit of each byte that is not plain. Bits above the lowest set one may be wrong because
/// a borrow runs upwards; only the lowest one is used.
#[inline(always)]
fn specials(word: u64) -> u64 {
    let zero_byte = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_byte(word ^ (ONES * u64::from(b'"')));
    let backslash = zero_byte(word ^ (ONES * u64::from(b'\\')));
    (control | quote | backslash | word) & HIGH
}

/// How many bytes two blocks have in common before the first that differs.
#[inline(always)]
pub(crate) fn common_prefix(one: &[u8; BLOCK_BYTES], other: &[u8; BLOCK_BYTES]) -> usize {
    let (ones, others) = (one.as_chunks::<CHUNK_BYTES>().0, other.as_chunks::<CHUNK_BYTES>().0);
    for (index, (one, other)) in ones.iter().zip(others).enumerate() {
        let differing = u64::from_le_bytes(*one) ^ u64::from_le_bytes(*other);
        if differing != 0 {
            return index * CHUNK_BYTES + differing.trailing_zeros() as usize / 8;
        }
    }
    BLOCK_BYTES
}

/// The quotes of a chunk, and its braces and backslashes.
#[inline(always)]
pub(crate) fn masks(chunk: &[u8; CHUNK_BYTES]) -> ByteMasks {
    let word = u64::from_le_bytes(*chunk);
    // The two braces differ in two bits. `y` and DEL match as well; the caller checks the byte.
    let either_brace = word | (ONES * u64::from(b'{' ^ b'}'));
    ByteMasks {
        quotes: equal(word, b'"'),
        structural: equal(either_brace, b'{' | b'}') | equal(word, b'\\'),
    }
}

/// The high bit of each byte that equals `byte`, and no other bit.
#[inline(always)]
fn equal(word: u64, byte: u8) -> u64 {
    let differing = word ^ (ONES * u64::from(byte));
    !(((differing & !HIGH) + !HIGH) | differing) & HIGH
}
