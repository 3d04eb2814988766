//! Searches 16 bytes at once in a vector.

use crate::block::BLOCK_BYTES;

pub(crate) const CHUNK_BYTES: usize = size_of::<u128>();

/// The number of bits of each byte in the marks of [`find_pairs`], as the target can gather them.
pub(crate) const MASK_BITS: u32 = if cfg!(target_arch = "aarch64") { 4 } else { 1 };

/// The index of the first byte that is not plain.
///
/// Bytes are compared as signed numbers: one that is not ASCII is less than a space, like a control
/// character.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn find_special(chunk: &[u8; CHUNK_BYTES]) -> Option<usize> {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_lt, i8x16_splat, u64x2, v128_or};
    let bits = u128::from_le_bytes(*chunk);
    let bytes = u64x2(bits as u64, (bits >> 64) as u64);
    let quote = i8x16_eq(bytes, i8x16_splat(b'"' as i8));
    let backslash = i8x16_eq(bytes, i8x16_splat(b'\\' as i8));
    let other = i8x16_lt(bytes, i8x16_splat(b' ' as i8));
    let specials = i8x16_bitmask(v128_or(v128_or(quote, backslash), other));
    (specials != 0).then_some(specials.trailing_zeros() as usize)
}

/// The index of the first such byte.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn find_byte(chunk: &[u8; CHUNK_BYTES], byte: u8) -> Option<usize> {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u64x2};
    let bits = u128::from_le_bytes(*chunk);
    let bytes = u64x2(bits as u64, (bits >> 64) as u64);
    let equal = i8x16_bitmask(i8x16_eq(bytes, i8x16_splat(byte as i8)));
    (equal != 0).then_some(equal.trailing_zeros() as usize)
}

/// See the WebAssembly version. All bytes are compared, of which the compiler makes few comparisons.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
pub(crate) fn find_byte(chunk: &[u8; CHUNK_BYTES], byte: u8) -> Option<usize> {
    let has_byte = chunk.iter().fold(false, |has, other| has | (*other == byte));
    if has_byte { chunk.iter().position(|other| *other == byte) } else { None }
}

/// How many bytes two blocks have in common before the first that differs.
#[inline(always)]
pub(crate) fn common_prefix(one: &[u8; BLOCK_BYTES], other: &[u8; BLOCK_BYTES]) -> usize {
    let ([one_low, one_high], []) = one.as_chunks() else { return 0 };
    let ([other_low, other_high], []) = other.as_chunks() else { return 0 };
    let low = equal_bytes(one_low, other_low);
    let high = equal_bytes(one_high, other_high);
    let differing = !(EqualBytes::from(low) | EqualBytes::from(high) << (16 * MASK_BITS));
    differing.trailing_zeros() as usize / MASK_BITS as usize
}

/// A mask over a block, with [`MASK_BITS`] for each byte.
#[cfg(not(target_arch = "aarch64"))]
type EqualBytes = u32;
#[cfg(target_arch = "aarch64")]
type EqualBytes = u128;

/// The bytes in which two chunks are equal.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn equal_bytes(one: &[u8; CHUNK_BYTES], other: &[u8; CHUNK_BYTES]) -> u16 {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, u64x2};
    let load = |chunk: &[u8; CHUNK_BYTES]| {
        let bits = u128::from_le_bytes(*chunk);
        u64x2(bits as u64, (bits >> 64) as u64)
    };
    i8x16_bitmask(i8x16_eq(load(one), load(other)))
}

