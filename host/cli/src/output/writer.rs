//! Writes blocks of output to their destination, in the order in which they arrive.

use std::io::{self, Write};

use super::columns::Table;
use super::destination::Destination;
use super::encoder::{Block, Format};
use super::{csv, table};
use crate::color::{Palette, When};
use crate::progress::Progress;
use crate::zone::Zone;

/// Output that is complete.
pub(crate) struct Written {
    /// The titles of the columns that did not fit.
    pub(crate) hidden_columns: Vec<&'static str>,
    /// Where it was written to, and is to be committed.
    pub(crate) destination: Destination,
}

/// Writes blocks of one format.
pub(crate) struct Writer {
    to: Destination,
    format: Format,
    table: Table,
    progress: Progress,
}

impl Writer {
    /// A writer to `destination`. `rules`: records may match rules, so the table has a column for
    /// them. `zone` is that of its times.
    pub(crate) fn new(
        destination: Destination,
        format: Format,
        color: When,
        progress: Progress,
        rules: bool,
        zone: &Zone,
    ) -> Self {
        let width = destination.width();
        let palette = Palette::new(color, width.is_some());
        let table = table::table(palette, width, rules, zone);
        Self { to: destination, format, table, progress }
    }

    /// Writes the header, in the formats that have one.
    ///
    /// # Errors
    /// The error of the destination.
    pub(crate) fn begin(&mut self) -> io::Result<()> {
        match self.format {
            Format::Csv => self.write_text(&csv::header()),
            Format::Table | Format::Ndjson | Format::Ecs | Format::Ocsf | Format::Annotated => {
                Ok(())
            }
        }
    }

    /// Writes a block.
    ///
    /// # Errors
    /// The error of the destination.
    pub(crate) fn write(&mut self, block: Block) -> io::Result<()> {
        let text = match block {
            Block::Text(text) => text,
            Block::Rows(rows) => self.table.push(rows).into_bytes(),
            Block::Flush => self.table.flush(true).into_bytes(),
        };
        self.write_text(&text)
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// The error of the destination.
    pub(crate) fn end(mut self) -> io::Result<Written> {
        let text = self.table.flush(false);
        self.write_text(text.as_bytes())?;
        Ok(Written { hidden_columns: self.table.hidden(), destination: self.to })
    }

    fn write_text(&mut self, text: &[u8]) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.progress.suspend(|| {
            self.to.write_all(text)?;
            self.to.flush()
        })
    }
}
