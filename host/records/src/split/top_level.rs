//! Top-level values and lines.

use std::io::Read;

use memchr::memchr;

use super::splitter::{BYTE_ORDER_MARK, Splitter};
use super::state::{Found, Layout, Place, State};

impl<R: Read> Splitter<R> {
    /// Skips to the next top-level value.
    pub(super) fn between_values(&mut self) -> Option<Found> {
        while let Some(&byte) = self.window.bytes().get(self.position) {
            let rest = &self.window.bytes()[self.position..];
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if self.layout == Layout::OneValue => self.layout = Layout::Lines,
                b'\n' => {}
                // A program that opens its log for each line may begin each with the mark.
                0xef if rest.starts_with(BYTE_ORDER_MARK) => {
                    self.position += BYTE_ORDER_MARK.len() - 1;
                }
                0xef if BYTE_ORDER_MARK.starts_with(rest) && !self.window.ended() => break,
                b',' if self.layout == Layout::OneValue => self.layout = Layout::Values,
                b',' if self.layout == Layout::Values => {}
                _ => {
                    self.begin_top(byte);
                    return self.whole_line();
                }
            }
            self.position += 1;
        }
        self.start = self.position;
        self.more()
    }

    fn begin_top(&mut self, byte: u8) {
        self.start = self.position;
        self.line_break = false;
        self.lexer.begin_top();
        self.state = match byte {
            b'{' => State::Value,
            b'[' => State::Bracket,
            _ => State::Line,
        };
        self.layout = match self.layout {
            Layout::Unknown if !matches!(byte, b'{' | b'[') => Layout::Lines,
            Layout::OneValue => Layout::Values,
            layout => layout,
        };
        if byte == b'[' {
            self.position += 1;
        }
    }

    /// A fast path: returns the whole line if each line is a value, the line is in memory, and it
    /// cannot contain an array of records.
    fn whole_line(&mut self) -> Option<Found> {
        if self.layout != Layout::Lines {
            return None;
        }
        let end = self.line_end()?;
        let line = &self.window.bytes()[self.start..end];
        let may_contain_array = line.starts_with(b"[")
            || self.array_key_ends.iter().any(|key_end| key_end.find(line).is_some());
        if may_contain_array {
            return None;
        }
        Some(self.item(end))
    }

    /// After a top-level `[`, which begins an array of records, of their texts or of rows, or a line of
    /// other text.
    pub(super) fn bracket(&mut self) -> Option<Found> {
        while let Some(&byte) = self.window.bytes().get(self.position) {
            // A row is an array, of objects or of strings.
            let row = memchr(b'[', &self.window.bytes()[self.start + 1..self.position])
                .map(|length| self.start + 1 + length);
            let next = self.window.bytes().get(self.position + 1);
            let begins_elements = match byte {
                b'{' | b']' => true,
                b'"' => row.is_some() || next == Some(&b'{'),
                _ => false,
            };
            match (byte, row) {
                (b' ' | b'\t' | b'\r', _) | (b'[', None) => {}
                (b'\n', _) if self.layout != Layout::Lines => self.line_break = true,
                (b'"', None) if next.is_none() && !self.window.ended() => break,
                _ if begins_elements => {
                    self.position = row.unwrap_or(self.position);
                    self.place = Place::Array;
                    self.state = State::Between;
                    return None;
                }
                _ => {
                    if self.layout == Layout::Unknown {
                        self.layout = Layout::Lines;
                    }
                    self.position = self.start;
                    self.state = State::Line;
                    return None;
                }
            }
            self.position += 1;
        }
        self.more()
    }

    /// Reads to the end of the line.
    pub(super) fn line(&mut self) -> Option<Found> {
        match self.line_end() {
            Some(end) => Some(self.item(end)),
            None => {
                self.position = self.window.bytes().len();
                self.more()
            }
        }
    }

    /// Ends a top-level value, and decides on the layout after the first one.
    pub(super) fn end_top(&mut self) {
        self.line_break |= self.lexer.has_line_break();
        self.place = Place::Top;
        self.state = State::Between;
        if self.layout == Layout::Unknown {
            self.layout = match self.line_break {
                true => Layout::Values,
                false => Layout::OneValue,
            };
        }
    }
}
