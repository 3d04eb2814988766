//! What the splitter knows at its current position.

use std::ops::Range;

use super::lexer::SyntaxError;
use super::piece::SplitError;

/// What a line break means in this input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    /// Not known until the first value ends.
    Unknown,
    /// The first value ended on the line on which it began. The next byte decides.
    OneValue,
    /// Each line is a value.
    Lines,
    /// Line breaks are white space.
    Values,
}

/// What encloses the items at the current position.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Top,
    /// A top-level array of records.
    Array,
    /// A top-level value, outside of its arrays of records. Its bytes are dropped.
    Wrapper,
    /// An array of records in a top-level value.
    WrapperArray,
}

/// What is read at the current position.
#[derive(Debug)]
pub(super) enum State {
    /// The start of the input.
    Start,
    /// Between values or elements.
    Between,
    /// After the `[` of what may be an array of records.
    Bracket,
    /// A value that the lexer reads.
    Value,
    /// An element of an array that is no object, array or string.
    Scalar,
    /// An item that ends with the line, whatever it contains.
    Line,
    /// In a row of a table.
    Table,
    /// After a syntax error, while searching for the next item.
    Recovering { error_offset: u64, error: SyntaxError },
    /// The end of the input.
    End,
}

/// A [`Piece`](super::Piece) as indices into the window.
#[derive(Debug)]
pub(super) enum Found {
    Item(Range<usize>),
    /// A row of the table, which begins at `start`.
    Row {
        start: usize,
    },
    Broken {
        range: Range<usize>,
        error_offset: u64,
        error: SplitError,
    },
    Oversized {
        range: Range<usize>,
        is_last: bool,
    },
    Waiting,
    End,
}