/// See the WebAssembly version.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "as for `find_special`")]
#[inline(always)]
fn equal_bytes(one: &[u8; CHUNK_BYTES], other: &[u8; CHUNK_BYTES]) -> u16 {
    // SAFETY: as for `find_special`.
    unsafe { equal_bytes_sse2(one, other) }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn equal_bytes_sse2(one: &[u8; CHUNK_BYTES], other: &[u8; CHUNK_BYTES]) -> u16 {
    use core::arch::x86_64::{_mm_cmpeq_epi8, _mm_movemask_epi8, _mm_set_epi64x};
    let load = |chunk: &[u8; CHUNK_BYTES]| {
        let bits = u128::from_le_bytes(*chunk);
        _mm_set_epi64x((bits >> 64) as i64, bits as i64)
    };
    _mm_movemask_epi8(_mm_cmpeq_epi8(load(one), load(other))) as u16
}

/// See the WebAssembly version. Returns four bits for each byte, as `specials_neon`.
#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "as for `find_special`")]
#[inline(always)]
fn equal_bytes(one: &[u8; CHUNK_BYTES], other: &[u8; CHUNK_BYTES]) -> u64 {
    use core::arch::aarch64::vld1q_u8;
    // SAFETY: as for `find_special`.
    unsafe { equal_bytes_neon(vld1q_u8(one.as_ptr()), vld1q_u8(other.as_ptr())) }
}

#[cfg(target_arch = "aarch64")]
#[inline]
#[target_feature(enable = "neon")]
fn equal_bytes_neon(
    one: core::arch::aarch64::uint8x16_t,
    other: core::arch::aarch64::uint8x16_t,
) -> u64 {
    use core::arch::aarch64::{
        vceqq_u8, vget_lane_u64, vreinterpret_u64_u8, vreinterpretq_u16_u8, vshrn_n_u16,
    };
    let equal = vreinterpretq_u16_u8(vceqq_u8(one, other));
    vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(equal)))
}

/// See the WebAssembly version.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "`inline(always)` cannot be combined with `target_feature`")]
#[inline(always)]
pub(crate) fn find_special(chunk: &[u8; CHUNK_BYTES]) -> Option<usize> {
    // SAFETY: this file is compiled for x86-64 only where SSE2 is one of the target's features.
    let specials = unsafe { specials_sse2(chunk) };
    (specials != 0).then_some(specials.trailing_zeros() as usize)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn specials_sse2(chunk: &[u8; CHUNK_BYTES]) -> i32 {
    use core::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_cmplt_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x,
        _mm_set1_epi8,
    };
    let bits = u128::from_le_bytes(*chunk);
    let bytes = _mm_set_epi64x((bits >> 64) as i64, bits as i64);
    let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
    let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
    let other = _mm_cmplt_epi8(bytes, _mm_set1_epi8(b' ' as i8));
    _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), other))
}

/// See the WebAssembly version.
#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "`inline(always)` cannot be combined with `target_feature`")]
#[inline(always)]
pub(crate) fn find_special(chunk: &[u8; CHUNK_BYTES]) -> Option<usize> {
    use core::arch::aarch64::vld1q_s8;
    // SAFETY: this file is compiled for AArch64 only where NEON is one of the target's features,
    // and what is loaded is the chunk's 16 bytes.
    let specials = unsafe { specials_neon(vld1q_s8(chunk.as_ptr().cast())) };
    (specials != 0).then_some(specials.trailing_zeros() as usize / 4)
}

/// Returns four bits for each byte: NEON cannot gather single bits, but it can narrow the result of a
/// comparison.
#[cfg(target_arch = "aarch64")]
#[inline]
#[target_feature(enable = "neon")]
fn specials_neon(bytes: core::arch::aarch64::int8x16_t) -> u64 {
    use core::arch::aarch64::{
        vceqq_s8, vcltq_s8, vdupq_n_s8, vget_lane_u64, vorrq_u8, vreinterpret_u64_u8,
        vreinterpretq_u16_u8, vshrn_n_u16,
    };
    let quote = vceqq_s8(bytes, vdupq_n_s8(b'"' as i8));
    let backslash = vceqq_s8(bytes, vdupq_n_s8(b'\\' as i8));
    let other = vcltq_s8(bytes, vdupq_n_s8(b' ' as i8));
    let specials = vreinterpretq_u16_u8(vorrq_u8(vorrq_u8(quote, backslash), other));
    vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(specials)))
}

/// Where either of two pairs of bytes is at an even index of a chunk. Both bytes are marked.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn find_pairs(chunk: &[u8; CHUNK_BYTES], pairs: [[u8; 2]; 2]) -> u64 {
    use core::arch::wasm32::i8x16_bitmask;
    i8x16_bitmask(pairs_of(chunk, pairs)).into()
}

#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn pairs_of(chunk: &[u8; CHUNK_BYTES], pairs: [[u8; 2]; 2]) -> core::arch::wasm32::v128 {
    use core::arch::wasm32::{i16x8_eq, u16x8_splat, u64x2, v128_or};
    let bits = u128::from_le_bytes(*chunk);
    let bytes = u64x2(bits as u64, (bits >> 64) as u64);
    let equal = |pair| i16x8_eq(bytes, u16x8_splat(u16::from_le_bytes(pair)));
    v128_or(equal(pairs[0]), equal(pairs[1]))
}

