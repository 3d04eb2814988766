//! A lexer that finds the end of one JSON value and can be resumed at any byte.
//!
//! It checks strings, nesting and most sequences of tokens. That is enough to find where a value
//! ends, and to report most damage near the byte that causes it. It rejects invalid JSON only, but
//! does not reject all of it.

use memchr::memchr3;

/// Far above the limit of the module, so that the module reports records that are too deep. This
/// limit only bounds the memory that a hostile file can take.
const MAX_DEPTH: usize = 1024;

/// Longer keys are cut off here; no key in [`ARRAY_KEYS`] is longer.
const MAX_KEY_BYTES: usize = 64;

/// The keys of arrays of records: in CloudTrail's files, in the output of `aws cloudtrail
/// lookup-events`, and in CloudWatch Logs.
const ARRAY_KEYS: [&[u8]; 3] = [b"Records", b"Events", b"logEvents"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Nesting {
    Object,
    Array,
}

/// The token before the current one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Previous {
    Nothing,
    Opening,
    Comma,
    Colon,
    Scalar,
    /// A string, or the end of an object or array.
    Closed,
}

/// Why a byte cannot be JSON at its position.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyntaxError {
    /// A line break inside a string.
    #[error("not JSON: expected the end of a string, found a line break")]
    LineBreakInString,
    /// A token that cannot follow the one before it.
    #[error("not JSON: unexpected {}", display(*.byte))]
    UnexpectedByte {
        /// The first byte of the token.
        byte: u8,
    },
    /// More than 1024 nested objects and arrays.
    #[error("nested deeper than {MAX_DEPTH} objects and arrays")]
    TooDeep,
}

fn display(byte: u8) -> String {
    match byte.is_ascii_graphic() {
        true => format!("`{}`", char::from(byte)),
        false => format!("byte 0x{byte:02x}"),
    }
}

/// Why [`Lexer::advance`] returned.
#[derive(Debug)]
pub(super) enum Stop {
    /// All bytes were read, and the value is not complete.
    NeedsMore,
    /// The value is complete.
    Complete,
    /// The next byte cannot be JSON here.
    Error(SyntaxError),
    /// The next byte begins the first element of an array of records.
    Elements,
}

/// The state of reading one value.
#[derive(Clone, Debug)]
pub(super) struct Lexer {
    open: Vec<Nesting>,
    /// What encloses the array of records that was entered.
    outer: Vec<Nesting>,
    previous: Previous,
    in_string: bool,
    escaped: bool,
    in_key: bool,
    /// The latest key of the outermost object: escapes kept, quotes removed.
    key: Vec<u8>,
    first_key: Vec<u8>,
    finds_arrays: bool,
    /// Whether any array of objects or arrays is one of records.
    any_array: bool,
    line_break: bool,
}

impl Lexer {
    pub(super) fn new() -> Self {
        Self {
            open: Vec::new(),
            outer: Vec::new(),
            previous: Previous::Nothing,
            in_string: false,
            escaped: false,
            in_key: false,
            key: Vec::new(),
            first_key: Vec::new(),
            finds_arrays: false,
            any_array: false,
            line_break: false,
        }
    }

    /// Starts a new top-level value.
    pub(super) fn begin_top(&mut self) {
        self.begin(true);
        self.outer.clear();
        self.any_array = false;
    }

    /// Starts a value again, after its first byte, to find the arrays of objects or arrays in it.
    /// `is_element`: it is an element of the array that was entered.
    pub(super) fn begin_inside(&mut self, first: u8, is_element: bool) {
        self.begin(true);
        self.any_array = true;
        if is_element {
            self.open.clone_from(&self.outer);
            self.open.push(Nesting::Array);
        }
        self.open.push(if first == b'{' { Nesting::Object } else { Nesting::Array });
        self.previous = Previous::Opening;
    }

    /// Starts a new object, array or string. With `finds_arrays`, [`advance`](Self::advance) stops
    /// at arrays of records.
    pub(super) fn begin(&mut self, finds_arrays: bool) {
        self.open.clear();
        self.previous = Previous::Nothing;
        self.in_string = false;
        self.escaped = false;
        self.in_key = false;
        self.key.clear();
        self.first_key.clear();
        self.finds_arrays = finds_arrays;
        self.line_break = false;
    }

    /// Continues after an array of records in what encloses it.
    pub(super) fn resume_outer(&mut self) {
        self.begin(true);
        self.open.clone_from(&self.outer);
        self.previous = Previous::Closed;
    }

    /// From here on, treats an array of records as any other array.
    pub(super) fn ignore_arrays(&mut self) {
        self.finds_arrays = false;
    }

    /// Whether the value contains a line break so far.
    pub(super) fn has_line_break(&self) -> bool {
        self.line_break
    }

    /// The first key of the value, with escapes kept; empty if it has none.
    pub(super) fn first_key(&self) -> &[u8] {
        &self.first_key
    }

