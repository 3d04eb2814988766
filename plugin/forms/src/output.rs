//! The bytes of an event.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

use sekisho_scan::raw;

use crate::gap::Gap;

/// The bytes of one event, and where the texts of its attributes are.
///
/// An event is many short pieces, and a `Vec` takes longer to make room for each than to copy it. So
/// the room is filled beforehand, once, and a piece is written over a part of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    room: Vec<u8>,
    /// How much of it is written.
    length: usize,
    pub(crate) gaps: Vec<Gap>,
    error: Option<TryReserveError>,
}

const MIN_ROOM: usize = 4096;

impl Output {
    pub(crate) fn written(&self) -> Result<&[u8], TryReserveError> {
        match &self.error {
            None => Ok(self.room.get(..self.length).unwrap_or_default()),
            Some(error) => Err(error.clone()),
        }
    }

    /// What is written, without the comma after the last value; empty if there was no memory.
    pub(crate) fn list(&self) -> &[u8] {
        let written = self.written().unwrap_or_default();
        written.strip_suffix(b",").unwrap_or(written)
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
        self.gaps.clear();
        self.error = None;
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut u8> {
        self.room.get_mut(..self.length)?.last_mut()
    }

    /// Removes what was written from `length` on.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// The room for an event, of any length.
    #[inline(always)]
    pub(crate) fn room(&mut self) -> &mut [u8] {
        &mut self.room
    }

    /// Says that so many bytes of the room are written.
    pub(crate) fn set_length(&mut self, length: usize) {
        self.length = length;
    }

    /// Appends a text with escapes where JSON wants them.
    #[cold]
    #[inline(never)]
    pub(crate) fn put_escaped(&mut self, text: &[u8]) {
        let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let (plain, mut rest) = text.split_at(raw::plain_end(text, 0));
        self.put(plain);
        while let Some(index) = rest.iter().position(is_special) {
            let (plain, special) = rest.split_at(index);
            self.put(plain);
            match special[0] {
                byte @ (b'"' | b'\\') => self.put(&[b'\\', byte]),
                byte => {
                    let digit = |number: u8| b"0123456789abcdef"[usize::from(number)];
                    self.put(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
                }
            }
            rest = &special[1..];
        }
        self.put(rest);
    }

    /// Appends bytes.
    #[inline(never)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        if self.make_room(bytes.len()).is_some() {
            let end = self.length + bytes.len();
            self.room[self.length..end].copy_from_slice(bytes);
            self.length = end;
        }
    }

    /// Makes room for so many bytes. `None` if there is no memory.
    pub(crate) fn make_room(&mut self, bytes: usize) -> Option<()> {
        let length = self.length + bytes;
        if length <= self.room.len() { Some(()) } else { self.grow(length) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, length: usize) -> Option<()> {
        let length = length.max(self.room.len() * 2).max(MIN_ROOM);
        match self.room.try_reserve_exact(length - self.room.len()) {
            Ok(()) => {
                self.room.resize(length, 0);
                Some(())
            }
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped() {
        let mut output = Output::default();
        output.put_escaped("\"\\\n\u{1f}é\u{7f}".as_bytes());
        assert_eq!(output.written().unwrap(), "\\\"\\\\\\u000a\\u001fé\u{7f}".as_bytes());
    }
}
