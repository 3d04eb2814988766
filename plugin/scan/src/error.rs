//! What is said about input that cannot be read.

use core::fmt;

/// The input is not well-formed JSON and UTF-8, or nests too deep, at a known place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset, in bytes from the start of the input, of the byte that could not be taken; the
    /// input's length where it ended too early.
    pub offset: usize,
    /// What would have been right there.
    pub expected: Expected,
    /// The byte that stood there instead; `None` where the input ended.
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
    /// An escaped control character: it stands raw inside a string.
    EscapedControl,
    /// One of the escapes that JSON knows.
    Escape,
    /// A hexadecimal digit of a `\u` escape.
    HexDigit,
    /// Well-formed UTF-8.
    Utf8,
    /// Nothing but white space.
    End,
    /// A container that is not nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    DepthLimit,
}

impl Expected {
    fn sentence(self) -> &'static str {
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

/// A sentence such as ``expected `:`, found `}` at byte 12``.
impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found ", self.expected.sentence())?;
        match self.found {
            None => f.write_str("the end of the input")?,
            Some(byte @ b' '..=b'~') => write!(f, "`{}`", char::from(byte))?,
            Some(byte) => write!(f, "byte 0x{byte:02x}")?,
        }
        write!(f, " at byte {}", self.offset)
    }
}

impl core::error::Error for Malformed {}
