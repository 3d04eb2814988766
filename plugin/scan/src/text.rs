//! Strings that compare through their escapes.

use core::fmt::{self, Write as _};

use crate::bytes::{bytes_equal, find_byte, starts_with as bytes_start_with};
use crate::decode::decode_content;
use crate::escape::decode_escape;

/// The content of a JSON string, borrowed from the input with its escapes.
///
/// Comparisons decode escapes on the fly, without allocating: with `==` a text equals another text
/// or a `&str` that has the same characters, however they are written. A text is always
/// well-formed; only the scanner creates one.
///
/// ```
/// use sekisho_scan::Reader;
///
/// let value = Reader::new(br#""caf\u00e9 \"au lait\"""#).value()?;
/// let text = value.text().unwrap();
/// assert!(text == "café \"au lait\"");
/// assert!(text.starts_with("café"));
/// assert_eq!(text.raw(), br#"caf\u00e9 \"au lait\""#);
/// assert_eq!(text.to_string(), "café \"au lait\"");
/// # Ok::<(), sekisho_scan::Malformed>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    raw: &'a [u8],
    /// Whether it contains a backslash. Most texts don't, and compare byte by byte.
    escaped: bool,
}

impl<'a> Text<'a> {
    #[inline]
    pub(crate) fn new(raw: &'a [u8], escaped: bool) -> Self {
        Text { raw, escaped }
    }

    /// The bytes between the quotes, with escapes as in the input.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether it is the empty string.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Whether it contains escapes, so that [`raw`](Text::raw) differs from the decoded text.
    #[inline]
    #[must_use]
    pub fn is_escaped(&self) -> bool {
        self.escaped
    }

    /// The characters, with escapes decoded. A surrogate without its partner becomes U+FFFD.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'a> {
        Chars { rest: self.raw }
    }

    /// Whether it equals `other`, ignoring the case of ASCII letters.
    #[must_use]
    pub fn eq_ignore_ascii_case(&self, other: &str) -> bool {
        if !self.escaped {
            let other = other.as_bytes();
            return bytes_equal(self.raw, other) || equal_in_another_case(self.raw, other);
        }
        let lower = |c: char| c.to_ascii_lowercase();
        self.chars().map(lower).eq(other.chars().map(lower))
    }

    /// Whether it starts with `prefix`.
    #[must_use]
    pub fn starts_with(&self, prefix: &str) -> bool {
        if !self.escaped {
            return bytes_start_with(self.raw, prefix.as_bytes());
        }
        starts_with(self.chars(), prefix)
    }

    /// Whether it contains `part`.
    ///
    /// # Panics
    /// Panics if `part` is empty.
    #[must_use]
    pub fn contains(&self, part: &str) -> bool {
        if !self.escaped {
            return contains(self.raw, part.as_bytes());
        }
        let mut rest = self.chars();
        loop {
            if starts_with(rest.clone(), part) {
                return true;
            }
            if rest.next().is_none() {
                return false;
            }
        }
    }

    #[cold]
    fn eq_decoded(&self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }

    /// Writes the decoded text to the start of `decoded`, and returns its length. `None` if `decoded` is
    /// shorter than [`raw`](Text::raw), which is never shorter than the decoded text.
    ///
    /// ```
    /// use sekisho_scan::Reader;
    ///
    /// let value = Reader::new(br#""{\"a\":\"\u00e9\"}""#).value()?;
    /// let mut decoded = [0; 40];
    /// let length = value.text().unwrap().decode(&mut decoded).unwrap();
    /// assert_eq!(decoded[..length], *r#"{"a":"é"}"#.as_bytes());
    /// # Ok::<(), sekisho_scan::Malformed>(())
    /// ```
    #[must_use]
    pub fn decode(&self, decoded: &mut [u8]) -> Option<usize> {
        decode_content(self.raw, decoded.get_mut(..self.raw.len())?)
    }

    /// Decodes escapes and passes the decoded bytes to `sink`, piece by piece. Together the pieces
    /// are valid UTF-8.
    pub fn unescape(&self, sink: &mut dyn FnMut(&[u8])) {
        let mut rest = self.raw;
        loop {
            let (plain, escaped) = rest.split_at(find_byte(rest, b'\\').unwrap_or(rest.len()));
            sink(plain);
            if escaped.is_empty() {
                return;
            }
            let (character, length) = decode_escape(escaped);
            sink(character.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &escaped[length..];
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        bytes_equal(self.raw, other.raw) || self.chars().eq(other.chars())
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    // Not inlined: the tables compare in many places.
    #[inline(never)]
    fn eq(&self, other: &str) -> bool {
        match self.escaped {
            false => bytes_equal(self.raw, other.as_bytes()),
            true => self.eq_decoded(other),
        }
    }
}

impl PartialEq<&str> for Text<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Writes the decoded characters.
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars().try_for_each(|character| f.write_char(character))
    }
}

/// A loop, since texts are short, and most that differ have another length or another first letter.
fn equal_in_another_case(text: &[u8], other: &[u8]) -> bool {
    let mut pairs = text.iter().zip(other);
    text.len() == other.len() && pairs.all(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    let Some(last_start) = text.len().checked_sub(part.len()) else { return false };
    let mut start = 0;
    while let Some(starts) = text.get(start..=last_start)
        && let Some(distance) = find_byte(starts, part[0])
    {
        start += distance;
        if text[start..].starts_with(part) {
            return true;
        }
        start += 1;
    }
    false
}

fn starts_with(mut text: impl Iterator<Item = char>, prefix: &str) -> bool {
    prefix.chars().all(|character| text.next() == Some(character))
}

#[derive(Clone)]
struct Chars<'a> {
    rest: &'a [u8],
}

impl Iterator for Chars<'_> {
    type Item = char;

    // Not inlined: few texts have escapes, and there are many loops over characters.
    #[inline(never)]
    fn next(&mut self) -> Option<char> {
        let first = *self.rest.first()?;
        let (character, length) = match first {
            b'\\' => decode_escape(self.rest),
            0..=0x7f => (char::from(first), 1),
            _ => decode_utf8(self.rest),
        };
        self.rest = &self.rest[length..];
        Some(character)
    }
}

/// Decodes the non-ASCII character at the start of well-formed UTF-8. Returns the character and its
/// length in bytes.
fn decode_utf8(bytes: &[u8]) -> (char, usize) {
    let (length, lead_bits) = match bytes[0] {
        0xf0.. => (4, 0x07),
        0xe0.. => (3, 0x0f),
        _ => (2, 0x1f),
    };
    let lead = u32::from(bytes[0] & lead_bits);
    let scalar =
        bytes[1..length].iter().fold(lead, |scalar, byte| scalar << 6 | u32::from(byte & 0x3f));
    (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), length)
}
