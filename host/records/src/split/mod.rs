//! Cuts a stream of JSON into items, wherever they lie in it, holding one at a time.
//!
//! An item is an element of a top-level array, an element of the array under `Records`, `Events` or
//! `logEvents` of a top-level object, or else a top-level value. Where the first line is a whole
//! value, or no JSON at all, every line stands for itself: it is one item, unless it is one of
//! those arrays or objects, and what is wrong with it ends with it.
//!
//! Only lexical structure is known here. Whether an item is JSON is for the module to judge.

mod lex;
#[cfg(test)]
mod tests;
mod window;

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memmem};

pub use self::lex::NotJson;
use self::lex::{Lexer, Stop};
use self::window::Window;

/// The largest item that is handed out whole: what the module takes as one record.
pub const ITEM_BYTES_MAX: usize = 16 << 20;

/// What an oversized item that is also broken keeps back, to look for the next beginning in.
const LOST_BYTES_KEPT: usize = 256;

/// A stretch of the input. Offsets are in bytes from the beginning of the (decompressed) input.
#[derive(Debug)]
pub enum Piece<'a> {
    /// One item, from its first byte to its last.
    Item {
        /// Where it begins.
        offset: u64,
        /// All of it.
        bytes: &'a [u8],
    },
    /// Something that is no item, or only part of one.
    Broken {
        /// Where it begins.
        offset: u64,
        /// All of it; empty where nothing but the way on is missing.
        bytes: &'a [u8],
        /// Where reading stopped.
        at: u64,
        /// Why reading stopped.
        problem: Problem,
    },
    /// Part of an item above [`ITEM_BYTES_MAX`]. The parts of one item follow each other.
    Oversized {
        /// Where the item begins.
        offset: u64,
        /// This part of it.
        bytes: &'a [u8],
        /// Whether it is the last part.
        ends: bool,
    },
    /// The input is read next, which may take its time.
    Waiting,
}

/// Why a stretch of the input could not be told apart into items.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The input ends where more must follow.
    #[error("the file is cut short")]
    CutShort,
    /// The input could not be read to its end.
    #[error("{0}")]
    Input(io::Error),
    /// A line ends where more must follow, and every line stands for itself.
    #[error("the line is cut short")]
    LineEnds,
    /// What stands there cannot stand there.
    #[error("{0}")]
    NotJson(NotJson),
}

/// Whether lines mean something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layout {
    /// Not known before the first value is over.
    Unknown,
    /// The first value ended on the line it began on: the next byte decides.
    OneValue,
    /// Every line stands for itself.
    Lines,
    /// Line breaks are nothing but space.
    Values,
}

/// What encloses the items at the current position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Top,
    Array,
    /// A top-level object, outside of its arrays of records. Nothing of it is kept.
    Wrapper,
    WrapperArray,
}

/// What the current position is in.
#[derive(Debug)]
enum State {
    Beginning,
    Between,
    /// Behind the `[` of what may be an array of records.
    Bracket,
    /// In what the lexer reads.
    Value,
    /// In an array's element that is neither object, array nor string.
    Scalar,
    /// In an item that goes on to the end of the line, whatever it holds.
    Line,
    /// Behind a break, looking for the next beginning.
    Lost {
        at: u64,
        reason: NotJson,
    },
    End,
}

/// A [`Piece`] by indices.
#[derive(Debug)]
enum Found {
    Item(Range<usize>),
    Broken(Range<usize>, u64, Problem),
    Oversized(Range<usize>, bool),
    Waiting,
    End,
}

