//! The pull reader: one forward pass, in the caller's steps.

use crate::bytes::{
    bytes_equal, malformed, number, plain_end, skip_white_space, string_content_end,
};
use crate::encoded_key::EncodedKey;
use crate::error::{Expected, Malformed};
use crate::text::Text;
use crate::value::{Value, ValueKind};

/// The number of containers that may be open at the same time. Opening one more is an error,
/// [`Expected::DepthLimit`].
pub const MAX_DEPTH: u32 = u128::BITS;

/// Reads one JSON text from front to back.
///
/// [`enter`](Reader::enter) a container, move to its next member with
/// [`next_key`](Reader::next_key) or [`next_element`](Reader::next_element), and consume the member
/// with [`value`](Reader::value), [`skip`](Reader::skip) or `enter`.
///
/// Calls in another order, or after an error, don't panic, but their results are unspecified.
///
/// ```
/// use sekisho_scan::{Expected, Reader};
///
/// let mut reader = Reader::new(br#"{"ids":[1,22],"more":true}"#);
/// reader.enter()?;
/// assert!(reader.next_key()?.unwrap() == "ids");
/// reader.enter()?;
/// let mut ids = Vec::new();
/// while reader.next_element()? {
///     ids.push(reader.value()?.raw);
/// }
/// assert_eq!(ids, [&b"1"[..], b"22"]);
/// // Skip the rest of the object.
/// reader.leave(0)?;
/// reader.finish()?;
///
/// let error = Reader::new(b"[1,").skip().unwrap_err();
/// assert_eq!((error.offset, error.expected), (3, Expected::Value));
/// # Ok::<(), sekisho_scan::Malformed>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    /// A bit for each open container, the innermost lowest: 1 for an object.
    containers: u128,
    depth: u32,
    /// Whether the innermost container was just opened.
    at_start: bool,
}

