//! Encodes records as text or rows, and collects them into blocks.

use clap::ValueEnum;

use super::columns::Row;
use super::signin::Signin;
use super::{annotated, csv, ndjson, table};
use crate::zone::Zone;

/// A block is complete at this size in bytes, or at this number of rows.
const BLOCK_BYTES: usize = 64 << 10;
const BLOCK_ROWS: usize = 256;

/// The output formats of sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line for each sign-in, for people
    Table,
    /// A JSON object for each sign-in
    Ndjson,
    /// A row for each sign-in, for spreadsheets
    Csv,
    /// An event of the Elastic Common Schema 9 for each sign-in
    Ecs,
    /// An event of the Open Cybersecurity Schema Framework 1.8 for each sign-in
    Ocsf,
    /// Every record on one line; sign-ins have their verdict in the field `signin`
    Annotated,
}

/// A piece of output on its way to the [`Writer`](super::Writer).
#[derive(Debug)]
pub(crate) enum Block {
    /// Complete lines.
    Text(Vec<u8>),
    /// Rows of the table, before layout.
    Rows(Vec<Row>),
    /// A request to write everything now, since the next block may take long.
    Flush,
}

/// Encodes records in one format.
#[derive(Debug)]
pub(crate) struct Encoder {
    format: Format,
    zone: Zone,
    text: Vec<u8>,
    rows: Vec<Row>,
}

impl Encoder {
    /// An encoder without output. A table has times in `zone`.
    pub(crate) fn new(format: Format, zone: Zone) -> Self {
        Self { format, zone, text: Vec::new(), rows: Vec::new() }
    }

    /// Adds a sign-in, in the formats that list sign-ins.
    pub(crate) fn signin(&mut self, signin: &Signin<'_>) {
        match self.format {
            Format::Table => self.rows.push(table::row(signin, &self.zone)),
            Format::Ndjson => ndjson::write(signin, &mut self.text),
            Format::Csv => csv::write(signin, &mut self.text),
            Format::Ecs | Format::Ocsf | Format::Annotated => {}
        }
    }

    /// Adds the event of a sign-in, in the formats that list events.
    pub(crate) fn event(&mut self, event: &[u8]) {
        annotated::write(event, &mut self.text);
    }

    /// Adds a record, in the format that keeps all records.
    pub(crate) fn record(&mut self, record: &[u8]) {
        if self.format == Format::Annotated {
            annotated::write(record, &mut self.text);
        }
    }

    /// Adds unreadable bytes, in the format that keeps all records.
    pub(crate) fn unreadable(&mut self, bytes: &[u8], is_last: bool) {
        if self.format == Format::Annotated {
            annotated::write_unreadable(bytes, is_last, &mut self.text);
        }
    }

    /// Whether there is enough output for a block.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= BLOCK_BYTES || self.rows.len() >= BLOCK_ROWS
    }

    /// Takes the output since the last call as a block, if there is any.
    pub(crate) fn take(&mut self) -> Option<Block> {
        if !self.rows.is_empty() {
            return Some(Block::Rows(std::mem::take(&mut self.rows)));
        }
        if self.text.is_empty() {
            return None;
        }
        // Allocated at once, so that the next block is not copied while it grows.
        let next = Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 4);
        Some(Block::Text(std::mem::replace(&mut self.text, next)))
    }
}