    /// Reads `bytes`, which continue the value. Returns how many were read and why it stopped.
    pub(super) fn advance(&mut self, bytes: &[u8]) -> (usize, Stop) {
        let mut read = 0;
        loop {
            if self.in_string {
                read += self.string(&bytes[read..]);
                if self.in_string && read < bytes.len() {
                    return (read, Stop::Error(SyntaxError::LineBreakInString));
                }
                if !self.in_string && self.open.is_empty() {
                    return (read, Stop::Complete);
                }
            }
            let Some(&byte) = bytes.get(read) else {
                return (read, Stop::NeedsMore);
            };
            if let Err(stop) = self.token(byte) {
                return (read, stop);
            }
            read += 1;
            if matches!(byte, b'}' | b']') && self.open.is_empty() {
                return (read, Stop::Complete);
            }
        }
    }

    /// Reads one byte outside of strings.
    #[inline]
    fn token(&mut self, byte: u8) -> Result<(), Stop> {
        match byte {
            b' ' | b'\t' | b'\r' => return Ok(()),
            b'\n' => {
                self.line_break = true;
                return Ok(());
            }
            b'"' if !matches!(self.previous, Previous::Scalar | Previous::Closed) => {
                self.begin_string();
                return Ok(());
            }
            b',' => self.previous = Previous::Comma,
            b':' => self.previous = Previous::Colon,
            b'{' | b'[' if self.value_may_begin() => {
                if self.at_element(byte) {
                    self.outer.clone_from(&self.open);
                    self.outer.pop();
                    return Err(Stop::Elements);
                }
                self.open(if byte == b'{' { Nesting::Object } else { Nesting::Array })?;
            }
            b'}' if self.open.last() == Some(&Nesting::Object) => self.close(),
            b']' if self.open.last() == Some(&Nesting::Array) => self.close(),
            b'"' | b'{' | b'[' | b'}' | b']' => {
                return Err(Stop::Error(SyntaxError::UnexpectedByte { byte }));
            }
            _ if self.previous == Previous::Closed => {
                return Err(Stop::Error(SyntaxError::UnexpectedByte { byte }));
            }
            _ => self.previous = Previous::Scalar,
        }
        Ok(())
    }

    fn value_may_begin(&self) -> bool {
        match self.previous {
            Previous::Nothing | Previous::Colon => true,
            Previous::Opening | Previous::Comma => self.open.last() == Some(&Nesting::Array),
            Previous::Scalar | Previous::Closed => false,
        }
    }

    /// Whether `byte` begins an element of an array of records that was not entered yet.
    fn at_element(&self, byte: u8) -> bool {
        self.finds_arrays
            && match self.any_array {
                true => {
                    self.open.last() == Some(&Nesting::Array)
                        && self.open.len() <= sekisho::MAX_STEPS
                }
                false => {
                    self.previous == Previous::Opening
                        && byte == b'{'
                        && self.open == [Nesting::Object, Nesting::Array]
                        && ARRAY_KEYS.contains(&self.key.as_slice())
                }
            }
    }

    fn open(&mut self, nesting: Nesting) -> Result<(), Stop> {
        if self.open.len() == MAX_DEPTH {
            return Err(Stop::Error(SyntaxError::TooDeep));
        }
        self.open.push(nesting);
        self.previous = Previous::Opening;
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
        self.previous = Previous::Closed;
    }

    fn begin_string(&mut self) {
        self.in_string = true;
        self.in_key = self.open == [Nesting::Object] && self.previous != Previous::Colon;
        if self.in_key {
            self.key.clear();
        }
    }

    /// Reads to the end of the string, to a line break (invalid in a JSON string), or to the end of
    /// the bytes. Returns how many bytes were read; afterwards `in_string` is false if the string
    /// ended.
    #[inline]
    fn string(&mut self, bytes: &[u8]) -> usize {
        let mut read = 0;
        if self.escaped {
            match bytes.first() {
                None | Some(b'\n') => return 0,
                Some(_) => read = 1,
            }
            self.escaped = false;
        }
        while let Some(length) = memchr3(b'"', b'\\', b'\n', &bytes[read..]) {
            self.append_key(&bytes[read..read + length]);
            read += length;
            match bytes[read] {
                b'"' => {
                    self.end_string();
                    return read + 1;
                }
                b'\\' => {
                    self.append_key(b"\\");
                    if matches!(bytes.get(read + 1), None | Some(b'\n')) {
                        self.escaped = true;
                        return read + 1;
                    }
                    read += 2;
                }
                _ => return read,
            }
        }
        self.append_key(&bytes[read..]);
        bytes.len()
    }

    fn end_string(&mut self) {
        self.in_string = false;
        if self.in_key && self.previous == Previous::Opening {
            self.first_key.clone_from(&self.key);
        }
        self.previous = Previous::Closed;
    }

    fn append_key(&mut self, bytes: &[u8]) {
        if self.in_key {
            let room = MAX_KEY_BYTES - self.key.len();
            self.key.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
}
