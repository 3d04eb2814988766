//! Cuts items out of the window.

use std::io::Read;
use std::ops::Range;

use memchr::memchr;

use super::piece::{MAX_ITEM_BYTES, SplitError};
use super::splitter::Splitter;
use super::state::{Found, Place, State};

impl<R: Read> Splitter<R> {
    /// Returns the current item, which ends at `end`.
    pub(super) fn item(&mut self, end: usize) -> Found {
        let range = self.take(end, |byte| byte.is_ascii_whitespace());
        match self.is_oversized(&range) {
            true => Found::Oversized { range, is_last: true },
            false => Found::Item(range),
        }
    }

    /// Returns the text up to `end`, which is no complete item.
    pub(super) fn broken(&mut self, end: usize, error_offset: u64, error: SplitError) -> Found {
        let range = self.take(end, |byte| byte.is_ascii_whitespace() || byte == b',');
        match self.is_oversized(&range) {
            true => Found::Oversized { range, is_last: true },
            false => Found::Broken { range, error_offset, error },
        }
    }

    /// Returns the text up to `end`, where a line ends too early.
    pub(super) fn truncated_line(&mut self, end: usize) -> Found {
        self.place = Place::Top;
        let error_offset = self.window.offset(end);
        self.broken(end, error_offset, SplitError::TruncatedLine)
    }

    /// Moves the current position to `end`, and returns the range up to it without trailing bytes
    /// that are `trimmed`.
    fn take(&mut self, end: usize, trimmed: impl Fn(u8) -> bool) -> Range<usize> {
        let text = &self.window.bytes()[self.start..end];
        let length = text.iter().rposition(|&byte| !trimmed(byte)).map_or(0, |last| last + 1);
        let range = self.start..self.start + length;
        self.start = end;
        self.position = end;
        self.state = State::Between;
        range
    }

    /// Whether an item that ends with `rest` is larger than [`MAX_ITEM_BYTES`].
    pub(super) fn is_oversized(&self, rest: &Range<usize>) -> bool {
        self.oversized.is_some() || rest.len() > MAX_ITEM_BYTES
    }

    /// The end of the current line, if it is in memory.
    pub(super) fn line_end(&mut self) -> Option<usize> {
        let searched = self.window.index(self.line_searched).max(self.position);
        let bytes = self.window.bytes();
        let end = memchr(b'\n', &bytes[searched..]).map(|length| searched + length);
        self.line_searched = self.window.offset(end.unwrap_or(bytes.len()));
        end
    }
}
