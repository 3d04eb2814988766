//! A value and where it stands.

use crate::Text;

/// What a JSON value is, known from its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number in any notation.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// The kind of a value that begins with this byte.
    #[inline(always)]
    pub(crate) fn of(first: u8) -> Option<Self> {
        match first {
            b'"' => Some(Kind::String),
            b'{' => Some(Kind::Object),
            b'[' => Some(Kind::Array),
            b'-' | b'0'..=b'9' => Some(Kind::Number),
            b't' | b'f' => Some(Kind::Boolean),
            b'n' => Some(Kind::Null),
            _ => None,
        }
    }
}

/// A well-formed value, borrowed from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its bytes: of a string with the quotes, of a container with the brackets.
    pub raw: &'a [u8],
    /// Offset of its first byte from the start of the input.
    pub at: usize,
    /// Whether it is a string that holds a backslash.
    pub(crate) escaped: bool,
}

impl<'a> Value<'a> {
    /// The string that `raw` is with its quotes, which holds no backslash.
    #[inline(always)]
    pub(crate) fn string(raw: &'a [u8], at: usize) -> Self {
        Value { kind: Kind::String, raw, at, escaped: false }
    }

    /// The object that `raw` is, which must be well-formed, at this offset.
    #[must_use]
    pub fn object(raw: &'a [u8], at: usize) -> Self {
        Value { kind: Kind::Object, raw, at, escaped: false }
    }

    /// The same value, `by` bytes further on: for one found in a part that was read by itself.
    #[must_use]
    pub fn moved(self, by: usize) -> Self {
        Value { at: self.at + by, ..self }
    }

    /// The string, if it is one.
    #[inline]
    #[must_use]
    pub fn text(&self) -> Option<Text<'a>> {
        match (self.kind, self.raw) {
            (Kind::String, [_, content @ .., _]) => Some(Text::new(content, self.escaped)),
            _ => None,
        }
    }
}
