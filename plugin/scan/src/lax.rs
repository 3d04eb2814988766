//! A reader for the start of a text that finds the ends of values without validating them.

use crate::byte_masks::ByteMasks;
use crate::bytes::{bytes_equal, plain_end};
use crate::chunk::{CHUNK_BYTES, MASK_BITS, masks};
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
/// let mut reader = LaxReader::new(br#"{"user":{"name":"}"},"event":"ConsoleLogin","more":[]}"#);
/// reader.skip_literal(br#"{"user":"#).unwrap();
/// assert_eq!(reader.object().unwrap(), br#"{"name":"}"}"#);
/// reader.skip_literal(br#","event":"#).unwrap();
/// assert!(reader.string().unwrap().text().unwrap() == "ConsoleLogin");
/// assert!(reader.string().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct LaxReader<'a> {
    bytes: &'a [u8],
    offset: usize,
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
        let end = self.offset + expected.len();
        let next = self.bytes.get(self.offset..end)?;
        bytes_equal(expected, next).then(|| self.offset = end)
    }

    /// Reads the string that comes next. Returns `None` if none does, or if it contains escapes or
    /// bytes outside of ASCII.
    #[inline(always)]
    pub fn string(&mut self) -> Option<Value<'a>> {
        let start = self.offset;
        if self.bytes.get(start) != Some(&b'"') {
            return None;
        }
        let end = plain_end(self.bytes, start + 1);
        if self.bytes.get(end) != Some(&b'"') {
            return None;
        }
        self.offset = end + 1;
        Some(Value::string(self.bytes.get(start..self.offset)?, start))
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
            self.offset = plain_end(self.bytes, self.offset);
            match self.bytes.get(self.offset)? {
                b'"' => break,
                b'\\' => self.offset += 2,
                _ => self.offset += 1,
            }
        }
        self.skip_literal(b"\"")
    }

    /// The bytes of the object that comes next, up to its matching brace. Returns `None` if no
    /// object comes next or it does not end.
    #[inline(always)]
    pub fn object(&mut self) -> Option<&'a [u8]> {
        let start = self.offset;
        self.skip_literal(b"{")?;
        self.offset = object_end(self.bytes, self.offset)?;
        self.bytes.get(start..self.offset)
    }
}

/// The end of the object whose content starts at `offset`: the offset after its matching brace.
/// Braces inside strings don't count.
fn object_end(bytes: &[u8], mut offset: usize) -> Option<usize> {
    let mut state = State { open_objects: 1, in_string: false };
    while let Some(chunk) = bytes.get(offset..).and_then(<[u8]>::first_chunk::<CHUNK_BYTES>) {
        let ByteMasks { quotes, mut structural } = masks(chunk);
        let at_chunk = state;
        offset += CHUNK_BYTES;
        while structural != 0 {
            let before = (structural - 1) & !structural;
            let index = (structural.trailing_zeros() / MASK_BITS) as usize % CHUNK_BYTES;
            if chunk[index] == b'\\' {
                (state, offset) = at_chunk.scan_bytes(bytes, offset - CHUNK_BYTES, offset)?;
                if state.open_objects == 0 {
                    return Some(offset);
                }
                break;
            }
            if state.ends_at(chunk[index], quotes & before) {
                return Some(offset - CHUNK_BYTES + index + 1);
            }
            structural &= structural - 1;
        }
        if structural == 0 {
            state.add_quotes(quotes);
        }
    }
    let (state, end) = state.scan_bytes(bytes, offset, bytes.len())?;
    (state.open_objects == 0).then_some(end)
}

/// The state between two bytes.
#[derive(Clone, Copy)]
struct State {
    open_objects: u32,
    in_string: bool,
}

impl State {
    /// Scans byte by byte from `offset` to `until`, and one byte further if the last one escapes
    /// it, or to the end of the object. Returns the state and the offset reached.
    #[cold]
    fn scan_bytes(
        mut self,
        bytes: &[u8],
        mut offset: usize,
        until: usize,
    ) -> Option<(Self, usize)> {
        while offset < until && self.open_objects > 0 {
            match *bytes.get(offset)? {
                b'\\' => offset += 1,
                b'"' => self.add_quotes(1),
                byte => drop(self.ends_at(byte, 0)),
            }
            offset += 1;
        }
        Some((self, offset))
    }

    /// Counts quotes: each starts or ends a string.
    fn add_quotes(&mut self, quotes: u64) {
        self.in_string ^= is_odd(quotes);
    }

    /// Counts a byte that may be a brace. `quotes` are the quotes of the chunk before it. Returns
    /// whether the object ends here.
    #[inline(always)]
    fn ends_at(&mut self, byte: u8, quotes: u64) -> bool {
        if self.in_string ^ is_odd(quotes) {
            return false;
        }
        match byte {
            b'{' => self.open_objects += 1,
            b'}' => self.open_objects -= 1,
            _ => return false,
        }
        self.open_objects == 0
    }
}

/// Whether the number of set bits is odd.
#[inline(always)]
fn is_odd(bits: u64) -> bool {
    bits.count_ones() & 1 == 1
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::object_end;

    /// The definition of `object_end`, one byte at a time.
    fn naive(bytes: &[u8]) -> Option<usize> {
        let (mut objects, mut in_string, mut escaped) = (1, false, false);
        for (index, byte) in bytes.iter().enumerate() {
            if escaped {
                escaped = false;
                continue;
            }
            match byte {
                b'\\' => escaped = true,
                b'"' => in_string = !in_string,
                b'{' if !in_string => objects += 1,
                b'}' if !in_string => objects -= 1,
                _ => {}
            }
            if objects == 0 {
                return Some(index + 1);
            }
        }
        None
    }

    #[test]
    fn object_end_agrees_with_the_naive_loop() {
        let mut random = Rng::with_seed(7);
        let cases = if cfg!(miri) { 500 } else { 500_000 };
        let mut found = 0;
        for _ in 0..cases {
            // Few special bytes, so that objects are long.
            let rare = random.u8(1..40);
            let byte = |random: &mut Rng| match random.u8(..rare) {
                0 => b"{}\"\"{}\"\"y\x7f\x80\xff[]\\\\"[random.usize(..16)],
                _ => b'a',
            };
            let bytes: Vec<u8> = (0..random.usize(..200)).map(|_| byte(&mut random)).collect();
            let end = naive(&bytes);
            assert_eq!(object_end(&bytes, 0), end, "{}", bytes.escape_ascii());
            found += usize::from(end.is_some());
        }
        assert!(found > cases / 10, "{found} of {cases} end");
    }
}
