//! Rules out most values by their ends.

use alloc::vec;
use alloc::vec::Vec;

use crate::hash::FACTOR;

/// A set of texts that says of most others that neither their start nor their end is one of them. It
/// compares up to eight bytes at one end of each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// How many texts there are.
    count: usize,
    /// By how many bits a word of eight bytes is longer than what is compared.
    unused: u32,
    /// By how many bits a hash is longer than the index of a bit.
    shift: u32,
    /// Bits for the hashes of what is compared; a power of two. Empty if there are no texts.
    bits: Vec<u64>,
}

/// How many bits there are for each text, at least.
const BITS: usize = 8;

impl Filter {
    /// Makes room for a text. All are counted before the first is [added](Filter::add).
    pub(crate) fn count(&mut self, text: &[u8]) {
        self.count += 1;
        self.unused = self.unused.max(8 * 8_u32.saturating_sub(text.len() as u32));
    }

    /// Adds a text whose end is compared, or else its start.
    pub(crate) fn add(&mut self, text: &[u8], at_end: bool) {
        if self.is_empty() {
            self.bits = vec![0; (self.count * BITS).div_ceil(64).next_power_of_two()];
            self.shift = (self.bits.len() as u64 * 64).leading_zeros() + 1;
        }
        let bit = self.bit(text, at_end);
        self.bits[bit / 64] |= 1 << (bit % 64);
    }

    /// Whether there are no texts.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    /// Whether one of the texts may be at the end of a text, or else at its start.
    #[inline(always)]
    pub(crate) fn may_have(&self, text: &[u8], at_end: bool) -> bool {
        if self.is_empty() {
            return false;
        }
        let bit = self.bit(text, at_end);
        self.bits.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
    }

    /// The bit for one end of a text.
    #[inline(always)]
    fn bit(&self, text: &[u8], at_end: bool) -> usize {
        let word = if at_end { text.last_chunk() } else { text.first_chunk() };
        let word = word.map_or_else(|| short_word(text, at_end), |word| u64::from_le_bytes(*word));
        let compared = if at_end { word >> self.unused } else { word << self.unused };
        ((compared ^ compared >> 29).wrapping_mul(FACTOR) >> self.shift) as usize
    }
}

/// A text of less than eight bytes at the end of a word, or else at its start.
#[inline(never)]
fn short_word(text: &[u8], at_end: bool) -> u64 {
    let word = text.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    if at_end { word << (64 - 8 * text.len().max(1)) } else { word }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    #[test]
    fn no_text_is_ruled_out_by_its_own_start_or_end() {
        let texts = ["\"Get", "\"GetObject\"", "\"", "\"CreateThing7", "12", "\"é"];
        for count in 1..=texts.len() {
            let texts = &texts[..count];
            for at_end in [false, true] {
                let mut filter = Filter::default();
                texts.iter().for_each(|text| filter.count(text.as_bytes()));
                texts.iter().for_each(|text| filter.add(text.as_bytes(), at_end));
                for text in texts {
                    for around in ["", "x", "\"long enough"] {
                        let longer = if at_end {
                            format!("{around}{text}")
                        } else {
                            format!("{text}{around}")
                        };
                        assert!(filter.may_have(longer.as_bytes(), at_end), "{longer} {texts:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn most_other_texts_are_ruled_out() {
        let mut filter = Filter::default();
        assert!(!filter.may_have(b"\"GetObject\"", true) && !filter.may_have(b"", false));
        let texts: Vec<_> = (0..200).map(|number| format!("Thing{number}\"")).collect();
        texts.iter().for_each(|text| filter.count(text.as_bytes()));
        texts.iter().for_each(|text| filter.add(text.as_bytes(), true));
        let others = (200..1000).map(|number| format!("\"GetObject{number}\""));
        assert!(others.filter(|other| filter.may_have(other.as_bytes(), true)).count() < 200);
    }
}
