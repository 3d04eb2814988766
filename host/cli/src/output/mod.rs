//! The four ways in which sign-ins are written.

pub(crate) mod annotated;
pub(crate) mod columns;
mod csv;
mod destination;
mod ndjson;
pub(crate) mod table;
mod verdict;
mod writer;

use serde_json::value::RawValue;

use self::columns::Row;
pub(crate) use self::destination::Destination;
pub(crate) use self::verdict::Verdict;
pub(crate) use self::writer::Writer;
use crate::args::Format;
use crate::input::items::Position;
use sekisho_records::Record;

/// A block of text is handed on when it has this size, a block of rows when it has so many.
const BLOCK_BYTES: usize = 64 << 10;
const BLOCK_ROWS: usize = 256;

/// A record with a verdict.
#[derive(Debug)]
pub(crate) struct Signin<'a> {
    /// Where it was found.
    pub(crate) position: Position<'a>,
    /// What is shown of it.
    pub(crate) record: &'a Record,
    /// Its verdict.
    pub(crate) verdict: &'a Verdict<'a>,
    /// Its verdict as the module wrote it.
    pub(crate) json: &'a RawValue,
}

/// A piece of output on its way to the [`Writer`].
#[derive(Debug)]
pub(crate) enum Block {
    /// Whole lines, as they are written.
    Text(Vec<u8>),
    /// Rows of the table, yet to be laid out.
    Rows(Vec<Row>),
    /// Nothing more for a while: whoever reads the output should see what there is.
    Pause,
}

/// Collects output in one format until a block is worth handing on.
#[derive(Debug)]
pub(crate) struct Encoder {
    format: Format,
    text: Vec<u8>,
    rows: Vec<Row>,
}

impl Encoder {
    /// Begins with nothing.
    pub(crate) fn new(format: Format) -> Self {
        Self { format, text: Vec::new(), rows: Vec::new() }
    }

    /// Adds a sign-in, in the formats that list them.
    pub(crate) fn signin(&mut self, signin: &Signin<'_>) {
        match self.format {
            Format::Table => self.rows.push(table::row(signin)),
            Format::Ndjson => ndjson::write(signin, &mut self.text),
            Format::Csv => csv::write(signin, &mut self.text),
            Format::Annotated => {}
        }
    }

    /// Adds a record, in the format that passes them on.
    pub(crate) fn record(&mut self, record: &[u8]) {
        if self.format == Format::Annotated {
            annotated::write(record, &mut self.text);
        }
    }

    /// Adds bytes that could not be read, likewise. `ends`: nothing more of the same follows.
    pub(crate) fn unread(&mut self, bytes: &[u8], ends: bool) {
        if self.format == Format::Annotated {
            annotated::write_unread(bytes, ends, &mut self.text);
        }
    }

    /// Whether there is enough for a block.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= BLOCK_BYTES || self.rows.len() >= BLOCK_ROWS
    }

    /// What was collected, if anything was.
    pub(crate) fn take(&mut self) -> Option<Block> {
        if !self.rows.is_empty() {
            return Some(Block::Rows(std::mem::take(&mut self.rows)));
        }
        if self.text.is_empty() {
            return None;
        }
        // Room for the next block, so that it need not be moved while it grows.
        let next = Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 4);
        Some(Block::Text(std::mem::replace(&mut self.text, next)))
    }
}