impl<'a> Reader<'a> {
    /// Creates a reader at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, offset: 0, containers: 0, depth: 0, at_start: false }
    }

    /// The offset of the next byte to read, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bytes from `offset` up to the next byte to read; empty if `offset` is past it.
    #[must_use]
    pub fn since(&self, offset: usize) -> &'a [u8] {
        self.bytes.get(offset..self.offset).unwrap_or_default()
    }

    /// The number of open containers.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// The type of the next value. Skips white space before the value, but not the value.
    ///
    /// # Errors
    /// Returns an error if no value starts here.
    pub fn peek(&mut self) -> Result<ValueKind, Malformed> {
        self.kind()
    }

    /// Enters the object or array that comes next.
    ///
    /// # Errors
    /// Returns an error if neither an object nor an array starts here, or if [`MAX_DEPTH`]
    /// containers are open.
    pub fn enter(&mut self) -> Result<(), Malformed> {
        self.open()
    }

    /// Reads the next key of the innermost object and its colon. Returns `None` at the end of the
    /// object and leaves it.
    ///
    /// # Errors
    /// Returns an error if neither a key nor the end of an object comes next.
    pub fn next_key(&mut self) -> Result<Option<Text<'a>>, Malformed> {
        match self.fast_key() {
            Some(key) => Ok(Some(Text::new(key, false))),
            None if self.skip_closing_brace() => Ok(None),
            None => self.slow_key(),
        }
    }

    /// Moves to the next element of the innermost array. Returns `false` at the end of the array
    /// and leaves it.
    ///
    /// # Errors
    /// Returns an error if neither an element nor the end of an array comes next.
    pub fn next_element(&mut self) -> Result<bool, Malformed> {
        self.slow_element()
    }

    /// Reads the next value to its end.
    ///
    /// # Errors
    /// Returns an error if the value is not well-formed or nests too deep.
    pub fn value(&mut self) -> Result<Value<'a>, Malformed> {
        match self.fast_string() {
            Some(raw) => Ok(Value::string(raw, self.offset - raw.len())),
            None => self.slow_value(),
        }
    }

    /// Skips the next value. It is validated like one that is read.
    ///
    /// # Errors
    /// Returns an error if the value is not well-formed or nests too deep.
    #[inline(always)]
    pub fn skip(&mut self) -> Result<(), Malformed> {
        if self.fast_string().is_some() || self.fast_literal() { Ok(()) } else { self.slow_skip() }
    }

    /// Skips the rest of the innermost containers until only `depth` containers are open.
    ///
    /// # Errors
    /// Returns an error if the rest is not well-formed or nests too deep.
    pub fn leave(&mut self, depth: u32) -> Result<(), Malformed> {
        while self.depth > depth {
            let more = match self.containers & 1 {
                1 => {
                    self.fast_key().is_some()
                        || !self.skip_closing_brace() && self.slow_key()?.is_some()
                }
                _ => self.fast_element() || self.slow_element()?,
            };
            if more && self.fast_string().is_none() {
                match self.kind()? {
                    ValueKind::Object | ValueKind::Array => self.open()?,
                    ValueKind::String => drop(self.slow_string()?),
                    kind => self.scalar(kind)?,
                }
            }
        }
        Ok(())
    }

    /// Checks that only white space follows.
    ///
    /// # Errors
    /// Returns an error with [`Expected::End`] if anything else follows.
    pub fn finish(mut self) -> Result<(), Malformed> {
        self.skip_white_space();
        match self.bytes.get(self.offset) {
            None => Ok(()),
            Some(_) => Err(self.error(Expected::End)),
        }
    }

    // The `fast_` functions are inlined into the hot loops of this crate. They handle compact JSON
    // of ASCII without escapes. For anything else, errors included, they change nothing and the
    // `slow_` functions take over at the same offset.

    /// Whether the input has these bytes at an offset.
    #[inline(always)]
    fn matches_at<const N: usize>(&self, expected: &[u8; N], offset: usize) -> bool {
        self.bytes.get(offset..).and_then(<[u8]>::first_chunk) == Some(expected)
    }

    /// The offset of the content of the next key.
    #[inline(always)]
    fn fast_key_start(&self) -> Option<usize> {
        match self.at_start {
            false => self.matches_at(b",\"", self.offset).then_some(self.offset + 2),
            true => self.matches_at(b"\"", self.offset).then_some(self.offset + 1),
        }
    }

    /// The content of the next key; its colon is skipped, too.
    #[inline(always)]
    pub(crate) fn fast_key(&mut self) -> Option<&'a [u8]> {
        let start = self.fast_key_start()?;
        let end = plain_end(self.bytes, start);
        if !self.matches_at(b"\":", end) {
            return None;
        }
        self.at_start = false;
        self.offset = end + 2;
        self.bytes.get(start..end)
    }

    /// Skips the next key if it is this one.
    #[inline(always)]
    pub(crate) fn skip_encoded_key(&mut self, key: &EncodedKey) -> bool {
        let Some(expected) = key.get(self.at_start) else { return false };
        let end = self.offset + expected.len();
        let is_next =
            self.bytes.get(self.offset..end).is_some_and(|next| bytes_equal(expected, next));
        if is_next {
            self.offset = end;
            self.at_start = false;
        }
        is_next
    }

    /// Skips the comma before the next element.
    #[inline(always)]
    fn fast_element(&mut self) -> bool {
        let is_next = !self.at_start && self.matches_at(b",", self.offset);
        self.offset += usize::from(is_next);
        is_next
    }

    /// The next value if it is a string, with its quotes.
    #[inline(always)]
    pub(crate) fn fast_string(&mut self) -> Option<&'a [u8]> {
        if !self.matches_at(b"\"", self.offset) {
            return None;
        }
        let end = plain_end(self.bytes, self.offset + 1);
        if !self.matches_at(b"\"", end) {
            return None;
        }
        let string = self.bytes.get(self.offset..end + 1);
        self.offset = end + 1;
        string
    }

    /// Skips `null`, `true` or `false`.
    #[inline(always)]
    fn fast_literal(&mut self) -> bool {
        let length = match self.bytes.get(self.offset..).and_then(<[u8]>::first_chunk) {
            Some(b"null" | b"true") => 4,
            Some(b"fals") if self.matches_at(b"e", self.offset + 4) => 5,
            _ => return false,
        };
        self.offset += length;
        true
    }

    #[inline(never)]
    pub(crate) fn slow_value(&mut self) -> Result<Value<'a>, Malformed> {
        // Most values that are no string are null.
        if self.matches_at(b"null", self.offset) {
            let offset = self.offset;
            self.offset += 4;
            return Ok(Value {
                kind: ValueKind::Null,
                raw: self.since(offset),
                offset,
                escaped: false,
            });
        }
        let kind = self.kind()?;
        let offset = self.offset;
        let escaped = match kind {
            ValueKind::String => self.slow_string()?.is_escaped(),
            _ => {
                self.slow_skip()?;
                false
            }
        };
        Ok(Value { kind, raw: self.since(offset), offset, escaped })
    }

    #[inline(never)]
    fn slow_skip(&mut self) -> Result<(), Malformed> {
        match self.kind()? {
            ValueKind::String => self.slow_string().map(drop),
            ValueKind::Object | ValueKind::Array => {
                let outside = self.depth;
                self.open()?;
                self.leave(outside)
            }
            kind => self.scalar(kind),
        }
    }

    /// Skips the closing brace of the innermost object.
    #[inline(always)]
    pub(crate) fn skip_closing_brace(&mut self) -> bool {
        let ends = self.matches_at(b"}", self.offset);
        if ends {
            self.close();
        }
        ends
    }

    #[inline(always)]
    pub(crate) fn kind(&mut self) -> Result<ValueKind, Malformed> {
        match self.bytes.get(self.offset).and_then(|byte| ValueKind::of(*byte)) {
            Some(kind) => Ok(kind),
            None => self.slow_kind(),
        }
    }

    #[inline(never)]
    fn slow_kind(&mut self) -> Result<ValueKind, Malformed> {
        self.skip_white_space();
        let kind = self.bytes.get(self.offset).and_then(|byte| ValueKind::of(*byte));
        kind.ok_or_else(|| self.error(Expected::Value))
    }

    #[inline(always)]
    pub(crate) fn open(&mut self) -> Result<(), Malformed> {
        let object = match self.kind()? {
            ValueKind::Object => 1,
            ValueKind::Array => 0,
            _ => return Err(self.error(Expected::Value)),
        };
        if self.depth == MAX_DEPTH {
            return Err(self.error(Expected::DepthLimit));
        }
        self.containers = self.containers << 1 | object;
        self.depth += 1;
        self.at_start = true;
        self.offset += 1;
        Ok(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.containers >>= 1;
        self.depth = self.depth.saturating_sub(1);
        self.at_start = false;
        self.offset += 1;
    }

    #[inline(never)]
    pub(crate) fn slow_key(&mut self) -> Result<Option<Text<'a>>, Malformed> {
        self.skip_white_space();
        match self.bytes.get(self.offset) {
            Some(b'}') => {
                self.close();
                return Ok(None);
            }
            Some(b'"') if self.at_start => {}
            _ if self.at_start => return Err(self.error(Expected::KeyOrEnd)),
            Some(b',') => {
                self.offset += 1;
                self.skip_white_space();
            }
            _ => return Err(self.error(Expected::CommaOrBrace)),
        }
        if self.bytes.get(self.offset) != Some(&b'"') {
            return Err(self.error(Expected::Key));
        }
        let key = self.slow_string()?;
        self.skip_white_space();
        if self.bytes.get(self.offset) != Some(&b':') {
            return Err(self.error(Expected::Colon));
        }
        self.offset += 1;
        self.at_start = false;
        Ok(Some(key))
    }

    #[inline(never)]
    fn slow_element(&mut self) -> Result<bool, Malformed> {
        self.skip_white_space();
        match self.bytes.get(self.offset) {
            Some(b']') => {
                self.close();
                return Ok(false);
            }
            _ if self.at_start => self.at_start = false,
            Some(b',') => self.offset += 1,
            _ => return Err(self.error(Expected::CommaOrBracket)),
        }
        Ok(true)
    }

    /// The string whose opening quote comes next.
    #[inline(never)]
    fn slow_string(&mut self) -> Result<Text<'a>, Malformed> {
        let start = self.offset + 1;
        let (end, escaped) = string_content_end(self.bytes, start)?;
        self.offset = end + 1;
        Ok(Text::new(&self.bytes[start..end], escaped))
    }

    /// Skips the number or literal that starts here.
    #[inline(never)]
    fn scalar(&mut self, kind: ValueKind) -> Result<(), Malformed> {
        if kind == ValueKind::Number {
            self.offset = number(self.bytes, self.offset)?;
            return Ok(());
        }
        if self.fast_literal() {
            return Ok(());
        }
        let literal: &[u8] = match self.bytes.get(self.offset) {
            Some(b't') => b"true",
            Some(b'f') => b"false",
            _ => b"null",
        };
        for expected in literal {
            if self.bytes.get(self.offset) != Some(expected) {
                return Err(self.error(Expected::Literal));
            }
            self.offset += 1;
        }
        Ok(())
    }

    #[inline(always)]
    fn skip_white_space(&mut self) {
        self.offset = skip_white_space(self.bytes, self.offset);
    }

    #[cold]
    fn error(&self, expected: Expected) -> Malformed {
        malformed(self.bytes, self.offset, expected)
    }
}
