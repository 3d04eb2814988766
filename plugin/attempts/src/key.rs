//! What records of one attempt have in common.

use core::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

/// The 128-bit SipHash of some texts: texts that differ have the same by no chance that matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(pub(crate) u128);

impl Key {
    /// The key of some texts, of which any may be missing. Keys of a different `sort` differ.
    #[must_use]
    pub fn new(sort: u64, texts: &[Option<&str>]) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write_u64(sort);
        for text in texts {
            // The length keeps `a`, `bc` apart from `ab`, `c`.
            hasher.write_u64(text.map_or(u64::MAX, |text| text.len() as u64));
            hasher.write(text.unwrap_or_default().as_bytes());
        }
        Key(hasher.finish128().as_u128())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_counts() {
        let keys = [
            Key::new(0, &[]),
            Key::new(1, &[]),
            Key::new(0, &[None]),
            Key::new(0, &[Some("")]),
            Key::new(0, &[Some("a"), Some("bc")]),
            Key::new(0, &[Some("ab"), Some("c")]),
            Key::new(0, &[Some("abc"), None]),
            Key::new(0, &[Some("abc")]),
        ];
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[..at].contains(key), "{at}");
        }
        assert_eq!(Key::new(0, &[Some("a")]), Key::new(0, &[Some("a")]));
    }

    /// Saved states hold keys: they must be the same in every build and on every machine.
    #[test]
    fn keys_never_change() {
        let key = Key::new(1, &[Some("111122223333"), None, Some("192.0.2.10")]);
        assert_eq!(key.0, 46_643_621_835_210_920_771_848_855_109_571_927_671);
    }
}
