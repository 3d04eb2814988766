//! What a splitter returns.

use std::io;

use super::lexer::SyntaxError;

/// The largest item that is returned whole, in bytes: the limit of the module for one record.
pub const MAX_ITEM_BYTES: usize = 16 << 20;

/// A part of the input. Offsets count bytes from the start of the (decompressed) input.
#[derive(Debug)]
pub enum Piece<'a> {
    /// One whole item. Its text may still be invalid JSON.
    Item {
        /// The offset of its first byte.
        offset: u64,
        /// Its text, without white space around it. Of a row of CSV, its JSON.
        bytes: &'a [u8],
    },
    /// Text that is no item, or an item that is not complete.
    Broken {
        /// The offset of its first byte.
        offset: u64,
        /// Its text. Empty if the input ends between items and more must follow.
        bytes: &'a [u8],
        /// The offset of the byte at which the error was found.
        error_offset: u64,
        /// Why it is no item.
        error: SplitError,
    },
    /// Part of an item larger than [`MAX_ITEM_BYTES`]. The parts of one item follow each other.
    Oversized {
        /// The offset of the item's first byte, in every part.
        offset: u64,
        /// The text of this part.
        bytes: &'a [u8],
        /// Whether this is the last part.
        is_last: bool,
    },
    /// The next call reads from the input, which may block.
    Waiting,
}

/// Why part of the input cannot be split into items.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// The input ends inside a value or an array.
    #[error("the file is cut short")]
    Truncated,
    /// The line ends inside a value or an array, in an input with one value per line.
    #[error("the line is cut short")]
    TruncatedLine,
    /// Reading from the input failed. Nothing is read after this.
    #[error("{0}")]
    Read(io::Error),
    /// A row of CSV has other values than the header has columns.
    #[error("expected {expected} values in the row, found {found}")]
    Row {
        /// The number of columns.
        expected: usize,
        /// The number of values.
        found: usize,
    },
    /// The input is CSV of CloudTrail's Event history. Nothing is read after this.
    #[error(
        "CSV of Event history lacks most of a record: download it as JSON, \
         or run `aws cloudtrail lookup-events`"
    )]
    EventHistory,
    /// The input is Parquet. Nothing is read after this.
    #[error(
        "Parquet is not read: export JSON or CSV, in Athena with `UNLOAD … WITH (format='JSON')`"
    )]
    Parquet,
    /// A byte cannot be JSON at its position.
    #[error("{0}")]
    Syntax(SyntaxError),
}
