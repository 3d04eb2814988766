//! Input that could not be read, and why.

use std::fmt;
use std::io::{self, Write};

use indicatif::HumanCount;

use super::position::Position;
use crate::color::Palette;
use crate::sanitize::printable;

/// The number of errors that are listed; later ones are only counted.
const LISTED: usize = 20;

/// An input that could not be read: a file, an item or a part between items.
#[derive(Debug)]
pub(crate) struct ReadError {
    /// Index of the source among all sources: errors are listed in this order.
    source: usize,
    file: String,
    /// Number of items before it in the file, if it is an item.
    record: Option<u64>,
    /// Offset of its first byte in the decompressed file; none if it is the whole file.
    offset: Option<u64>,
    message: String,
}

impl ReadError {
    /// An error about a whole file.
    pub(crate) fn file(source: usize, file: String, error: &io::Error) -> Self {
        Self { source, file, record: None, offset: None, message: error.to_string() }
    }

    /// An error about the item at `position`.
    pub(crate) fn record(position: Position<'_>, message: String) -> Self {
        Self { record: Some(position.record), ..Self::between_items(position, message) }
    }

    /// An error about input at `position` that is not an item.
    pub(crate) fn between_items(position: Position<'_>, message: String) -> Self {
        let Position { source, file, offset, .. } = position;
        Self { source, file: file.to_owned(), record: None, offset: Some(offset), message }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.file))?;
        match (self.record, self.offset) {
            (Some(record), Some(offset)) => write!(f, ", record {record} at byte {offset}")?,
            (None, Some(offset)) => write!(f, ", byte {offset}")?,
            (_, None) => {}
        }
        write!(f, ": {}", printable(&self.message))
    }
}

/// Counts read errors and keeps the first ones.
#[derive(Debug, Default)]
pub(crate) struct ReadErrors {
    first: Vec<ReadError>,
    count: u64,
}

impl ReadErrors {
    /// Adds an error. A worker adds its errors in the order of its input.
    pub(crate) fn add(&mut self, error: ReadError) {
        self.count += 1;
        if self.first.len() < LISTED {
            self.first.push(error);
        }
    }

    /// Adds the errors of another worker.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_by_key(|error| (error.source, error.offset));
        self.first.truncate(LISTED);
    }

    /// The number of errors.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// The first errors.
    pub(crate) fn first(&self) -> &[ReadError] {
        &self.first
    }

    /// Prints the first errors and the number of the others; nothing if there are none.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let bad = palette.bad();
        writeln!(to, "{bad}Could not be read: {}{bad:#}", HumanCount(self.count))?;
        for error in &self.first {
            writeln!(to, "  {error}")?;
        }
        let rest = self.count - self.first.len() as u64;
        if rest > 0 {
            writeln!(to, "  … and {} more", HumanCount(rest))?;
        }
        Ok(())
    }
}
