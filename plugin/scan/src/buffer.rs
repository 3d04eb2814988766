//! An array that collects what is written in small pieces.

use crate::bytes::{copy, is_plain};

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
        if !is_plain(content) {
            return None;
        }
        let free = self.bytes.get_mut(self.length..)?;
        let end = before.len() + 1 + content.len();
        *free.get_mut(end)? = b'"';
        copy(before, free)?;
        let (quote, free) = free.get_mut(before.len()..)?.split_first_mut()?;
        *quote = b'"';
        copy(content, free)?;
        self.length += end + 1;
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
        assert_eq!(buffer.put_string(b":", &text[..Buffer::MAX_BYTES - 3]), Some(()));
        assert_eq!(buffer.bytes().len(), Buffer::MAX_BYTES);
        assert_eq!(buffer.put(b"a"), None);
        assert_eq!(buffer.put(b""), Some(()));
        buffer.clear();
        assert_eq!(buffer.put(&text), Some(()));
        assert_eq!(buffer.bytes(), text);
    }
}
