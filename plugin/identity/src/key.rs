//! Hashes of texts, by which records, rules and groups are looked up.

use core::hash::Hasher;

use sekisho_scan::raw::Buffer;
use siphasher::sip128::{Hasher128, SipHasher13};

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
        let mut hasher = KeyHasher::new(domain);
        texts.iter().for_each(|text| hasher.add(text.map(str::as_bytes)));
        hasher.finish()
    }

    /// The same of texts in UTF-8.
    #[must_use]
    pub fn of(domain: u64, texts: &[Option<&[u8]>]) -> Self {
        let mut hasher = KeyHasher::new(domain);
        texts.iter().for_each(|text| hasher.add(*text));
        hasher.finish()
    }

    /// The hash.
    #[must_use]
    pub fn to_u128(self) -> u128 {
        let [low, high] = self.halves.map(u128::from);
        high << 64 | low
    }

    /// The key with this hash.
    #[must_use]
    pub fn from_u128(hash: u128) -> Self {
        Key { halves: [hash as u64, (hash >> 64) as u64] }
    }

    /// A hash of the key for hash tables: the key is a hash itself.
    #[must_use]
    pub fn hash64(self) -> u64 {
        self.halves[0]
    }
}

/// Collects short texts: to hash them one by one takes as much again.
struct KeyHasher {
    hasher: SipHasher13,
    buffer: Buffer,
}

impl KeyHasher {
    #[inline(never)]
    fn new(domain: u64) -> Self {
        let mut hasher = KeyHasher { hasher: SipHasher13::new(), buffer: Buffer::default() };
        hasher.write(&domain.to_le_bytes());
        hasher
    }

    /// Adds a text with its length, so that `a`, `bc` differs from `ab`, `c`.
    #[inline(never)]
    fn add(&mut self, text: Option<&[u8]>) {
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        self.write(&length.to_le_bytes());
        self.write(text.unwrap_or_default());
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.buffer.put(bytes).is_none() {
            self.flush();
            self.hasher.write(bytes);
        }
    }

    fn flush(&mut self) {
        self.hasher.write(self.buffer.bytes());
        self.buffer.clear();
    }

    #[inline(never)]
    fn finish(mut self) -> Key {
        self.flush();
        let hash = self.hasher.finish128();
        Key { halves: [hash.h1, hash.h2] }
    }
}

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