/// Whether [`find_pairs`] marks anything in one of four chunks.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn has_pairs(chunks: &[[u8; CHUNK_BYTES]; 4], pairs: [[u8; 2]; 2]) -> bool {
    use core::arch::wasm32::{v128_any_true, v128_or};
    let [one, two, three, four] = chunks.each_ref().map(|chunk| pairs_of(chunk, pairs));
    v128_any_true(v128_or(v128_or(one, two), v128_or(three, four)))
}

/// Whether [`find_pairs`] marks anything in one of four chunks.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
pub(crate) fn has_pairs(chunks: &[[u8; CHUNK_BYTES]; 4], pairs: [[u8; 2]; 2]) -> bool {
    chunks.iter().fold(0, |marks, chunk| marks | find_pairs(chunk, pairs)) != 0
}

/// See the WebAssembly version.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "as for `find_special`")]
#[inline(always)]
pub(crate) fn find_pairs(chunk: &[u8; CHUNK_BYTES], pairs: [[u8; 2]; 2]) -> u64 {
    // SAFETY: as for `find_special`.
    unsafe { find_pairs_sse2(chunk, pairs) }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn find_pairs_sse2(chunk: &[u8; CHUNK_BYTES], pairs: [[u8; 2]; 2]) -> u64 {
    use core::arch::x86_64::{
        _mm_cmpeq_epi16, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi16,
    };
    let bits = u128::from_le_bytes(*chunk);
    let bytes = _mm_set_epi64x((bits >> 64) as i64, bits as i64);
    let equal = |pair| _mm_cmpeq_epi16(bytes, _mm_set1_epi16(i16::from_le_bytes(pair)));
    _mm_movemask_epi8(_mm_or_si128(equal(pairs[0]), equal(pairs[1]))) as u64
}

/// See the WebAssembly version.
#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "as for `find_special`")]
#[inline(always)]
pub(crate) fn find_pairs(chunk: &[u8; CHUNK_BYTES], pairs: [[u8; 2]; 2]) -> u64 {
    use core::arch::aarch64::{vld1q_u8, vreinterpretq_u16_u8};
    // SAFETY: as for `find_special`.
    unsafe { find_pairs_neon(vreinterpretq_u16_u8(vld1q_u8(chunk.as_ptr())), pairs) }
}

#[cfg(target_arch = "aarch64")]
#[inline]
#[target_feature(enable = "neon")]
fn find_pairs_neon(lanes: core::arch::aarch64::uint16x8_t, pairs: [[u8; 2]; 2]) -> u64 {
    use core::arch::aarch64::{
        vceqq_u16, vdupq_n_u16, vget_lane_u64, vorrq_u16, vreinterpret_u64_u8, vshrn_n_u16,
    };
    let equal = |pair| vceqq_u16(lanes, vdupq_n_u16(u16::from_le_bytes(pair)));
    let narrow = vshrn_n_u16::<4>(vorrq_u16(equal(pairs[0]), equal(pairs[1])));
    vget_lane_u64::<0>(vreinterpret_u64_u8(narrow))
}

#[cfg(test)]
mod tests {
    use super::{CHUNK_BYTES, find_special};
    use crate::swar;

    /// All bytes, or under Miri, which is slow, those next to a limit.
    fn values() -> Vec<u8> {
        match cfg!(miri) {
            true => b"\0\x1f !\"#[\\]\x7f\x80\xff".to_vec(),
            false => (0..=u8::MAX).collect(),
        }
    }

    fn find_special_by_words(chunk: &[u8; CHUNK_BYTES]) -> Option<usize> {
        let (words, _) = chunk.as_chunks();
        let mut specials = words.iter().map(swar::find_special).enumerate();
        specials.find_map(|(word, index)| Some(word * swar::CHUNK_BYTES + index?))
    }

    #[test]
    fn find_special_agrees_with_swar_for_any_two_bytes_at_any_two_indexes() {
        let values = values();
        for index in 0..CHUNK_BYTES {
            for later in index + 1..CHUNK_BYTES {
                for byte in &values {
                    for other in &values {
                        let mut chunk = [b'a'; CHUNK_BYTES];
                        chunk[index] = *byte;
                        chunk[later] = *other;
                        let expected = find_special_by_words(&chunk);
                        assert_eq!(find_special(&chunk), expected, "{}", chunk.escape_ascii());
                    }
                }
            }
        }
    }
}
