//! The lexical structure of one JSON value, resumable at any byte.
//!
//! The lexer knows strings, nesting and which token may stand beside which: enough to find where a
//! value ends, and to notice soon where a damaged one cannot go on. Whatever it stops at is not
//! JSON; not everything that is not JSON stops it.

use memchr::memchr3;

/// Far above what the module accepts, so that it is the module that refuses deep records; here the
/// limit only keeps the memory for a hostile file flat.
const DEPTH_MAX: usize = 1024;

/// Of a longer key only so much is kept: no key that matters is longer.
const KEY_BYTES_MAX: usize = 64;

/// The arrays that hold records: of CloudTrail's files, of `aws cloudtrail lookup-events`, and of
/// CloudWatch Logs.
const ARRAY_KEYS: [&[u8]; 3] = [b"Records", b"Events", b"logEvents"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Open {
    Object,
    Array,
}

/// The token before the one that is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Last {
    Nothing,
    Opening,
    Comma,
    Colon,
    Scalar,
    /// A string, or an object or array that was closed.
    Closed,
}

/// What shows that a text is not JSON.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotJson {
    /// A string contains a line break.
    #[error("not JSON: a line break in a string")]
    LineBreakInString,
    /// A token that cannot stand where it does.
    #[error("not JSON: {} is out of place", shown(*.byte))]
    Misplaced {
        /// Its first byte.
        byte: u8,
    },
    /// Objects and arrays nested beyond every limit.
    #[error("nested deeper than {DEPTH_MAX} objects and arrays")]
    TooDeep,
}

fn shown(byte: u8) -> String {
    match byte.is_ascii_graphic() {
        true => format!("`{}`", char::from(byte)),
        false => format!("byte 0x{byte:02x}"),
    }
}

/// Why [`Lexer::advance`] stopped where it did.
#[derive(Debug)]
pub(super) enum Stop {
    /// There are no more bytes, and the value is still open.
    More,
    /// The value is complete.
    Closed,
    /// The next byte cannot stand where it does.
    Broken(NotJson),
    /// The next byte begins the first element of an array of records.
    Elements,
}

/// What is known of a value after some of its bytes.
#[derive(Debug)]
pub(super) struct Lexer {
    open: Vec<Open>,
    last: Last,
    in_string: bool,
    escaped: bool,
    in_key: bool,
    /// The newest key of the outermost object, as written, without its quotes.
    key: Vec<u8>,
    first_key: Vec<u8>,
    finds_arrays: bool,
    line_break: bool,
}

impl Lexer {
    pub(super) fn new() -> Self {
        Self {
            open: Vec::new(),
            last: Last::Nothing,
            in_string: false,
            escaped: false,
            in_key: false,
            key: Vec::new(),
            first_key: Vec::new(),
            finds_arrays: false,
            line_break: false,
        }
    }

    /// Begins an object, array or string. `finds_arrays` makes it stop at arrays of records.
    pub(super) fn begin(&mut self, finds_arrays: bool) {
        self.open.clear();
        self.last = Last::Nothing;
        self.in_string = false;
        self.escaped = false;
        self.in_key = false;
        self.key.clear();
        self.first_key.clear();
        self.finds_arrays = finds_arrays;
        self.line_break = false;
    }

    /// Goes on in an object behind one of its arrays of records.
    pub(super) fn resume_object(&mut self) {
        self.begin(true);
        self.open.push(Open::Object);
        self.last = Last::Closed;
    }

    /// From here on an array of records is an array like any other.
    pub(super) fn ignore_arrays(&mut self) {
        self.finds_arrays = false;
    }

    /// Whether there was a line break in the value.
    pub(super) fn has_line_break(&self) -> bool {
        self.line_break
    }

    /// The first key of the value, as written; empty if it has none.
    pub(super) fn first_key(&self) -> &[u8] {
        &self.first_key
    }

