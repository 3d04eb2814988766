//! What could not be read, and why.

use std::fmt;
use std::io::{self, Write};

use indicatif::HumanCount;

use super::items::Position;
use crate::color::Palette;
use crate::sanitize::printable;

/// So many are named; the rest is counted.
const NAMED: usize = 20;

/// Something that could not be read.
#[derive(Debug)]
pub(crate) struct Unread {
    /// Which of all sources it is in, for the order in which they are named.
    source: usize,
    file: String,
    /// How many items come before it in the file, if it is an item.
    record: Option<u64>,
    /// Where it begins in the decompressed file, in bytes, if it is not all of the file.
    offset: Option<u64>,
    sentence: String,
}

impl Unread {
    /// A file.
    pub(crate) fn file(source: usize, file: String, error: &io::Error) -> Self {
        Self { source, file, record: None, offset: None, sentence: error.to_string() }
    }

    /// An item at this position.
    pub(crate) fn record(position: Position<'_>, sentence: String) -> Self {
        Self { record: Some(position.record), ..Self::part(position, sentence) }
    }

    /// What should follow at this position, or something else that is no item.
    pub(crate) fn part(position: Position<'_>, sentence: String) -> Self {
        let Position { source, file, offset, .. } = position;
        Self { source, file: file.to_owned(), record: None, offset: Some(offset), sentence }
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.file))?;
        match (self.record, self.offset) {
            (Some(record), Some(offset)) => write!(f, ", record {record} at byte {offset}")?,
            (None, Some(offset)) => write!(f, ", byte {offset}")?,
            (_, None) => {}
        }
        write!(f, ": {}", printable(&self.sentence))
    }
}

/// Collects what could not be read, as much as is going to be named.
#[derive(Debug, Default)]
pub(crate) struct UnreadList {
    first: Vec<Unread>,
    count: u64,
}

impl UnreadList {
    /// Adds what comes behind all others of its worker.
    pub(crate) fn add(&mut self, unread: Unread) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(unread);
        }
    }

    /// Adds what another worker collected.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first.extend(other.first);
        self.first.sort_by_key(|unread| (unread.source, unread.offset));
        self.first.truncate(NAMED);
    }

    /// How much could not be read.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Names the first, and counts the rest.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn write(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let bad = palette.bad();
        writeln!(to, "{bad}Could not be read: {}{bad:#}", HumanCount(self.count))?;
        for unread in &self.first {
            writeln!(to, "  {unread}")?;
        }
        let rest = self.count - self.first.len() as u64;
        if rest > 0 {
            writeln!(to, "  … and {} more", HumanCount(rest))?;
        }
        Ok(())
    }
}
