//! Plain bytes, and those that are not, 16 at once in a vector.

use crate::Marks;

pub(crate) const STEP: usize = size_of::<u128>();

/// A byte's bits in [`Marks`]: what the target can gather.
pub(crate) const BITS: u32 = if cfg!(target_arch = "aarch64") { 4 } else { 1 };

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

/// The quotes among 16 bytes, and the braces and backslashes.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(crate) fn marks(chunk: &[u8; STEP]) -> Marks {
    use core::arch::wasm32::{i8x16_bitmask, i8x16_eq, i8x16_splat, u64x2, v128_or};
    let bits = u128::from_le_bytes(*chunk);
    let bytes = u64x2(bits as u64, (bits >> 64) as u64);
    let equal = |byte| i8x16_eq(bytes, i8x16_splat(byte as i8));
    Marks {
        quotes: i8x16_bitmask(equal(b'"')).into(),
        stops: i8x16_bitmask(v128_or(v128_or(equal(b'{'), equal(b'}')), equal(b'\\'))).into(),
    }
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

/// See WebAssembly's.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "as for `stop`")]
#[inline(always)]
pub(crate) fn marks(chunk: &[u8; STEP]) -> Marks {
    // SAFETY: as for `stop`.
    unsafe { marks_sse2(chunk) }
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "sse2")]
fn marks_sse2(chunk: &[u8; STEP]) -> Marks {
    use core::arch::x86_64::{
        _mm_cmpeq_epi8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8,
    };
    let bits = u128::from_le_bytes(*chunk);
    let bytes = _mm_set_epi64x((bits >> 64) as i64, bits as i64);
    let equal = |byte| _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8));
    let braces = _mm_or_si128(equal(b'{'), equal(b'}'));
    Marks {
        quotes: _mm_movemask_epi8(equal(b'"')) as u64,
        stops: _mm_movemask_epi8(_mm_or_si128(braces, equal(b'\\'))) as u64,
    }
}

/// See WebAssembly's.
#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "that NEON is there cannot be said by a function that is inlined")]
#[inline(always)]
pub(crate) fn stop(chunk: &[u8; STEP]) -> Option<usize> {
    use core::arch::aarch64::vld1q_s8;
    // SAFETY: this file is compiled for AArch64 only where NEON is one of the target's features,
    // and what is loaded is the chunk's 16 bytes.
    let stops = unsafe { stops_neon(vld1q_s8(chunk.as_ptr().cast())) };
    (stops != 0).then_some(stops.trailing_zeros() as usize / 4)
}

/// Four bits of each byte: NEON cannot gather one bit of each, but it can narrow what it compared.
#[cfg(target_arch = "aarch64")]
#[inline]
#[target_feature(enable = "neon")]
fn stops_neon(bytes: core::arch::aarch64::int8x16_t) -> u64 {
    use core::arch::aarch64::{
        vceqq_s8, vcltq_s8, vdupq_n_s8, vget_lane_u64, vorrq_u8, vreinterpret_u64_u8,
        vreinterpretq_u16_u8, vshrn_n_u16,
    };
    let quote = vceqq_s8(bytes, vdupq_n_s8(b'"' as i8));
    let backslash = vceqq_s8(bytes, vdupq_n_s8(b'\\' as i8));
    let other = vcltq_s8(bytes, vdupq_n_s8(b' ' as i8));
    let stops = vreinterpretq_u16_u8(vorrq_u8(vorrq_u8(quote, backslash), other));
    vget_lane_u64::<0>(vreinterpret_u64_u8(vshrn_n_u16::<4>(stops)))
}

/// See WebAssembly's.
#[cfg(target_arch = "aarch64")]
#[allow(unsafe_code, reason = "as for `stop`")]
#[inline(always)]
pub(crate) fn marks(chunk: &[u8; STEP]) -> Marks {
    use core::arch::aarch64::vld1q_u8;
    // SAFETY: as for `stop`.
    unsafe { marks_neon(vld1q_u8(chunk.as_ptr())) }
}

#[cfg(target_arch = "aarch64")]
#[inline]
#[target_feature(enable = "neon")]
fn marks_neon(bytes: core::arch::aarch64::uint8x16_t) -> Marks {
    use core::arch::aarch64::{
        uint8x16_t, vceqq_u8, vdupq_n_u8, vget_lane_u64, vorrq_u8, vreinterpret_u64_u8,
        vreinterpretq_u16_u8, vshrn_n_u16,
    };
    /// The lowest of the four bits of each byte.
    const LOWEST: u64 = u64::MAX / 15;
    let equal = |byte| vceqq_u8(bytes, vdupq_n_u8(byte));
    let gather = |marked: uint8x16_t| {
        let narrow = vshrn_n_u16::<4>(vreinterpretq_u16_u8(marked));
        vget_lane_u64::<0>(vreinterpret_u64_u8(narrow)) & LOWEST
    };
    Marks {
        quotes: gather(equal(b'"')),
        stops: gather(vorrq_u8(vorrq_u8(equal(b'{'), equal(b'}')), equal(b'\\'))),
    }
}

#[cfg(test)]
mod tests {
    use super::{STEP, stop};
    use crate::words;

    /// What a byte can be. Miri, which is slow, gets those beside the limits.
    fn values() -> Vec<u8> {
        match cfg!(miri) {
            true => b"\0\x1f !\"#[\\]\x7f\x80\xff".to_vec(),
            false => (0..=u8::MAX).collect(),
        }
    }

    fn stop_by_words(chunk: &[u8; STEP]) -> Option<usize> {
        let (words, _) = chunk.as_chunks();
        let mut stops = words.iter().map(words::stop).enumerate();
        stops.find_map(|(index, place)| Some(index * words::STEP + place?))
    }

    #[test]
    fn stops_where_words_do_at_any_two_bytes_in_any_two_places() {
        let values = values();
        for place in 0..STEP {
            for later in place + 1..STEP {
                for byte in &values {
                    for other in &values {
                        let mut chunk = [b'a'; STEP];
                        chunk[place] = *byte;
                        chunk[later] = *other;
                        let expected = stop_by_words(&chunk);
                        assert_eq!(stop(&chunk), expected, "{}", chunk.escape_ascii());
                    }
                }
            }
        }
    }
}
