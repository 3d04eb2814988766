//! The text in a string.

use alloc::vec::Vec;

use sekisho_scan::raw::{CHUNK_BYTES, decode_string};

/// A string that is a text itself, decoded.
#[derive(Debug)]
pub(crate) struct Decoded<'d> {
    /// Room for it. It is kept from one text to the next, so most of it is not filled anew.
    bytes: &'d mut Vec<u8>,
    length: usize,
}

impl<'d> Decoded<'d> {
    pub(crate) fn new(bytes: &'d mut Vec<u8>) -> Self {
        Decoded { bytes, length: 0 }
    }

    /// Decodes the string whose content is at an offset, and returns the offset of its closing quote.
    /// `None` if it is malformed, or memory ran out.
    #[inline(never)]
    pub(crate) fn read(&mut self, text: &[u8], offset: usize) -> Option<usize> {
        let needed = text.len() + CHUNK_BYTES;
        if let Some(missing) = needed.checked_sub(self.bytes.len()) {
            self.bytes.try_reserve(missing).ok()?;
            self.bytes.resize(needed, 0);
        }
        let (end, length) = decode_string(text, offset, self.bytes)?;
        self.length = length;
        Some(end)
    }

    pub(crate) fn text(self) -> &'d [u8] {
        let Decoded { bytes, length } = self;
        bytes.get(..length).unwrap_or_default()
    }
}
