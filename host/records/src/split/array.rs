//! Arrays of records, and their elements.

use std::io::Read;

use memchr::memmem;

use super::lexer::{Stop, SyntaxError};
use super::piece::SplitError;
use super::splitter::Splitter;
use super::state::{Found, Layout, Place, State};

impl<R: Read> Splitter<R> {
    /// Enters an array of records, before its first element or a later one.
    pub(super) fn enter_array(&mut self) {
        if self.is_oversized(&(self.start..self.position)) {
            // Some parts of the object may have been returned: it remains one item.
            self.lexer.ignore_arrays();
            return;
        }
        self.place = Place::WrapperArray;
        self.start = self.position;
        self.begin_element();
    }

    /// Enters the first array in a value that is too large for an item. Returns false if none shows
    /// in memory, or if the value may be a record itself.
    pub(super) fn enter_large(&mut self) -> bool {
        const SOURCE: &[u8] = b"eventSource";
        let is_element = matches!(self.place, Place::Array | Place::WrapperArray);
        if !matches!(self.state, State::Value) || !(is_element || self.place == Place::Top) {
            return false;
        }
        let mut lexer = self.lexer.clone();
        let value = &self.window.bytes()[self.start..self.position];
        lexer.begin_inside(value[0], is_element);
        let (read, Stop::Elements) = lexer.advance(&value[1..]) else { return false };
        let (before, array) = value.split_at(read + 1);
        if memmem::find(before, SOURCE).is_some() || memmem::find(array, SOURCE).is_none() {
            return false;
        }
        self.start += before.len();
        self.position = self.start;
        self.lexer = lexer;
        self.enter_array();
        true
    }

    /// Skips to the next element of an array of records, or to the end of the array.
    pub(super) fn between_elements(&mut self) -> Option<Found> {
        while let Some(&byte) = self.window.bytes().get(self.position) {
            self.start = self.position;
            match byte {
                b' ' | b'\t' | b'\r' | b',' => {}
                b'\n' if self.layout == Layout::Lines => {
                    return Some(self.truncated_line(self.start));
                }
                b'\n' => self.line_break = true,
                b']' => {
                    self.position += 1;
                    self.end_array();
                    return None;
                }
                b'}' => {
                    let error_offset = self.window.offset(self.position);
                    let error = SplitError::Syntax(SyntaxError::UnexpectedByte { byte });
                    return Some(self.broken(self.position + 1, error_offset, error));
                }
                b'{' | b'[' | b'"' => {
                    self.begin_element();
                    return None;
                }
                _ => {
                    self.state = State::Scalar;
                    return None;
                }
            }
            self.position += 1;
        }
        self.start = self.position;
        self.more()
    }

    fn begin_element(&mut self) {
        self.line_break |= self.lexer.has_line_break();
        self.lexer.begin(false);
        self.state = State::Value;
    }

    /// Reads an element that is no object, array or string, up to the byte that must end it.
    pub(super) fn scalar(&mut self) -> Option<Found> {
        let rest = &self.window.bytes()[self.position..];
        let ends_element = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b'{' | b'\n');
        match rest.iter().position(ends_element) {
            Some(length) => Some(self.item(self.position + length)),
            None => {
                self.position += rest.len();
                self.more()
            }
        }
    }

    fn end_array(&mut self) {
        self.line_break |= self.lexer.has_line_break();
        self.sibling_key.clear();
        if self.place == Place::WrapperArray {
            self.lexer.resume_outer();
            self.place = Place::Wrapper;
        } else {
            self.end_top();
        }
    }
}
