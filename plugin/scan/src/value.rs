//! A JSON value and its place in the input.

use crate::text::Text;

/// The type of a JSON value, known from its first byte.
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
    /// The kind of value that starts with this byte.
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

/// A well-formed JSON value, borrowed from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// Its type.
    pub kind: ValueKind,
    /// Its bytes, with the quotes of a string or the brackets of a container.
    pub raw: &'a [u8],
    /// The offset of its first byte, in bytes from the start of the input.
    pub offset: usize,
    /// Whether it is a string with a backslash in it.
    pub(crate) escaped: bool,
}

impl<'a> Value<'a> {
    /// A string without escapes; `raw` includes the quotes.
    #[inline(always)]
    pub(crate) fn string(raw: &'a [u8], offset: usize) -> Self {
        Value { kind: ValueKind::String, raw, offset, escaped: false }
    }

    /// An object at an offset. `raw` must be a well-formed object; it is not checked.
    #[must_use]
    pub fn object(raw: &'a [u8], offset: usize) -> Self {
        Value { kind: ValueKind::Object, raw, offset, escaped: false }
    }

    /// The same value with `bytes` added to its offset.
    ///
    /// Use it for a value that was found by reading a slice of the input on its own: the slice's
    /// offset makes the value's offset relative to the whole input.
    ///
    /// ```
    /// use sekisho_scan::Reader;
    ///
    /// let input = br#"{"list":[1,2]}"#;
    /// let mut outer = Reader::new(input);
    /// outer.enter()?;
    /// outer.next_key()?;
    /// let list = outer.value()?;
    ///
    /// let mut inner = Reader::new(list.raw);
    /// inner.enter()?;
    /// inner.next_element()?;
    /// let first = inner.value()?.shifted(list.offset);
    /// assert_eq!(first.offset, 9);
    /// assert_eq!(input[first.offset], b'1');
    /// # Ok::<(), sekisho_scan::Malformed>(())
    /// ```
    #[must_use]
    pub fn shifted(self, bytes: usize) -> Self {
        Value { offset: self.offset + bytes, ..self }
    }

    /// The string, or `None` for any other type.
    #[inline]
    #[must_use]
    pub fn text(&self) -> Option<Text<'a>> {
        match (self.kind, self.raw) {
            (ValueKind::String, [_, content @ .., _]) => Some(Text::new(content, self.escaped)),
            _ => None,
        }
    }
}
