//! The error for input that cannot be read.

use core::fmt;

use crate::message::{self, Part::*};

/// The input is not well-formed JSON or not UTF-8, or it nests too deep.
///
/// It displays as ``expected `:`, found `}` at byte 12``.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The offset of the first byte that is wrong, in bytes from the start of the input. It is the
    /// length of the input if the input ended too early.
    pub offset: usize,
    /// What would have been accepted there.
    pub expected: Expected,
    /// The byte that was found instead, or `None` at the end of the input.
    pub found: Option<u8>,
}

/// What the scanner would have accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// Any JSON value.
    Value,
    /// The rest of `true`, `false` or `null`.
    Literal,
    /// A digit of a number.
    Digit,
    /// A key, or the end of an object that has no members yet.
    KeyOrEnd,
    /// A key, after a comma.
    Key,
    /// The colon between a key and its value.
    Colon,
    /// A comma or the closing brace of an object.
    CommaOrBrace,
    /// A comma or the closing bracket of an array.
    CommaOrBracket,
    /// The closing quote of a string.
    Quote,
    /// An escape sequence in place of a raw control character.
    EscapedControl,
    /// One of the escape sequences of JSON.
    Escape,
    /// A hexadecimal digit of a `\u` escape.
    HexDigit,
    /// Valid UTF-8.
    Utf8,
    /// The end of the input, after optional white space.
    End,
    /// Fewer open containers: they nest deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    DepthLimit,
}

impl Expected {
    fn description(self) -> &'static str {
        match self {
            Expected::Value => "a JSON value",
            Expected::Literal => "`true`, `false` or `null`",
            Expected::Digit => "a digit",
            Expected::KeyOrEnd => "a key in quotes or `}`",
            Expected::Key => "a key in quotes",
            Expected::Colon => "`:`",
            Expected::CommaOrBrace => "`,` or `}`",
            Expected::CommaOrBracket => "`,` or `]`",
            Expected::Quote => "the closing `\"` of a string",
            Expected::EscapedControl => "control characters in a string to be escaped",
            Expected::Escape => "one of \" \\ / b f n r t u after a backslash",
            Expected::HexDigit => "a hexadecimal digit",
            Expected::Utf8 => "well-formed UTF-8",
            Expected::End => "the end of the input",
            Expected::DepthLimit => "at most 128 nested objects and arrays",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, part) = match self.found {
            None => ("expected {}, found the end of the input{} at byte {}", Text("")),
            Some(byte @ b' '..=b'~') => {
                ("expected {}, found `{}` at byte {}", Character(byte.into()))
            }
            Some(byte) => ("expected {}, found byte 0x{} at byte {}", Byte(byte)),
        };
        let expected = Text(self.expected.description());
        message::write(f, found, &[expected, part, Number(self.offset as u64)])
    }
}

impl core::error::Error for Malformed {}