    /// Reads on in the value: how many of these bytes were read, and why not more.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> (usize, Stop) {
        let mut at = 0;
        loop {
            if self.in_string {
                at += self.string(&bytes[at..]);
                if self.in_string && at < bytes.len() {
                    return (at, Stop::Broken(NotJson::LineBreakInString));
                }
                if !self.in_string && self.open.is_empty() {
                    return (at, Stop::Closed);
                }
            }
            let Some(&byte) = bytes.get(at) else {
                return (at, Stop::More);
            };
            if let Err(stop) = self.token(byte) {
                return (at, stop);
            }
            at += 1;
            if matches!(byte, b'}' | b']') && self.open.is_empty() {
                return (at, Stop::Closed);
            }
        }
    }

    /// Takes one byte outside of strings, or says why not.
    #[inline]
    fn token(&mut self, byte: u8) -> Result<(), Stop> {
        match byte {
            b' ' | b'\t' | b'\r' => return Ok(()),
            b'\n' => {
                self.line_break = true;
                return Ok(());
            }
            b'"' if !matches!(self.last, Last::Scalar | Last::Closed) => {
                self.begin_string();
                return Ok(());
            }
            b',' => self.last = Last::Comma,
            b':' => self.last = Last::Colon,
            b'{' if self.value_may_begin() => {
                if self.at_first_element() {
                    return Err(Stop::Elements);
                }
                self.open(Open::Object)?;
            }
            b'[' if self.value_may_begin() => self.open(Open::Array)?,
            b'}' if self.open.last() == Some(&Open::Object) => self.close(),
            b']' if self.open.last() == Some(&Open::Array) => self.close(),
            b'"' | b'{' | b'[' | b'}' | b']' => {
                return Err(Stop::Broken(NotJson::Misplaced { byte }));
            }
            _ if self.last == Last::Closed => {
                return Err(Stop::Broken(NotJson::Misplaced { byte }));
            }
            _ => self.last = Last::Scalar,
        }
        Ok(())
    }

    fn value_may_begin(&self) -> bool {
        match self.last {
            Last::Nothing | Last::Colon => true,
            Last::Opening | Last::Comma => self.open.last() == Some(&Open::Array),
            Last::Scalar | Last::Closed => false,
        }
    }

    fn at_first_element(&self) -> bool {
        self.finds_arrays
            && self.last == Last::Opening
            && self.open == [Open::Object, Open::Array]
            && ARRAY_KEYS.contains(&self.key.as_slice())
    }

    fn open(&mut self, open: Open) -> Result<(), Stop> {
        if self.open.len() == DEPTH_MAX {
            return Err(Stop::Broken(NotJson::TooDeep));
        }
        self.open.push(open);
        self.last = Last::Opening;
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
        self.last = Last::Closed;
    }

    fn begin_string(&mut self) {
        self.in_string = true;
        self.in_key = self.open == [Open::Object] && self.last != Last::Colon;
        if self.in_key {
            self.key.clear();
        }
    }

    /// Reads to the end of the string, or as far as it goes: to a line break, which no string of
    /// JSON has, or to the end of the bytes. `in_string` tells afterwards whether it ended.
    #[inline]
    fn string(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        if self.escaped {
            match bytes.first() {
                None | Some(b'\n') => return 0,
                Some(_) => at = 1,
            }
            self.escaped = false;
        }
        while let Some(length) = memchr3(b'"', b'\\', b'\n', &bytes[at..]) {
            self.keep_key(&bytes[at..at + length]);
            at += length;
            match bytes[at] {
                b'"' => {
                    self.end_string();
                    return at + 1;
                }
                b'\\' => {
                    self.keep_key(b"\\");
                    if matches!(bytes.get(at + 1), None | Some(b'\n')) {
                        self.escaped = true;
                        return at + 1;
                    }
                    at += 2;
                }
                _ => return at,
            }
        }
        self.keep_key(&bytes[at..]);
        bytes.len()
    }

    fn end_string(&mut self) {
        self.in_string = false;
        if self.in_key && self.last == Last::Opening {
            self.first_key.clone_from(&self.key);
        }
        self.last = Last::Closed;
    }

    fn keep_key(&mut self, bytes: &[u8]) {
        if self.in_key {
            let room = KEY_BYTES_MAX - self.key.len();
            self.key.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}
