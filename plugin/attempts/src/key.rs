//! What records of one attempt have in common.

use core::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

/// The 128-bit SipHash of some texts: texts that differ have the same by no chance that matters.
/// Two halves take less memory than one number, which would be aligned to 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Key(pub(crate) [u64; 2]);

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
        let hash = hasher.finish128();
        Key([hash.h1, hash.h2])
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
        assert_eq!(key.0, [16_712_925_513_990_758_007, 2_528_555_806_316_399_579]);
    }
}
