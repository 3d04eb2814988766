//! An array that collects what is written in small pieces.

use crate::bytes::copy;
use crate::chunk::{CHUNK_BYTES, find_special};

/// Bytes that are collected in order to be copied at once, since a copy of any length takes a call.
///
/// ```
/// use sekisho_scan::raw::Buffer;
///
/// let mut buffer = Buffer::default();
/// buffer.put(b"{").unwrap();
/// buffer.put_string(b"\"user\":", b"mika").unwrap();
/// assert_eq!(buffer.put_string(b",\"id\":", b"needs \"escapes\""), None);
/// assert_eq!(buffer.bytes(), br#"{"user":"mika""#);
/// ```
#[derive(Clone, Debug)]
pub struct Buffer {
    bytes: [u8; Buffer::MAX_BYTES],
    length: usize,
}

impl Buffer {
    /// The most bytes that it collects.
    pub const MAX_BYTES: usize = 1024;

    /// Adds bytes. `None` if there is no room.
    // Not inlined: whoever writes JSON calls it in many places.
    #[inline(never)]
    pub fn put(&mut self, bytes: &[u8]) -> Option<()> {
        copy(bytes, self.bytes.get_mut(self.length..)?)?;
        self.length += bytes.len();
        Some(())
    }

    /// Adds `before`, and `content` as a JSON string. `None` if that may need escapes, or if there is no
    /// room.
    #[inline(never)]
    pub fn put_string(&mut self, before: &[u8], content: &[u8]) -> Option<()> {
        let free = self.bytes.get_mut(self.length..)?;
        copy(before, free)?;
        let (quote, free) = free.get_mut(before.len()..)?.split_first_mut()?;
        *quote = b'"';
        copy(content, free)?;
        // What is behind the content is looked at, too, but does not count.
        let mut offset = 0;
        while offset < content.len() {
            let special = find_special(free.get(offset..)?.first_chunk()?);
            if special.is_some_and(|special| offset + special < content.len()) {
                return None;
            }
            offset += CHUNK_BYTES;
        }
        *free.get_mut(content.len())? = b'"';
        self.length += before.len() + content.len() + 2;
        Some(())
    }

    /// The bytes so far.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Forgets the bytes.
    #[inline]
    pub fn clear(&mut self) {
        self.length = 0;
    }
}

impl Default for Buffer {
    fn default() -> Self {
        Buffer { bytes: [0; Buffer::MAX_BYTES], length: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_adds_nothing() {
        let mut buffer = Buffer::default();
        let text = [b'a'; Buffer::MAX_BYTES];
        assert_eq!(buffer.put_string(b":", &text[..Buffer::MAX_BYTES - 2]), None);
        assert_eq!(buffer.put_string(&text, b""), None);
        assert_eq!(buffer.bytes(), b"");
        assert_eq!(buffer.put_string(&text[..15], &text[..Buffer::MAX_BYTES - 32]), Some(()));
        assert_eq!(buffer.put(&text[..15]), Some(()));
        assert_eq!(buffer.bytes().len(), Buffer::MAX_BYTES);
        assert_eq!(buffer.put(b"a"), None);
        assert_eq!(buffer.put(b""), Some(()));
        buffer.clear();
        assert_eq!(buffer.put(&text), Some(()));
        assert_eq!(buffer.bytes(), text);
    }

    #[test]
    fn a_string_that_needs_escapes_adds_nothing() {
        for length in 0..40 {
            for index in 0..length {
                for byte in [b'"', b'\\', 0x1f, 0x80, b' ', 0x7f] {
                    let mut buffer = Buffer::default();
                    // What was there before does not count.
                    buffer.put(&[b'"'; 64]).unwrap();
                    buffer.clear();
                    let mut text = vec![b'a'; length];
                    text[index] = byte;
                    let is_plain = matches!(byte, b' ' | 0x7f);
                    assert_eq!(buffer.put_string(b"", &text).is_some(), is_plain, "{text:?}");
                    assert_eq!(buffer.bytes().len(), if is_plain { length + 2 } else { 0 });
                }
            }
        }
    }
}
