//! A value that the lexer reads: a top-level value, an element of an array, or a wrapper.

use std::io::Read;

use super::lexer::Stop;
use super::splitter::Splitter;
use super::state::{Found, Layout, Place, State};

impl<R: Read> Splitter<R> {
    /// Reads on in a value.
    pub(super) fn value(&mut self) -> Option<Found> {
        let line_end = match self.layout {
            Layout::Lines => self.line_end(),
            _ => None,
        };
        let bytes = self.window.bytes();
        let (read, stop) =
            self.lexer.advance(&bytes[self.position..line_end.unwrap_or(bytes.len())]);
        self.position += read;
        if self.place == Place::Wrapper {
            self.start = self.position;
        }
        match stop {
            Stop::NeedsMore => match line_end {
                Some(end) if self.place == Place::Top => Some(self.item(end)),
                Some(end) => Some(self.truncated_line(end)),
                None => self.more(),
            },
            Stop::Complete => self.end_value(),
            Stop::Elements => {
                self.enter_array();
                None
            }
            Stop::Error(error) => self.fail(error),
        }
    }

    fn end_value(&mut self) -> Option<Found> {
        match self.place {
            Place::Top if self.layout == Layout::Lines => {
                self.state = State::Line;
                None
            }
            Place::Top => {
                self.end_top();
                Some(self.item(self.position))
            }
            Place::Wrapper => {
                self.end_top();
                None
            }
            Place::Array | Place::WrapperArray => {
                self.sibling_key.clear();
                self.sibling_key.extend_from_slice(self.lexer.first_key());
                Some(self.item(self.position))
            }
        }
    }
}