/// Reads an input to its end, piece by piece.
///
/// Every byte that is neither space, a separator nor part of an enclosing array or object is in
/// some piece. At most twice [`ITEM_BYTES_MAX`] is held in memory.
#[derive(Debug)]
pub struct Splitter<R> {
    window: Window<R>,
    lexer: Lexer,
    layout: Layout,
    place: Place,
    state: State,
    /// Where the current item begins: nothing before it is needed any more.
    start: usize,
    /// The next byte to look at.
    position: usize,
    /// Whether the top-level value spans lines.
    line_break: bool,
    /// No line ends between the current position and this offset.
    line_searched: u64,
    /// The first key of the elements in the current array: how the next one can be found again.
    sibling_key: Vec<u8>,
    /// The ends of the keys of arrays of records, to tell quickly that a line has none.
    array_key_ends: [memmem::Finder<'static>; 2],
    /// Where the item began whose first parts have been handed out.
    oversized: Option<u64>,
    waiting: bool,
}

impl<R: Read> Splitter<R> {
    /// Begins at the start of `input`.
    pub fn new(input: R) -> Self {
        Self {
            window: Window::new(input),
            lexer: Lexer::new(),
            layout: Layout::Unknown,
            place: Place::Top,
            state: State::Beginning,
            start: 0,
            position: 0,
            line_break: false,
            line_searched: 0,
            sibling_key: Vec::new(),
            array_key_ends: [memmem::Finder::new("Records\""), memmem::Finder::new("vents\"")],
            oversized: None,
            waiting: false,
        }
    }

