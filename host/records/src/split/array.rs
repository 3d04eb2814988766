//! Arrays of records, and their elements.

use std::io::Read;

use super::lexer::SyntaxError;
use super::piece::SplitError;
use super::splitter::Splitter;
use super::state::{Found, Layout, Place, State};

impl<R: Read> Splitter<R> {
    /// Enters an array of records in a top-level object, before its first element.
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
            self.lexer.resume_object();
            self.place = Place::Wrapper;
        } else {
            self.end_top();
        }
    }
}
