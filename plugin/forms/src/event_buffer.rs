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

/// Whether short texts are copied in words. A copy of any length is a call where the module is compiled, as
/// the SIMD build is, and the least work where it is interpreted.
const IN_WORDS: bool = cfg!(target_feature = "simd128");

/// The end of a string in an object or array.
const VALUE_END: &str = "\",";

/// A text, padded to the length of the longest one that may be in its place: a copy of a constant number
/// of bytes takes a few instructions.
pub(crate) struct Piece<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

/// A key as it is written, with what begins its value.
pub(crate) type Key = Piece<32>;

impl<const N: usize> Piece<N> {
    /// Does not compile if the text is longer than the others.
    pub(crate) const fn new(text: &str) -> Self {
        let (mut bytes, mut length) = ([0; N], 0);
        while length < text.len() {
            bytes[length] = text.as_bytes()[length];
            length += 1;
        }
        Piece { bytes, length }
    }
}

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

    pub(crate) fn last_mut(&mut self) -> Option<&mut u8> {
        self.room.get_mut(..self.length)?.last_mut()
    }

    /// Appends a text that is known when this is compiled: in the SIMD build a few words, which takes no
    /// call.
    #[inline(always)]
    pub(crate) fn put_constant(&mut self, text: &'static str) {
        let start = self.length;
        if IN_WORDS && let Some(room) = self.room.get_mut(start..start + text.len()) {
            room.copy_from_slice(text.as_bytes());
            self.length = start + text.len();
        } else {
            self.put_any(text.as_bytes());
        }
    }

    /// Appends bytes.
    // Not inlined, and without a call after which there is more to do, so that it needs no stack.
    #[inline(never)]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        let room = self.room.get_mut(self.length..).and_then(|room| room.get_mut(..bytes.len()));
        if IN_WORDS && room.is_some_and(|room| copy_short(bytes, room)) {
            self.length += bytes.len();
        } else {
            self.put_other(bytes);
        }
    }

    /// [`put`](Self::put) of few or many bytes.
    #[inline(never)]
    fn put_other(&mut self, bytes: &[u8]) {
        let room = self.room.get_mut(self.length..).and_then(|room| room.get_mut(..bytes.len()));
        if IN_WORDS && room.is_some_and(|room| copy_other(bytes, room)) {
            self.length += bytes.len();
        } else {
            self.put_any(bytes);
        }
    }

    /// Appends a key, bytes, and a quote and a comma.
    #[inline(never)]
    pub(crate) fn put_member(&mut self, key: &'static Key, bytes: &[u8]) {
        if IN_WORDS
            && let Some(room) = self.room.get_mut(self.length..)
            && let Some((start, _)) = room.split_first_chunk_mut()
        {
            *start = key.bytes;
            if let Some(room) = room.get_mut(key.length..)
                && let Some(room) = room.get_mut(..bytes.len() + VALUE_END.len())
                && let Some((to, end)) = room.split_last_chunk_mut::<2>()
                && copy_short(bytes, to)
            {
                end.copy_from_slice(VALUE_END.as_bytes());
                self.length += key.length + bytes.len() + VALUE_END.len();
                return;
            }
        }
        self.put_any_member(key, bytes);
    }

    /// [`put_member`](Self::put_member) with bytes of any number.
    #[inline(never)]
    fn put_any_member(&mut self, key: &'static Key, bytes: &[u8]) {
        self.put_piece(key);
        self.put_other(bytes);
        self.put_constant(VALUE_END);
    }

    /// Appends one of several texts that are known when this is compiled, and of about the same length.
    #[inline(always)]
    pub(crate) fn put_piece<const N: usize>(&mut self, piece: &'static Piece<N>) {
        let start = self.length;
        if IN_WORDS && let Some(room) = self.room.get_mut(start..start + N) {
            room.copy_from_slice(&piece.bytes);
            self.length = start + piece.length;
        } else {
            self.put_any(&piece.bytes[..piece.length]);
        }
    }

    /// Appends bytes of any number, also where there is no room yet.
    #[inline(never)]
    fn put_any(&mut self, bytes: &[u8]) {
        if let Some(room) = self.next(bytes.len()) {
            room.copy_from_slice(bytes);
        }
    }

    /// Writes the end of an object or array that has values over the comma after the last of them.
    #[inline(always)]
    pub(crate) fn put_over_comma(&mut self, end: &'static str) {
        self.length = self.length.saturating_sub(1);
        self.put_constant(end);
    }

    /// Writes the end of an object or array over the comma after its last value, and a comma after it. If
    /// there is no comma there is no value: what begins at `start` is removed.
    #[inline(never)]
    pub(crate) fn end(&mut self, start: usize, end: u8) {
        match self.last_mut() {
            Some(last @ b',') => {
                *last = end;
                self.put_constant(",");
            }
            _ => self.length = self.length.min(start),
        }
    }

    /// Appends a part of what is written.
    pub(crate) fn repeat(&mut self, start: usize, end: usize) {
        let to = self.length;
        if self.next(end.saturating_sub(start)).is_some() {
            self.room.copy_within(start..end, to);
        }
    }

    /// The room for the next bytes. `None` if there is no memory.
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

/// Copies bytes to room of their length, as two words or groups of words that overlap. `false` if they are
/// few or many.
#[inline(always)]
fn copy_short(bytes: &[u8], room: &mut [u8]) -> bool {
    match bytes.len() {
        8..=16 => copy_ends::<8>(bytes, room),
        17..=32 => copy_ends::<16>(bytes, room),
        33..=64 => copy_ends::<32>(bytes, room),
        _ => false,
    }
}

/// The same for other lengths. `false` if they are many.
#[inline(always)]
fn copy_other(bytes: &[u8], room: &mut [u8]) -> bool {
    match bytes.len() {
        65..=128 => copy_ends::<64>(bytes, room),
        4..8 => copy_ends::<4>(bytes, room),
        2..4 => copy_ends::<2>(bytes, room),
        1 => copy_ends::<1>(bytes, room),
        0 => true,
        _ => false,
    }
}

/// Copies the first and the last bytes, if there are so many.
#[inline(always)]
fn copy_ends<const N: usize>(bytes: &[u8], room: &mut [u8]) -> bool {
    if let Some((first, _)) = bytes.split_first_chunk::<N>()
        && let Some((_, last)) = bytes.split_last_chunk::<N>()
        && let Some((to, _)) = room.split_first_chunk_mut::<N>()
    {
        *to = *first;
        if let Some((_, to)) = room.split_last_chunk_mut::<N>() {
            *to = *last;
        }
        return true;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_each_length_are_appended() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut buffer = EventBuffer::default();
        let mut expected = Vec::new();
        for _ in 0..2 {
            buffer.clear();
            expected.clear();
            for length in 0..=255 {
                buffer.put(&bytes[..length]);
                buffer.put_member(const { &Piece::new("key") }, &bytes[length..]);
                buffer.put_constant("constant");
                expected.extend_from_slice(&bytes[..length]);
                expected.extend_from_slice(b"key");
                expected.extend_from_slice(&bytes[length..]);
                expected.extend_from_slice(b"\",constant");
                assert_eq!(buffer.json().unwrap(), expected);
            }
            buffer.repeat(3, 40);
            expected.extend_from_within(3..40);
            assert_eq!(buffer.json().unwrap(), expected);
        }
    }
}
