//! Hashes of texts, by which records, rules and groups are looked up.

use core::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::state::impl_snapshot;

/// The 128-bit SipHash of a list of texts. Different lists are taken to have different keys: a
/// collision is too unlikely to matter.
///
/// The key is the same in every build and on every machine, since saved states contain keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Key {
    /// Two halves rather than a `u128`, whose alignment of 16 bytes would cost memory.
    halves: [u64; 2],
}

impl Key {
    /// The key of a list of texts, each of which may be missing. Lists of different domains have
    /// different keys even if their texts are the same.
    #[must_use]
    pub fn new(domain: u64, texts: &[Option<&str>]) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write_u64(domain);
        for text in texts {
            // With the length, `a`, `bc` differs from `ab`, `c`.
            hasher.write_u64(text.map_or(u64::MAX, |text| text.len() as u64));
            hasher.write(text.unwrap_or_default().as_bytes());
        }
        let hash = hasher.finish128();
        Key { halves: [hash.h1, hash.h2] }
    }

    /// The hash.
    #[must_use]
    pub fn to_u128(self) -> u128 {
        let [low, high] = self.halves.map(u128::from);
        high << 64 | low
    }

    /// A hash of the key for hash tables: the key is a hash itself.
    pub(crate) fn hash64(self) -> u64 {
        self.halves[0]
    }
}

impl_snapshot! { struct Key { halves } }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_if_any_text_differs() {
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
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
        assert_eq!(Key::new(0, &[Some("a")]), Key::new(0, &[Some("a")]));
    }

    #[test]
    fn keys_are_stable() {
        let key = Key::new(1, &[Some("111122223333"), None, Some("192.0.2.10")]);
        assert_eq!(key.halves, [16_712_925_513_990_758_007, 2_528_555_806_316_399_579]);
    }
}
