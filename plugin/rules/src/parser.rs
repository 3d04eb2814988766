//! Reads the tokens of a pattern and keeps track of errors.

use alloc::boxed::Box;
use alloc::string::String;

use sekisho_scan::{Malformed, Reader, Text};

use crate::error::{PatternError, PatternErrorKind};
use crate::limits::Limits;

/// A reader with the limits of a pattern.
pub(crate) struct Parser<'a> {
    json: &'a [u8],
    pub(crate) reader: Reader<'a>,
    pub(crate) limits: &'a Limits,
}

/// What is wrong, and its offset in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParseError {
    kind: PatternErrorKind,
    offset: usize,
}

/// The error is boxed because so many functions return it.
pub(crate) type ParseResult<T> = Result<T, Box<ParseError>>;

#[cold]
pub(crate) fn error(kind: PatternErrorKind, offset: usize) -> Box<ParseError> {
    Box::new(ParseError { kind, offset })
}

impl From<Malformed> for Box<ParseError> {
    #[cold]
    fn from(malformed: Malformed) -> Self {
        error(PatternErrorKind::Json(malformed), malformed.offset)
    }
}

impl ParseError {
    /// Adds the line and the column.
    pub(crate) fn locate(self, json: &[u8]) -> PatternError {
        let before = &json[..self.offset.min(json.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        PatternError {
            kind: self.kind,
            offset: self.offset,
            line: lines as u32 + 1,
            column: characters(&before[line_start..]) as u32 + 1,
        }
    }
}

/// The number of characters in UTF-8.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl<'a> Parser<'a> {
    /// Creates a parser at the start of a pattern.
    pub(crate) fn new(json: &'a [u8], limits: &'a Limits) -> ParseResult<Self> {
        let limit = limits.characters;
        if json.len() > limit && characters(json) > limit {
            return Err(error(PatternErrorKind::TooLong(limit), 0));
        }
        Ok(Parser { json, reader: Reader::new(json), limits })
    }

    /// The next key of the innermost object, and its offset.
    pub(crate) fn key(&mut self) -> ParseResult<Option<(String, usize)>> {
        let Some(key) = self.reader.next_key()? else { return Ok(None) };
        Ok(Some((key.chars().collect(), self.offset_of(key))))
    }

    /// The string that comes next.
    pub(crate) fn string(&mut self) -> ParseResult<String> {
        let value = self.reader.value()?;
        let text =
            value.text().ok_or_else(|| error(PatternErrorKind::ExpectedString, value.offset))?;
        Ok(text.chars().collect())
    }

    /// An error at the next value. Call it after peeking at the value.
    pub(crate) fn error(&self, kind: PatternErrorKind) -> Box<ParseError> {
        error(kind, self.reader.offset())
    }

    /// The offset of the opening quote of `text`.
    fn offset_of(&self, text: Text<'_>) -> usize {
        let start = self.json.as_ptr().addr();
        text.raw().as_ptr().addr().saturating_sub(start + 1)
    }
}
