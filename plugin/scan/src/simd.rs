//! Plain bytes, 16 at once in a vector.

pub(crate) const STEP: usize = size_of::<u128>();

/// The place of the first byte that is not plain. Bytes are compared as signed: what is not ASCII
/// is less than a space, as a control character is.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn stop(chunk: &[u8; STEP]) -> Option<usize> {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_lt, i8x16_splat, u64x2, v128_or};
    let bits = u128::from_le_bytes(*chunk);
    let bytes = u64x2(bits as u64, (bits >> 64) as u64);
    let quote = i8x16_eq(bytes, i8x16_splat(b'"' as i8));
    let backslash = i8x16_eq(bytes, i8x16_splat(b'\\' as i8));
    let other = i8x16_lt(bytes, i8x16_splat(b' ' as i8));
    let stops = i8x16_bitmask(v128_or(v128_or(quote, backslash), other));
    (stops != 0).then_some(stops.trailing_zeros() as usize)
}

/// See WebAssembly's.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "that SSE2 is there cannot be said by a function that is inlined")]
#[inline(always)]
pub(crate) fn stop(chunk: &[u8; STEP]) -> Option<usize> {
    // SAFETY: this file is compiled for x86-64 only where SSE2 is one of the target's features.
    let stops = unsafe { stops_sse2(chunk) };
    (stops != 0).then_some(stops.trailing_zeros() as usize)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn stops_sse2(chunk: &[u8; STEP]) -> i32 {
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
