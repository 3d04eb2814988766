//! Where events are written.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;

/// A buffer for one event. Reuse it for many.
///
/// An event is many short pieces, and a `Vec` takes longer to make room for each than to copy it. So
/// the room is filled beforehand, once, and a piece is written over a part of it.
///
/// ```
/// use sekisho_forms::{Details, EventBuffer, write_identity};
///
/// let mut buffer = EventBuffer::default();
/// write_identity(&Details::default(), &mut buffer);
/// assert!(buffer.json()?.starts_with(br#"{"identity":null,"#));
/// # Ok::<(), std::collections::TryReserveError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct EventBuffer {
    room: Vec<u8>,
    /// How much of it is written.
    length: usize,
    error: Option<TryReserveError>,
}

const MIN_ROOM: usize = 4096;

impl EventBuffer {
    /// The event that was written last.
    ///
    /// # Errors
    /// There was no memory for it.
    pub fn json(&self) -> Result<&[u8], TryReserveError> {
        match &self.error {
            None => Ok(self.room.get(..self.length).unwrap_or_default()),
            Some(error) => Err(error.clone()),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.length = 0;
        self.error = None;
    }

    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Removes what is after a place.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut u8> {
        self.room.get_mut(..self.length)?.last_mut()
    }

    /// Appends bytes.
    #[inline(always)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        if let Some(room) = self.next(bytes.len()) {
            room.copy_from_slice(bytes);
        }
    }

    /// Appends a byte.
    #[inline(always)]
    pub(crate) fn push(&mut self, byte: u8) {
        if let Some([room]) = self.next(1) {
            *room = byte;
        }
    }

    /// Appends three pieces.
    #[inline(always)]
    pub(crate) fn put_between(&mut self, before: &[u8], bytes: &[u8], after: &[u8]) {
        let Some(room) = self.next(before.len() + bytes.len() + after.len()) else { return };
        let Some((room, rest)) = room.split_at_mut_checked(before.len()) else { return };
        room.copy_from_slice(before);
        let Some((room, rest)) = rest.split_at_mut_checked(bytes.len()) else { return };
        room.copy_from_slice(bytes);
        rest.copy_from_slice(after);
    }

    /// Appends a part of what is written.
    pub(crate) fn repeat(&mut self, start: usize, end: usize) {
        let to = self.length;
        if self.next(end.saturating_sub(start)).is_some() {
            self.room.copy_within(start..end, to);
        }
    }

    /// The room for the next bytes. `None` if there is no memory.
    #[inline(always)]
    fn next(&mut self, length: usize) -> Option<&mut [u8]> {
        let start = self.length;
        let end = start + length;
        if end > self.room.len() {
            self.grow(end)?;
        }
        self.length = end;
        self.room.get_mut(start..end)
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
    fn pieces_of_each_length_are_appended() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut buffer = EventBuffer::default();
        let mut expected = Vec::new();
        for round in 0..2 {
            buffer.clear();
            expected.clear();
            for length in 0..=255 {
                buffer.put(&bytes[..length]);
                buffer.put_between(&bytes[length..], &bytes[..round], &[1, 2]);
                expected.extend_from_slice(&bytes);
                expected.extend_from_slice(&bytes[..round]);
                expected.extend_from_slice(&[1, 2]);
                assert_eq!(buffer.json().unwrap(), expected);
            }
            buffer.repeat(3, 40);
            expected.extend_from_within(3..40);
            assert_eq!(buffer.json().unwrap(), expected);
        }
    }
}
