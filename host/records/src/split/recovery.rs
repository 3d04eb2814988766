//! Recovery from syntax errors: finds the start of the next item.

use std::io::Read;

use memchr::memmem;

use super::lexer::SyntaxError;
use super::piece::SplitError;
use super::splitter::Splitter;
use super::state::{Found, Layout, Place, State};

impl<R: Read> Splitter<R> {
    /// Handles a syntax error at the current position.
    pub(super) fn fail(&mut self, error: SyntaxError) -> Option<Found> {
        if self.place == Place::Top {
            if self.layout == Layout::Lines {
                self.state = State::Line;
                return None;
            }
            // An object that begins a line was not meant to be inside the value: the line before it
            // is cut short.
            let item = &self.window.bytes()[self.start..self.position];
            if let Some(length) = memmem::find(item, b"\n{\"") {
                self.layout = Layout::Lines;
                return Some(self.truncated_line(self.start + length));
            }
        }
        let error_offset = self.window.offset(self.position);
        self.state = State::Recovering { error_offset, error };
        // After a missing quote, strings and the text between them are swapped. The next item may
        // begin at the quote that was just read, or at the line break that was just found.
        self.position = self.position.saturating_sub(1).max(self.start);
        None
    }

    /// Searches for the next value that begins a line.
    pub(super) fn find_value(&mut self, error_offset: u64, error: SyntaxError) -> Option<Found> {
        const LINE_START: &[u8] = b"\n{";
        self.place = Place::Top;
        let bytes = self.window.bytes();
        let end = match self.layout {
            Layout::Lines => self.line_end(),
            _ => memmem::find(&bytes[self.position..], LINE_START)
                .map(|length| self.position + length),
        };
        if let Some(end) = end {
            if self.layout != Layout::Lines {
                self.layout = Layout::Unknown;
            }
            return Some(self.broken(end, error_offset, SplitError::Syntax(error)));
        }
        let searched = self.window.bytes().len().saturating_sub(LINE_START.len() - 1);
        self.position = self.position.max(searched);
        self.more()
    }

    /// Searches for the next element: an object with the same first key as its siblings.
    pub(super) fn find_element(&mut self, error_offset: u64, error: SyntaxError) -> Option<Found> {
        let line_end = match self.layout {
            Layout::Lines => self.line_end(),
            _ => None,
        };
        let key = match self.lexer.first_key() {
            [] => &self.sibling_key,
            key => key,
        };
        let quoted = [b"\"", key, b"\""].concat();
        let bytes = self.window.bytes();
        let end = line_end.unwrap_or(bytes.len());
        let next = memmem::find_iter(&bytes[self.position..end], &quoted)
            .find_map(|length| element_start(&bytes[self.start..self.position + length]));
        if let Some(length) = next {
            let end = self.start + length;
            return Some(self.broken(end, error_offset, SplitError::Syntax(error)));
        }
        if line_end.is_some() {
            self.place = Place::Top;
            return Some(self.broken(end, error_offset, SplitError::Syntax(error)));
        }
        self.position = self.position.max((end + 1).saturating_sub(quoted.len()));
        self.more()
    }
}

/// The index of the `{` that ends `before_key`, if that object is an element of an array.
fn element_start(before_key: &[u8]) -> Option<usize> {
    let object = before_key.trim_ascii_end().strip_suffix(b"{")?;
    matches!(object.trim_ascii_end().last(), Some(b',' | b'[')).then_some(object.len())
}
