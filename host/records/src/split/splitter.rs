//! The splitter: a state machine over the window.

use std::io::Read;

use memchr::memmem;

use super::format::{Format, detect};
use super::lexer::Lexer;
use super::piece::Piece;
use super::state::{Found, Layout, Place, State};
use super::table::Table;
use super::window::Window;

/// It may begin an input, and each value at its top.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Splits a stream of JSON or CSV into items.
///
/// An item is an element of a top-level array, an element of the array under `Records`, `Events` or
/// `logEvents` in a top-level object, or any other top-level value. If the first line is a complete
/// value, or not JSON, each line is one item unless it is such an array or object, and a syntax
/// error affects its line only.
///
/// A value that is larger than an item may be is split at the arrays of objects and arrays in it,
/// unless it looks like a record.
///
/// An input that begins with the header of a table, with columns of a record or one that holds
/// records, is CSV: an item is the record in a row, or else an object with the row's values as text.
///
/// Items are found by their lexical structure, so an item may still be invalid JSON. Every byte of
/// the input is in some piece, except white space, byte order marks, separators, what encloses arrays
/// of records, and what is beside the record in a row of CSV.
/// Memory is bounded by twice [`MAX_ITEM_BYTES`](crate::MAX_ITEM_BYTES).
///
/// ```
/// use sekisho_records::{Piece, Splitter};
///
/// let lines = "{\"a\": 1}\n{\"b\": [\n{\"Records\": [{\"c\": 3}, {\"d\": 4}]}\n{\"e\": 5}";
/// let mut splitter = Splitter::new(lines.as_bytes());
/// let mut items = Vec::new();
/// while let Some(piece) = splitter.next_piece() {
///     if let Piece::Item { offset, bytes } = piece {
///         items.push((offset, String::from_utf8_lossy(bytes).into_owned()));
///     }
/// }
/// // Each line is an item, even if it is invalid; an array of records is split.
/// let expected = [
///     (0, r#"{"a": 1}"#),
///     (9, r#"{"b": ["#),
///     (30, r#"{"c": 3}"#),
///     (40, r#"{"d": 4}"#),
///     (51, r#"{"e": 5}"#),
/// ];
/// assert_eq!(items, expected.map(|(offset, item)| (offset, item.to_owned())));
/// ```
#[derive(Debug)]
pub struct Splitter<R> {
    pub(super) window: Window<R>,
    pub(super) lexer: Lexer,
    pub(super) layout: Layout,
    pub(super) place: Place,
    pub(super) state: State,
    /// The start of the current item. Bytes before it are not needed any more.
    pub(super) start: usize,
    /// The next byte to read.
    pub(super) position: usize,
    /// Whether the top-level value contains a line break.
    pub(super) line_break: bool,
    /// There is no line break between the current position and this offset.
    pub(super) line_searched: u64,
    /// The first key of the elements in the current array, used to find the next element after a
    /// syntax error.
    pub(super) sibling_key: Vec<u8>,
    /// The ends of the keys of arrays of records. A line without them has no such array.
    pub(super) array_key_ends: [memmem::Finder<'static>; 2],
    /// The table that the input is, if it is CSV.
    pub(super) table: Option<Box<Table>>,
    /// The offset of the current item, if some of its parts were returned.
    pub(super) oversized: Option<u64>,
    /// Whether [`Piece::Waiting`] was returned for the next read.
    pub(super) waiting: bool,
}

impl<R: Read> Splitter<R> {
    /// Creates a splitter that reads `input` from its current position to its end.
    pub fn new(input: R) -> Self {
        Self {
            window: Window::new(input),
            lexer: Lexer::new(),
            layout: Layout::Unknown,
            place: Place::Top,
            state: State::Start,
            start: 0,
            position: 0,
            line_break: false,
            line_searched: 0,
            sibling_key: Vec::new(),
            array_key_ends: [memmem::Finder::new("Records\""), memmem::Finder::new("vents\"")],
            table: None,
            oversized: None,
            waiting: false,
        }
    }

