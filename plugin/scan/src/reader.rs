//! The pull reader: one forward pass, in the caller's steps.

use crate::bytes::{
    escape, is_same, malformed, number, plain_end, skip_white_space, utf8_sequence,
};
use crate::path::Member;
use crate::{Expected, Malformed, Text, Value, ValueKind};

/// Containers may nest this deep: a container inside 128 open ones is refused.
pub const MAX_DEPTH: u32 = u128::BITS;

/// Reads one JSON text from front to back.
///
/// The caller alternates between going into a container with [`enter`](Reader::enter), asking for
/// its next member with [`next_key`](Reader::next_key) or [`next_element`](Reader::next_element),
/// and taking the member with [`value`](Reader::value) (or entering it). An error ends the
/// reading: what later calls return is not specified, but they do not panic.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
    /// A bit for each open container, the innermost lowest: 1 for an object.
    containers: u128,
    depth: u32,
    /// Nothing of the innermost container has been read yet.
    fresh: bool,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, offset: 0, containers: 0, depth: 0, fresh: false }
    }

    /// Offset of the next byte to be read.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bytes from offset `at` to the next byte to be read; none where `at` is behind it.
    #[must_use]
    pub fn since(&self, offset: usize) -> &'a [u8] {
        self.bytes.get(offset..self.offset).unwrap_or_default()
    }

    /// Number of containers that are open.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// What the next value is. White space before it is passed over; the value is not.
    ///
    /// # Errors
    /// No value begins here.
    pub fn peek(&mut self) -> Result<ValueKind, Malformed> {
        self.kind()
    }

    /// Goes into the object or array that begins here.
    ///
    /// # Errors
    /// No object or array begins here, or too many are open.
    pub fn enter(&mut self) -> Result<(), Malformed> {
        self.open()
    }

    /// The next key of the object gone into, with its colon; the value is next. `None` at the
    /// object's end, which is passed.
    ///
    /// # Errors
    /// Neither a member nor the end of an object stands here.
    pub fn next_key(&mut self) -> Result<Option<Text<'a>>, Malformed> {
        match self.usual_key() {
            Some(key) => Ok(Some(Text::new(key, false))),
            None if self.pass_brace() => Ok(None),
            None => self.key(),
        }
    }

    /// Whether the array gone into has one more element, which is next. At the array's end,
    /// which is passed, `false`.
    ///
    /// # Errors
    /// Neither an element nor the end of an array stands here.
    pub fn next_element(&mut self) -> Result<bool, Malformed> {
        self.element()
    }

    /// The next value, to its end.
    ///
    /// # Errors
    /// The value is not well-formed, or nests too deep.
    pub fn value(&mut self) -> Result<Value<'a>, Malformed> {
        match self.usual_string() {
            Some(raw) => Ok(Value::string(raw, self.offset - raw.len())),
            None => self.value_in_full(),
        }
    }

    /// Passes over what remains of the innermost containers until only `depth` are open.
    ///
    /// # Errors
    /// What remains is not well-formed, or nests too deep.
    pub fn leave(&mut self, depth: u32) -> Result<(), Malformed> {
        while self.depth > depth {
            let more = match self.containers & 1 {
                1 => self.usual_key().is_some() || !self.pass_brace() && self.key()?.is_some(),
                _ => self.usual_element() || self.element()?,
            };
            if more && self.usual_string().is_none() {
                match self.kind()? {
                    ValueKind::Object | ValueKind::Array => self.open()?,
                    ValueKind::String => drop(self.string()?),
                    kind => self.scalar(kind)?,
                }
            }
        }
        Ok(())
    }

    /// Ends the reading: nothing but white space may follow.
    ///
    /// # Errors
    /// Something else follows.
    pub fn finish(mut self) -> Result<(), Malformed> {
        self.skip_white_space();
        match self.bytes.get(self.offset) {
            None => Ok(()),
            Some(_) => Err(self.error(Expected::End)),
        }
    }

    // The forms below are inlined into the loops of this crate, where the time is spent. They take
    // the usual case: no white space, no escapes, ASCII. Any other, errors among them, they leave
    // to the forms that take every case, which begin at the same place.

    /// Whether these bytes stand at an offset.
    #[inline(always)]
    fn stands<const N: usize>(&self, expected: &[u8; N], offset: usize) -> bool {
        self.bytes.get(offset..).and_then(<[u8]>::first_chunk) == Some(expected)
    }

    /// Where the content of the next key begins.
    #[inline(always)]
    fn usual_key_start(&self) -> Option<usize> {
        match self.fresh {
            false => self.stands(b",\"", self.offset).then_some(self.offset + 2),
            true => self.stands(b"\"", self.offset).then_some(self.offset + 1),
        }
    }

    /// The next key, with its colon.
    #[inline(always)]
    pub(crate) fn usual_key(&mut self) -> Option<&'a [u8]> {
        let start = self.usual_key_start()?;
        let end = plain_end(self.bytes, start);
        if !self.stands(b"\":", end) {
            return None;
        }
        self.fresh = false;
        self.offset = end + 2;
        self.bytes.get(start..end)
    }

    /// Passes over the next key if it is this one.
    #[inline(always)]
    pub(crate) fn pass_this_key(&mut self, member: &Member) -> bool {
        let Some(expected) = member.get(self.fresh) else { return false };
        let end = self.offset + expected.len();
        let is_next = self.bytes.get(self.offset..end).is_some_and(|next| is_same(expected, next));
        if is_next {
            self.offset = end;
            self.fresh = false;
        }
        is_next
    }

    /// Passes over the comma before the next element.
    #[inline(always)]
    fn usual_element(&mut self) -> bool {
        let is_next = !self.fresh && self.stands(b",", self.offset);
        self.offset += usize::from(is_next);
        is_next
    }

    /// The string that is next, with its quotes.
    #[inline(always)]
    pub(crate) fn usual_string(&mut self) -> Option<&'a [u8]> {
        if !self.stands(b"\"", self.offset) {
            return None;
        }
        let end = plain_end(self.bytes, self.offset + 1);
        if !self.stands(b"\"", end) {
            return None;
        }
        let string = self.bytes.get(self.offset..end + 1);
        self.offset = end + 1;
        string
    }

    /// Passes over the word that is next.
    #[inline(always)]
    fn usual_word(&mut self) -> bool {
        let length = match self.bytes.get(self.offset..).and_then(<[u8]>::first_chunk) {
            Some(b"null" | b"true") => 4,
            Some(b"fals") if self.stands(b"e", self.offset + 4) => 5,
            _ => return false,
        };
        self.offset += length;
        true
    }

    #[inline(never)]
    pub(crate) fn value_in_full(&mut self) -> Result<Value<'a>, Malformed> {
        let kind = self.kind()?;
        let offset = self.offset;
        let escaped = match kind {
            ValueKind::String => self.string()?.is_escaped(),
            _ => {
                self.pass_in_full()?;
                false
            }
        };
        Ok(Value { kind, raw: self.since(offset), offset, escaped })
    }

    /// Passes over the value that is next.
    #[inline(always)]
    pub(crate) fn pass(&mut self) -> Result<(), Malformed> {
        if self.usual_string().is_some() || self.usual_word() {
            Ok(())
        } else {
            self.pass_in_full()
        }
    }

    #[inline(never)]
    fn pass_in_full(&mut self) -> Result<(), Malformed> {
        match self.kind()? {
            ValueKind::String => self.string().map(drop),
            ValueKind::Object | ValueKind::Array => {
                let outside = self.depth;
                self.open()?;
                self.leave(outside)
            }
            kind => self.scalar(kind),
        }
    }

    /// Passes over the end of the object gone into.
    #[inline(always)]
    pub(crate) fn pass_brace(&mut self) -> bool {
        let ends = self.stands(b"}", self.offset);
        if ends {
            self.close();
        }
        ends
    }

    #[inline(always)]
    pub(crate) fn kind(&mut self) -> Result<ValueKind, Malformed> {
        match self.bytes.get(self.offset).and_then(|byte| ValueKind::of(*byte)) {
            Some(kind) => Ok(kind),
            None => self.kind_behind_white_space(),
        }
    }

    #[inline(never)]
    fn kind_behind_white_space(&mut self) -> Result<ValueKind, Malformed> {
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
        self.fresh = true;
        self.offset += 1;
        Ok(())
    }

    #[inline(always)]
    fn close(&mut self) {
        self.containers >>= 1;
        self.depth = self.depth.saturating_sub(1);
        self.fresh = false;
        self.offset += 1;
    }

    #[inline(never)]
    pub(crate) fn key(&mut self) -> Result<Option<Text<'a>>, Malformed> {
        self.skip_white_space();
        match self.bytes.get(self.offset) {
            Some(b'}') => {
                self.close();
                return Ok(None);
            }
            Some(b'"') if self.fresh => {}
            _ if self.fresh => return Err(self.error(Expected::KeyOrEnd)),
            Some(b',') => {
                self.offset += 1;
                self.skip_white_space();
            }
            _ => return Err(self.error(Expected::CommaOrBrace)),
        }
        if self.bytes.get(self.offset) != Some(&b'"') {
            return Err(self.error(Expected::Key));
        }
        let key = self.string()?;
        self.skip_white_space();
        if self.bytes.get(self.offset) != Some(&b':') {
            return Err(self.error(Expected::Colon));
        }
        self.offset += 1;
        self.fresh = false;
        Ok(Some(key))
    }

    #[inline(never)]
    fn element(&mut self) -> Result<bool, Malformed> {
        self.skip_white_space();
        match self.bytes.get(self.offset) {
            Some(b']') => {
                self.close();
                return Ok(false);
            }
            _ if self.fresh => self.fresh = false,
            Some(b',') => self.offset += 1,
            _ => return Err(self.error(Expected::CommaOrBracket)),
        }
        Ok(true)
    }

    /// The string whose opening quote stands here.
    #[inline(never)]
    fn string(&mut self) -> Result<Text<'a>, Malformed> {
        let start = self.offset + 1;
        let mut offset = start;
        let mut escaped = false;
        loop {
            offset = plain_end(self.bytes, offset);
            offset = match self.bytes.get(offset) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    escape(self.bytes, offset)?
                }
                Some(0x80..) => utf8_sequence(self.bytes, offset)?,
                Some(_) => return Err(malformed(self.bytes, offset, Expected::EscapedControl)),
                None => return Err(malformed(self.bytes, offset, Expected::Quote)),
            };
        }
        self.offset = offset + 1;
        Ok(Text::new(&self.bytes[start..offset], escaped))
    }

    /// Passes over the number, or the word, that begins here.
    #[inline(never)]
    fn scalar(&mut self, kind: ValueKind) -> Result<(), Malformed> {
        if kind == ValueKind::Number {
            self.offset = number(self.bytes, self.offset)?;
            return Ok(());
        }
        if self.usual_word() {
            return Ok(());
        }
        let word: &[u8] = match self.bytes.get(self.offset) {
            Some(b't') => b"true",
            Some(b'f') => b"false",
            _ => b"null",
        };
        for expected in word {
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
