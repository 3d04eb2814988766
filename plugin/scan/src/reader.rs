//! The pull reader: one forward pass, in the caller's steps.

use crate::bytes::{escape, malformed, number, plain_run, skip_white_space, utf8_sequence};
use crate::{Expected, Kind, Malformed, Text, Value};

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
    at: usize,
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
        Reader { bytes, at: 0, containers: 0, depth: 0, fresh: false }
    }

    /// Offset of the next byte to be read.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The bytes from offset `at` to the next byte to be read; none where `at` is behind it.
    #[must_use]
    pub fn since(&self, at: usize) -> &'a [u8] {
        self.bytes.get(at..self.at).unwrap_or_default()
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
    pub fn peek(&mut self) -> Result<Kind, Malformed> {
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
        self.key()
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
        let kind = self.kind()?;
        let at = self.at;
        let escaped = match kind {
            Kind::String => self.string()?.is_escaped(),
            Kind::Object | Kind::Array => {
                let outside = self.depth;
                self.open()?;
                self.leave(outside)?;
                false
            }
            _ => {
                self.scalar(kind)?;
                false
            }
        };
        Ok(Value { kind, raw: &self.bytes[at..self.at], at, escaped })
    }

    /// Passes over what remains of the innermost containers until only `depth` are open.
    ///
    /// # Errors
    /// What remains is not well-formed, or nests too deep.
    pub fn leave(&mut self, depth: u32) -> Result<(), Malformed> {
        while self.depth > depth {
            let more = match self.containers & 1 {
                1 => self.key()?.is_some(),
                _ => self.element()?,
            };
            if more {
                match self.kind()? {
                    Kind::Object | Kind::Array => self.open()?,
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
        self.at = skip_white_space(self.bytes, self.at);
        match self.bytes.get(self.at) {
            None => Ok(()),
            Some(_) => Err(self.error(Expected::End)),
        }
    }

    // The forms below are inlined into the loops of this crate, where the time is spent.

    #[inline(always)]
    pub(crate) fn kind(&mut self) -> Result<Kind, Malformed> {
        self.at = skip_white_space(self.bytes, self.at);
        match self.bytes.get(self.at) {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(self.error(Expected::Value)),
        }
    }

    #[inline(always)]
    pub(crate) fn open(&mut self) -> Result<(), Malformed> {
        let object = match self.kind()? {
            Kind::Object => 1,
            Kind::Array => 0,
            _ => return Err(self.error(Expected::Value)),
        };
        if self.depth == MAX_DEPTH {
            return Err(self.error(Expected::Shallower));
        }
        self.containers = self.containers << 1 | object;
        self.depth += 1;
        self.fresh = true;
        self.at += 1;
        Ok(())
    }

    #[inline(always)]
    pub(crate) fn key(&mut self) -> Result<Option<Text<'a>>, Malformed> {
        self.at = skip_white_space(self.bytes, self.at);
        match self.bytes.get(self.at) {
            Some(b'}') => {
                self.close();
                return Ok(None);
            }
            Some(b'"') if self.fresh => {}
            _ if self.fresh => return Err(self.error(Expected::KeyOrEnd)),
            Some(b',') => self.at = skip_white_space(self.bytes, self.at + 1),
            _ => return Err(self.error(Expected::CommaOrBrace)),
        }
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(self.error(Expected::Key));
        }
        let key = self.string()?;
        self.at = skip_white_space(self.bytes, self.at);
        if self.bytes.get(self.at) != Some(&b':') {
            return Err(self.error(Expected::Colon));
        }
        self.at += 1;
        self.fresh = false;
        Ok(Some(key))
    }

    #[inline(always)]
    pub(crate) fn element(&mut self) -> Result<bool, Malformed> {
        self.at = skip_white_space(self.bytes, self.at);
        match self.bytes.get(self.at) {
            Some(b']') => {
                self.close();
                return Ok(false);
            }
            _ if self.fresh => self.fresh = false,
            Some(b',') => self.at += 1,
            _ => return Err(self.error(Expected::CommaOrBracket)),
        }
        Ok(true)
    }

    #[inline(always)]
    fn close(&mut self) {
        self.containers >>= 1;
        self.depth = self.depth.saturating_sub(1);
        self.fresh = false;
        self.at += 1;
    }

    #[inline(always)]
    fn scalar(&mut self, kind: Kind) -> Result<(), Malformed> {
        match kind {
            Kind::String => self.string().map(drop),
            Kind::Number => {
                self.at = number(self.bytes, self.at)?;
                Ok(())
            }
            _ => self.literal(),
        }
    }

    /// The string whose opening quote stands here.
    #[inline(always)]
    fn string(&mut self) -> Result<Text<'a>, Malformed> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at = plain_run(self.bytes, at);
            at = match self.bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    escape(self.bytes, at)?
                }
                Some(0x80..) => utf8_sequence(self.bytes, at)?,
                Some(_) => return Err(malformed(self.bytes, at, Expected::EscapedControl)),
                None => return Err(malformed(self.bytes, at, Expected::Quote)),
            };
        }
        self.at = at + 1;
        Ok(Text::new(&self.bytes[start..at], escaped))
    }

    fn literal(&mut self) -> Result<(), Malformed> {
        let word: &[u8] = match self.bytes[self.at] {
            b't' => b"true",
            b'f' => b"false",
            _ => b"null",
        };
        for expected in word {
            if self.bytes.get(self.at) != Some(expected) {
                return Err(self.error(Expected::Literal));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn error(&self, expected: Expected) -> Malformed {
        malformed(self.bytes, self.at, expected)
    }
}