    /// The next piece; none at the end of the input.
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
            Found::Broken(range, at, problem) => Piece::Broken {
                offset: self.window.offset(range.start),
                bytes: &self.window.bytes()[range],
                at,
                problem,
            },
            Found::Oversized(range, ends) => {
                let begin = self.window.offset(range.start);
                let offset = *self.oversized.get_or_insert(begin);
                if ends {
                    self.oversized = None;
                }
                Piece::Oversized { offset, bytes: &self.window.bytes()[range], ends }
            }
            Found::Waiting => Piece::Waiting,
            Found::End => return None,
        };
        Some(piece)
    }

    /// How much of the input was read so far, in bytes.
    pub fn bytes_read(&self) -> u64 {
        self.window.offset(self.window.bytes().len())
    }

    fn step(&mut self) -> Option<Found> {
        match self.state {
            State::Beginning => self.beginning(),
            State::Between => match self.place {
                Place::Top => self.between_values(),
                Place::Array | Place::WrapperArray => self.between_elements(),
                Place::Wrapper => self.value(),
            },
            State::Bracket => self.bracket(),
            State::Value => self.value(),
            State::Scalar => self.scalar(),
            State::Line => self.line(),
            State::Lost { at, reason } => match self.place {
                Place::Top | Place::Wrapper => self.lost_value(at, reason),
                Place::Array | Place::WrapperArray => self.lost_element(at, reason),
            },
            State::End => Some(Found::End),
        }
    }

    fn beginning(&mut self) -> Option<Found> {
        const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
        let bytes = self.window.bytes();
        if bytes.len() < BYTE_ORDER_MARK.len() && !self.window.ended() {
            return self.read();
        }
        if bytes.starts_with(BYTE_ORDER_MARK) {
            self.position = BYTE_ORDER_MARK.len();
        }
        self.state = State::Between;
        None
    }

    /// Outside of everything.
    fn between_values(&mut self) -> Option<Found> {
        while let Some(&byte) = self.window.bytes().get(self.position) {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if self.layout == Layout::OneValue => self.layout = Layout::Lines,
                b'\n' => {}
                b',' if self.layout == Layout::OneValue => self.layout = Layout::Values,
                b',' if self.layout == Layout::Values => {}
                _ => {
                    self.begin_top(byte);
                    return self.whole_line();
                }
            }
            self.position += 1;
        }
        self.start = self.position;
        self.more()
    }

    fn begin_top(&mut self, byte: u8) {
        self.start = self.position;
        self.line_break = false;
        self.lexer.begin(true);
        self.state = match byte {
            b'{' => State::Value,
            b'[' => State::Bracket,
            _ => State::Line,
        };
        self.layout = match self.layout {
            Layout::Unknown if !matches!(byte, b'{' | b'[') => Layout::Lines,
            Layout::OneValue => Layout::Values,
            layout => layout,
        };
        if byte == b'[' {
            self.position += 1;
        }
    }

    /// Takes the line at one go where lines count, all of it is there, and no array can be in it.
    fn whole_line(&mut self) -> Option<Found> {
        if self.layout != Layout::Lines {
            return None;
        }
        let end = self.line_end()?;
        let line = &self.window.bytes()[self.start..end];
        let may_hold_array = line.starts_with(b"[")
            || self.array_key_ends.iter().any(|key_end| key_end.find(line).is_some());
        if may_hold_array {
            return None;
        }
        Some(self.item(end))
    }

    /// In an array of records, outside of its elements.
    fn between_elements(&mut self) -> Option<Found> {
        while let Some(&byte) = self.window.bytes().get(self.position) {
            self.start = self.position;
            match byte {
                b' ' | b'\t' | b'\r' | b',' => {}
                b'\n' if self.layout == Layout::Lines => return Some(self.line_ends(self.start)),
                b'\n' => self.line_break = true,
                b']' => {
                    self.position += 1;
                    self.end_array();
                    return None;
                }
                b'}' => {
                    let at = self.window.offset(self.position);
                    let problem = Problem::NotJson(NotJson::Misplaced { byte });
                    return Some(self.broken(self.position + 1, at, problem));
                }
                b'{' | b'[' | b'"' => {
                    self.begin_element();
                    return None;
                }
                _ => {
                    self.state = State::Scalar;
                    return None;
                }
            }
            self.position += 1;
        }
        self.start = self.position;
        self.more()
    }

    fn begin_element(&mut self) {
        self.line_break |= self.lexer.has_line_break();
        self.lexer.begin(false);
        self.state = State::Value;
    }

    fn end_array(&mut self) {
        self.line_break |= self.lexer.has_line_break();
        self.sibling_key.clear();
        if self.place == Place::WrapperArray {
            self.lexer.resume_object();
            self.place = Place::Wrapper;
        } else {
            self.end_top();
        }
    }

    /// Behind a top-level value.
    fn end_top(&mut self) {
        self.line_break |= self.lexer.has_line_break();
        self.place = Place::Top;
        self.state = State::Between;
        if self.layout == Layout::Unknown {
            self.layout = match self.line_break {
                true => Layout::Values,
                false => Layout::OneValue,
            };
        }
    }

    /// Behind a `[` at the top: an array of records, or a line that merely begins so.
    fn bracket(&mut self) -> Option<Found> {
        while let Some(&byte) = self.window.bytes().get(self.position) {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if self.layout != Layout::Lines => self.line_break = true,
                b'{' | b']' => {
                    self.place = Place::Array;
                    self.state = State::Between;
                    return None;
                }
                _ => {
                    if self.layout == Layout::Unknown {
                        self.layout = Layout::Lines;
                    }
                    self.position = self.start;
                    self.state = State::Line;
                    return None;
                }
            }
            self.position += 1;
        }
        self.more()
    }

    fn value(&mut self) -> Option<Found> {
        let line_end = match self.layout {
            Layout::Lines => self.line_end(),
            _ => None,
        };
        let bytes = self.window.bytes();
        let (read, stop) =
            self.lexer.advance(&bytes[self.position..line_end.unwrap_or(bytes.len())]);
        self.position += read;
        if self.place == Place::Wrapper {
            self.start = self.position;
        }
        match stop {
            Stop::More => match line_end {
                Some(end) if self.place == Place::Top => Some(self.item(end)),
                Some(end) => Some(self.line_ends(end)),
                None => self.more(),
            },
            Stop::Closed => self.end_value(),
            Stop::Elements => {
                self.enter_array();
                None
            }
            Stop::Broken(reason) => self.break_off(reason),
        }
    }

    fn end_value(&mut self) -> Option<Found> {
        match self.place {
            Place::Top if self.layout == Layout::Lines => {
                self.state = State::Line;
                None
            }
            Place::Top => {
                self.end_top();
                Some(self.item(self.position))
            }
            Place::Wrapper => {
                self.end_top();
                None
            }
            Place::Array | Place::WrapperArray => {
                self.sibling_key.clear();
                self.sibling_key.extend_from_slice(self.lexer.first_key());
                Some(self.item(self.position))
            }
        }
    }

    fn enter_array(&mut self) {
        if self.is_oversized(&(self.start..self.position)) {
            // Part of it may have been handed out: it stays one item.
            self.lexer.ignore_arrays();
            return;
        }
        self.place = Place::WrapperArray;
        self.start = self.position;
        self.begin_element();
    }

    /// In what no object, array or string begins: up to where an element ends.
    fn scalar(&mut self) -> Option<Found> {
        let rest = &self.window.bytes()[self.position..];
        let ends = |byte: &u8| matches!(byte, b',' | b']' | b'}' | b'{' | b'\n');
        match rest.iter().position(ends) {
            Some(length) => Some(self.item(self.position + length)),
            None => {
                self.position += rest.len();
                self.more()
            }
        }
    }

    fn line(&mut self) -> Option<Found> {
        match self.line_end() {
            Some(end) => Some(self.item(end)),
            None => {
                self.position = self.window.bytes().len();
                self.more()
            }
        }
    }

    /// The current position is where the value cannot go on.
    fn break_off(&mut self, reason: NotJson) -> Option<Found> {
        if self.place == Place::Top {
            if self.layout == Layout::Lines {
                self.state = State::Line;
                return None;
            }
            // What begins like this on a line of its own was not meant to be inside the value.
            let held = &self.window.bytes()[self.start..self.position];
            if let Some(length) = memmem::find(held, b"\n{\"") {
                self.layout = Layout::Lines;
                return Some(self.line_ends(self.start + length));
            }
        }
        let at = self.window.offset(self.position);
        self.state = State::Lost { at, reason };
        // After a quote that is missing, strings and what is between them change places: the next
        // beginning may include the quote just read, and the line break was just seen.
        self.position = self.position.saturating_sub(1).max(self.start);
        None
    }

    /// Looks for the next value that begins a line.
    fn lost_value(&mut self, at: u64, reason: NotJson) -> Option<Found> {
        const BEGINNING: &[u8] = b"\n{";
        self.place = Place::Top;
        let bytes = self.window.bytes();
        let end = match self.layout {
            Layout::Lines => self.line_end(),
            _ => memmem::find(&bytes[self.position..], BEGINNING)
                .map(|length| self.position + length),
        };
        if let Some(end) = end {
            if self.layout != Layout::Lines {
                self.layout = Layout::Unknown;
            }
            return Some(self.broken(end, at, Problem::NotJson(reason)));
        }
        let looked_at = self.window.bytes().len().saturating_sub(BEGINNING.len() - 1);
        self.position = self.position.max(looked_at);
        self.more()
    }

    /// Looks for the next element: one that begins as its siblings do.
    fn lost_element(&mut self, at: u64, reason: NotJson) -> Option<Found> {
        let line_end = match self.layout {
            Layout::Lines => self.line_end(),
            _ => None,
        };
        let key = match self.lexer.first_key() {
            [] => &self.sibling_key,
            key => key,
        };
        let quoted = [b"\"", key, b"\""].concat();
        let bytes = self.window.bytes();
        let end = line_end.unwrap_or(bytes.len());
        let beginning = memmem::find_iter(&bytes[self.position..end], &quoted)
            .find_map(|length| element_beginning(&bytes[self.start..self.position + length]));
        if let Some(length) = beginning {
            let end = self.start + length;
            return Some(self.broken(end, at, Problem::NotJson(reason)));
        }
        if line_end.is_some() {
            self.place = Place::Top;
            return Some(self.broken(end, at, Problem::NotJson(reason)));
        }
        self.position = self.position.max((end + 1).saturating_sub(quoted.len()));
        self.more()
    }

    /// The end of the line that the current position is on, if it is held.
    fn line_end(&mut self) -> Option<usize> {
        let searched = self.window.index(self.line_searched).max(self.position);
        let bytes = self.window.bytes();
        let end = memchr(b'\n', &bytes[searched..]).map(|length| searched + length);
        self.line_searched = self.window.offset(end.unwrap_or(bytes.len()));
        end
    }

    /// The item that ends here is whole.
    fn item(&mut self, end: usize) -> Found {
        let range = self.take(end, |byte| byte.is_ascii_whitespace());
        match self.is_oversized(&range) {
            true => Found::Oversized(range, true),
            false => Found::Item(range),
        }
    }

    /// What ends here is no whole item.
    fn broken(&mut self, end: usize, at: u64, problem: Problem) -> Found {
        let range = self.take(end, |byte| byte.is_ascii_whitespace() || byte == b',');
        match self.is_oversized(&range) {
            true => Found::Oversized(range, true),
            false => Found::Broken(range, at, problem),
        }
    }

    fn is_oversized(&self, rest: &Range<usize>) -> bool {
        self.oversized.is_some() || rest.len() > ITEM_BYTES_MAX
    }

    /// Goes on at `end`: what lay between, without what may trail an item.
    fn take(&mut self, end: usize, trails: impl Fn(u8) -> bool) -> Range<usize> {
        let held = &self.window.bytes()[self.start..end];
        let length = held.iter().rposition(|&byte| !trails(byte)).map_or(0, |last| last + 1);
        let range = self.start..self.start + length;
        self.start = end;
        self.position = end;
        self.state = State::Between;
        range
    }

    fn line_ends(&mut self, end: usize) -> Found {
        self.place = Place::Top;
        let at = self.window.offset(end);
        self.broken(end, at, Problem::LineEnds)
    }

    /// Everything held was looked at: makes room, reads on, or ends.
    fn more(&mut self) -> Option<Found> {
        let kept = match self.state {
            State::Lost { .. } => LOST_BYTES_KEPT,
            _ => 0,
        };
        if self.position - self.start > ITEM_BYTES_MAX + kept {
            let part = self.start..self.position - kept;
            self.start = part.end;
            return Some(Found::Oversized(part, false));
        }
        match self.window.ended() {
            true => self.at_end(),
            false => self.read(),
        }
    }

    fn read(&mut self) -> Option<Found> {
        self.waiting = !self.waiting;
        if self.waiting {
            return Some(Found::Waiting);
        }
        self.window.slide(self.start);
        self.position -= self.start;
        self.start = 0;
        None
    }

    /// Hands out what is left; called again until nothing is.
    fn at_end(&mut self) -> Option<Found> {
        let end = self.window.bytes().len();
        let place = std::mem::replace(&mut self.place, Place::Top);
        let problem = match std::mem::replace(&mut self.state, State::End) {
            State::Line => return Some(self.item(end)),
            State::Lost { at, reason } => {
                return Some(self.broken(end, at, Problem::NotJson(reason)));
            }
            State::Between if place == Place::Top => Problem::Input(self.window.take_error()?),
            // Then there is an error yet to be told.
            _ if self.is_oversized(&(self.start..end)) => return Some(self.item(end)),
            _ => self.window.take_error().map_or(Problem::CutShort, Problem::Input),
        };
        let at = self.window.offset(end);
        Some(self.broken(end, at, problem))
    }
}

/// Where the object begins whose first key follows these bytes, if it is an element of an array.
fn element_beginning(before_key: &[u8]) -> Option<usize> {
    let object = before_key.trim_ascii_end().strip_suffix(b"{")?;
    matches!(object.trim_ascii_end().last(), Some(b',' | b'[')).then_some(object.len())
}
