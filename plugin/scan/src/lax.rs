//! The start of a text, skimmed: what is passed is searched for its end alone.

use crate::bytes::{is_same, plain_end};
use crate::{BITS, Marks, STEP, Value, marks};

/// Skims a text from its start, for as long as it is what the caller expects, without white space.
/// It tells nothing of the bytes that it passes: they need not be well-formed.
///
/// ```
/// use sekisho_scan::LaxReader;
///
/// let mut lax = LaxReader::new(br#"{"who":{"name":"}"},"event":"ConsoleLogin","more":[]}"#);
/// lax.skip_literal(br#"{"who":"#).unwrap();
/// assert_eq!(lax.object().unwrap(), br#"{"name":"}"}"#);
/// lax.skip_literal(br#","event":"#).unwrap();
/// assert!(lax.string().unwrap().text().unwrap() == "ConsoleLogin");
/// assert!(lax.string().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct LaxReader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> LaxReader<'a> {
    /// Skims from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        LaxReader { bytes, offset: 0 }
    }

    /// Passes these bytes; `None` unless they are next.
    #[inline(always)]
    pub fn skip_literal(&mut self, expected: &[u8]) -> Option<()> {
        let end = self.offset + expected.len();
        let next = self.bytes.get(self.offset..end)?;
        is_same(expected, next).then(|| self.offset = end)
    }

    /// The string that is next; `None` unless one is, of ASCII and without escapes.
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

    /// Passes the string that is next, whatever is in it; `None` unless one is.
    #[inline(always)]
    pub fn skip_string(&mut self) -> Option<()> {
        if self.string().is_some() { Some(()) } else { self.skip_any_string() }
    }

    #[cold]
    fn skip_any_string(&mut self) -> Option<()> {
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

    /// The bytes of the object that is next, found by its braces; `None` unless one is.
    #[inline(always)]
    pub fn object(&mut self) -> Option<&'a [u8]> {
        let start = self.offset;
        self.skip_literal(b"{")?;
        self.offset = object_end(self.bytes, self.offset)?;
        self.bytes.get(start..self.offset)
    }
}

/// The end of the object of which everything before `at` was read: where as many braces were closed
/// as were opened, those in strings aside.
fn object_end(bytes: &[u8], mut offset: usize) -> Option<usize> {
    let mut open = Open { objects: 1, string: false };
    while let Some(chunk) = bytes.get(offset..).and_then(<[u8]>::first_chunk::<STEP>) {
        let Marks { quotes, mut stops } = marks(chunk);
        let at_chunk = open;
        offset += STEP;
        while stops != 0 {
            let before = (stops - 1) & !stops;
            let place = (stops.trailing_zeros() / BITS) as usize % STEP;
            if chunk[place] == b'\\' {
                (open, offset) = at_chunk.scan_bytes(bytes, offset - STEP, offset)?;
                if open.objects == 0 {
                    return Some(offset);
                }
                break;
            }
            if open.ends(chunk[place], quotes & before) {
                return Some(offset - STEP + place + 1);
            }
            stops &= stops - 1;
        }
        if stops == 0 {
            open.pass(quotes);
        }
    }
    let (open, end) = open.scan_bytes(bytes, offset, bytes.len())?;
    (open.objects == 0).then_some(end)
}

/// What is open at a place.
#[derive(Clone, Copy)]
struct Open {
    objects: u32,
    /// Whether a string is.
    string: bool,
}

impl Open {
    /// What is open behind the bytes from `at` to `until` and what is escaped by the last of them,
    /// and where that is; or where the object ends.
    #[cold]
    fn scan_bytes(
        mut self,
        bytes: &[u8],
        mut offset: usize,
        until: usize,
    ) -> Option<(Self, usize)> {
        while offset < until && self.objects > 0 {
            match *bytes.get(offset)? {
                b'\\' => offset += 1,
                b'"' => self.pass(1),
                byte => drop(self.ends(byte, 0)),
            }
            offset += 1;
        }
        Some((self, offset))
    }

    /// Counts quotes: each opens a string or closes it.
    fn pass(&mut self, quotes: u64) {
        self.string ^= is_odd(quotes);
    }

    /// Counts a byte that may be a brace, behind these quotes, and says whether it ends the object.
    #[inline(always)]
    fn ends(&mut self, byte: u8, quotes: u64) -> bool {
        if self.string ^ is_odd(quotes) {
            return false;
        }
        match byte {
            b'{' => self.objects += 1,
            b'}' => self.objects -= 1,
            _ => return false,
        }
        self.objects == 0
    }
}

/// Whether the number of bits is odd.
#[inline(always)]
fn is_odd(bits: u64) -> bool {
    bits.count_ones() & 1 == 1
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::object_end;

    /// What the end of an object is, one byte at a time.
    fn naive(bytes: &[u8]) -> Option<usize> {
        let (mut objects, mut in_string, mut escaped) = (1, false, false);
        for (place, byte) in bytes.iter().enumerate() {
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
                return Some(place + 1);
            }
        }
        None
    }

    #[test]
    fn objects_end_where_the_naive_loop_ends_them() {
        let mut random = Rng::with_seed(7);
        let cases = if cfg!(miri) { 500 } else { 500_000 };
        let mut found = 0;
        for _ in 0..cases {
            // Few of them, so that objects are long.
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
