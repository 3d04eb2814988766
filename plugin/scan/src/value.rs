//! A value and where it stands.

use crate::Text;

/// What a JSON value is, known from its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
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

impl ValueKind {
    /// The kind of a value that begins with this byte.
    #[inline(always)]
    pub(crate) fn of(first: u8) -> Option<Self> {
        match first {
            b'"' => Some(ValueKind::String),
            b'{' => Some(ValueKind::Object),
            b'[' => Some(ValueKind::Array),
            b'-' | b'0'..=b'9' => Some(ValueKind::Number),
            b't' | b'f' => Some(ValueKind::Boolean),
            b'n' => Some(ValueKind::Null),
            _ => None,
        }
    }
}

/// A well-formed value, borrowed from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// What it is.
    pub kind: ValueKind,
    /// Its bytes: of a string with the quotes, of a container with the brackets.
    pub raw: &'a [u8],
    /// Offset of its first byte from the start of the input.
    pub offset: usize,
    /// Whether it is a string that holds a backslash.
    pub(crate) escaped: bool,
}

impl<'a> Value<'a> {
    /// The string that `raw` is with its quotes, which holds no backslash.
    #[inline(always)]
    pub(crate) fn string(raw: &'a [u8], offset: usize) -> Self {
        Value { kind: ValueKind::String, raw, offset, escaped: false }
    }

    /// The object that `raw` is, which must be well-formed, at this offset.
    #[must_use]
    pub fn object(raw: &'a [u8], offset: usize) -> Self {
        Value { kind: ValueKind::Object, raw, offset, escaped: false }
    }

    /// The same value, `by` bytes further on: for one found in a part that was read by itself.
    #[must_use]
    pub fn shifted(self, by: usize) -> Self {
        Value { offset: self.offset + by, ..self }
    }

    /// The string, if it is one.
    #[inline]
    #[must_use]
    pub fn text(&self) -> Option<Text<'a>> {
        match (self.kind, self.raw) {
            (ValueKind::String, [_, content @ .., _]) => Some(Text::new(content, self.escaped)),
            _ => None,
        }
    }
}
