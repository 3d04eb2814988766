//! Searches 8 bytes at once in an ordinary register (SWAR), for targets without SIMD.

use crate::block::BLOCK_BYTES;

pub(crate) const CHUNK_BYTES: usize = size_of::<u64>();

/// The number of bits of each byte in the marks of [`find_pairs`].
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

/// The index of the first such byte. The lowest mark is right, since a borrow runs upwards.
#[inline(always)]
pub(crate) fn find_byte(chunk: &[u8; CHUNK_BYTES], byte: u8) -> Option<usize> {
    let word = u64::from_le_bytes(*chunk) ^ (ONES * u64::from(byte));
    let marks = word.wrapping_sub(ONES) & !word & HIGH;
    (marks != 0).then_some(marks.trailing_zeros() as usize / 8)
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

/// Where either of two pairs of bytes is at an even index of a chunk. After the first, marks may be
/// wrong, because a borrow runs upwards, and bytes that are not ASCII are marked, too.
#[inline(always)]
pub(crate) fn find_pairs(chunk: &[u8; CHUNK_BYTES], pairs: [[u8; 2]; 2]) -> u64 {
    const LANES: u64 = u64::MAX / 0xffff;
    let word = u64::from_le_bytes(*chunk);
    let [one, other] = pairs.map(|pair| {
        (word ^ (LANES * u64::from(u16::from_le_bytes(pair)))).wrapping_sub(LANES)
    });
    (one | other) & LANES << 15
}

/// Whether [`find_pairs`] marks anything in one of eight chunks.
#[cfg_attr(test, allow(dead_code, reason = "tests of `simd` compare with the rest of this file"))]
#[inline(always)]
pub(crate) fn has_pairs(chunks: &[[u8; CHUNK_BYTES]; 8], pairs: [[u8; 2]; 2]) -> bool {
    chunks.iter().fold(0, |marks, chunk| marks | find_pairs(chunk, pairs)) != 0
}