    /// Creates a splitter of an input in which each line is a value, wherever in it reading begins.
    pub fn of_lines(input: R) -> Self {
        Self { layout: Layout::Lines, state: State::Between, ..Self::new(input) }
    }

    /// Whether all that was read is in pieces that were returned, so that another splitter could go on
    /// from here.
    ///
    /// ```
    /// use sekisho_records::Splitter;
    ///
    /// let mut splitter = Splitter::of_lines(&b"{\"a\": 1}\n{\"b\""[..]);
    /// assert!(splitter.is_between_values());
    /// let mut between = Vec::new();
    /// while splitter.next_piece().is_some() {
    ///     between.push(splitter.is_between_values());
    /// }
    /// // Before each read, and after each of the two values.
    /// assert_eq!(between, [true, false, false, true]);
    /// ```
    pub fn is_between_values(&self) -> bool {
        let is_between = matches!(self.state, State::Between | State::Start | State::End);
        is_between && self.place == Place::Top && self.position == self.window.bytes().len()
    }

    /// Returns the next piece, or `None` at the end of the input.
    ///
    /// An error of the input is returned as [`SplitError::Read`](crate::SplitError::Read) in the
    /// last piece.
    pub fn next_piece(&mut self) -> Option<Piece<'_>> {
        let found = loop {
            if let Some(found) = self.step() {
                break found;
            }
        };
        let piece = match found {
            Found::Item(range) => Piece::Item {
                offset: self.window.offset(range.start),
                bytes: &self.window.bytes()[range],
            },
            Found::Row { start } => Piece::Item {
                offset: self.window.offset(start),
                bytes: self.table.as_ref().map_or(b"", |table| table.json()),
            },
            Found::Broken { range, error_offset, error } => Piece::Broken {
                offset: self.window.offset(range.start),
                bytes: &self.window.bytes()[range],
                error_offset,
                error,
            },
            Found::Oversized { range, is_last } => {
                let begin = self.window.offset(range.start);
                let offset = *self.oversized.get_or_insert(begin);
                if is_last {
                    self.oversized = None;
                }
                Piece::Oversized { offset, bytes: &self.window.bytes()[range], is_last }
            }
            Found::Waiting => Piece::Waiting,
            Found::End => return None,
        };
        Some(piece)
    }

    /// The number of bytes read from the input so far.
    pub fn bytes_read(&self) -> u64 {
        self.window.offset(self.window.bytes().len())
    }

    fn step(&mut self) -> Option<Found> {
        match self.state {
            State::Start => self.find_format(),
            State::Between => match self.place {
                Place::Top => self.between_values(),
                Place::Array | Place::WrapperArray => self.between_elements(),
                Place::Wrapper => self.value(),
            },
            State::Bracket => self.bracket(),
            State::Value => self.value(),
            State::Scalar => self.scalar(),
            State::Line => self.line(),
            State::Table => self.table_row(),
            State::Recovering { error_offset, error } => match self.place {
                Place::Top | Place::Wrapper => self.find_value(error_offset, error),
                Place::Array | Place::WrapperArray => self.find_element(error_offset, error),
            },
            State::End => Some(Found::End),
        }
    }

    fn find_format(&mut self) -> Option<Found> {
        let bytes = self.window.bytes();
        let ended = self.window.ended();
        if bytes.len() < BYTE_ORDER_MARK.len() && !ended {
            return self.read();
        }
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        let Some(format) = detect(text, ended) else { return self.read() };
        self.position = bytes.len() - text.len();
        self.state = State::Between;
        match format {
            Format::Json => None,
            Format::Csv(table, header_len) => {
                self.table = Some(table);
                self.position += header_len;
                self.start = self.position;
                self.state = State::Table;
                None
            }
            Format::Refused(error) => {
                let found = self.broken(0, 0, error);
                self.state = State::End;
                Some(found)
            }
        }
    }
}
