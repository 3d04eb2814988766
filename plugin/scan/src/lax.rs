//! A reader for the start of a text that finds the ends of values without validating them.

use crate::bytes::{plain_end, skip_white_space, starts_with};
use crate::search::find;
use crate::value::Value;

/// Reads the start of a compact JSON text whose shape the caller expects.
///
/// Each method returns `None` if something else than the expected comes next; then use a
/// [`Reader`](crate::Reader) instead. A `LaxReader` only looks for the ends of values: what it
/// skips may be malformed. It does not skip white space.
///
/// ```
/// use sekisho_scan::LaxReader;
///
/// let mut reader = LaxReader::new(br#"{"user":"anaya","event":"ConsoleLogin","more":[]}"#);
/// reader.skip_literal(br#"{"user":"#).unwrap();
/// reader.skip_string().unwrap();
/// reader.skip_literal(br#","event":"#).unwrap();
/// assert!(reader.string().unwrap().text().unwrap() == "ConsoleLogin");
/// assert!(reader.string().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct LaxReader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// A call, since it is needed in many places, and once or twice for a record.
#[inline(never)]
fn plain_end_of(bytes: &[u8], offset: usize) -> usize {
    plain_end(bytes, offset)
}

impl<'a> LaxReader<'a> {
    /// Creates a reader at the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        LaxReader { bytes, offset: 0 }
    }

    /// Skips these bytes, or returns `None` if they don't come next.
    #[inline(always)]
    pub fn skip_literal(&mut self, expected: &[u8]) -> Option<()> {
        starts_with(self.bytes.get(self.offset..)?, expected).then(|| self.offset += expected.len())
    }

    /// Skips everything to the first occurrence of `word`, and `word`. Returns `None` if it does not
    /// occur. The byte at `rare` is one of `word` that is rare in other places, neither the first nor
    /// the last.
    ///
    /// ```
    /// let mut reader = sekisho_scan::LaxReader::new(br#"{"user":{"name":"}"},"event" : "x"}"#);
    /// reader.skip_past(b"\"event\"", 2).unwrap();
    /// reader.skip_colon().unwrap();
    /// assert!(reader.string().unwrap().text().unwrap() == "x");
    /// ```
    #[inline(never)]
    pub fn skip_past(&mut self, word: &[u8], rare: usize) -> Option<()> {
        self.offset = find(self.bytes, self.offset, word, rare)? + word.len();
        Some(())
    }

    /// Skips a colon and the white space around it, or returns `None` if none comes next.
    #[inline(always)]
    pub fn skip_colon(&mut self) -> Option<()> {
        self.offset = skip_white_space(self.bytes, self.offset);
        self.skip_literal(b":")?;
        self.offset = skip_white_space(self.bytes, self.offset);
        Some(())
    }

    /// The offset of the next byte.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Reads the string that comes next. Returns `None` if none does, or if it contains escapes or
    /// bytes outside of ASCII.
    #[inline(always)]
    pub fn string(&mut self) -> Option<Value<'a>> {
        let start = self.offset;
        if self.bytes.get(start) != Some(&b'"') {
            return None;
        }
        let end = plain_end_of(self.bytes, start + 1);
        if self.bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.offset = end + 1;
        Some(Value::string(self.bytes.get(start..self.offset)?, start))
    }

    /// The plain bytes that come next, of a string without escapes all of it.
    ///
    /// ```
    /// let mut reader = sekisho_scan::LaxReader::new(br#"ConsoleLogin\",\""#);
    /// assert_eq!(reader.plain(), b"ConsoleLogin");
    /// assert!(reader.skip_literal(br#"\","#).is_some());
    /// ```
    #[inline]
    pub fn plain(&mut self) -> &'a [u8] {
        let start = self.offset;
        self.offset = plain_end_of(self.bytes, start);
        self.bytes.get(start..self.offset).unwrap_or_default()
    }

    /// Skips the string that comes next, whatever it contains. Returns `None` if none does.
    #[inline(always)]
    pub fn skip_string(&mut self) -> Option<()> {
        if self.string().is_some() { Some(()) } else { self.slow_skip_string() }
    }

    #[cold]
    fn slow_skip_string(&mut self) -> Option<()> {
        self.skip_literal(b"\"")?;
        loop {
            self.offset = plain_end_of(self.bytes, self.offset);
            match self.bytes.get(self.offset)? {
                b'"' => break,
                b'\\' => self.offset += 2,
                _ => self.offset += 1,
            }
        }
        self.skip_literal(b"\"")
    }
}
