//! A key as it is written inside an object.

/// A key with the comma before it, its quotes and its colon.
///
/// If these bytes come next in an object, so does the key, and it is well-formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EncodedKey {
    bytes: [u8; EncodedKey::MAX_BYTES],
    length: usize,
}

impl EncodedKey {
    const MAX_BYTES: usize = 32;

    /// Encodes a key.
    ///
    /// Panics if the key is too long or contains characters that JSON escapes.
    pub(crate) const fn new(key: &str) -> Self {
        let (key, mut bytes) = (key.as_bytes(), [0; EncodedKey::MAX_BYTES]);
        assert!(key.len() + 4 <= bytes.len(), "the key is too long");
        bytes[0] = b',';
        bytes[1] = b'"';
        let mut index = 0;
        while index < key.len() {
            assert!(!matches!(key[index], b'"' | b'\\' | 0..=0x1f), "the key needs escapes");
            bytes[2 + index] = key[index];
            index += 1;
        }
        bytes[2 + index] = b'"';
        bytes[3 + index] = b':';
        EncodedKey { bytes, length: index + 4 }
    }

    /// The bytes, without the comma for the first key of an object.
    #[inline(always)]
    pub(crate) fn get(&self, is_first: bool) -> Option<&[u8]> {
        self.bytes.get(usize::from(is_first)..self.length)
    }
}
