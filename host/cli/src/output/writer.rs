//! Puts blocks of output where they belong, in the order in which they come.

use std::io::{self, Write};

use super::columns::Table;
use super::{Block, Destination, csv, table};
use crate::args::{Format, When};
use crate::color::Palette;
use crate::progress::Progress;

/// The end of the way of all output.
pub(crate) struct Writer {
    to: Box<dyn Write>,
    format: Format,
    table: Table,
    progress: Progress,
}

impl Writer {
    /// Writes there. `rules`: records may match some.
    pub(crate) fn new(
        destination: Destination,
        format: Format,
        color: When,
        progress: Progress,
        rules: bool,
    ) -> Self {
        let Destination { to, width } = destination;
        let palette = Palette::new(color, width.is_some());
        Self { to, format, table: table::table(palette, width, rules), progress }
    }

    /// Writes what stands above everything.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        match self.format {
            Format::Csv => self.put(&csv::header()),
            Format::Table | Format::Ndjson | Format::Annotated => Ok(()),
        }
    }

    /// Writes a block.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn write(&mut self, block: Block) -> io::Result<()> {
        let text = match block {
            Block::Text(text) => text,
            Block::Rows(rows) => self.table.push(rows).into_bytes(),
            Block::Pause => self.table.flush(true).into_bytes(),
        };
        self.put(&text)
    }

    /// Writes what was held back, and gives the titles of columns that had no room.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn end(mut self) -> io::Result<Vec<&'static str>> {
        let text = self.table.flush(false);
        self.put(text.as_bytes())?;
        Ok(self.table.hidden())
    }

    fn put(&mut self, text: &[u8]) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.progress.aside(|| {
            self.to.write_all(text)?;
            self.to.flush()
        })
    }
}
