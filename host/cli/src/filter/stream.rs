//! Splits one input into lines, filters them, and writes each block before reading the next.

use std::io::{self, Write};
use std::time::Instant;

use memchr::memchr;
use sekisho_records::MAX_ITEM_BYTES;

use super::line::LineFilter;
use crate::input::position::Position;
use crate::input::read_error::ReadError;
use crate::service::blocks::Blocks;
use crate::service::totals::Totals;

/// The state of an input between two blocks.
pub(super) struct Stream<'a, W> {
    lines: &'a mut LineFilter,
    to: W,
    /// Position of the next line.
    position: Position<'a>,
    /// The beginning of an incomplete line.
    buffered: Vec<u8>,
    /// Number of bytes of this line that were already forwarded, as it is too long for a record.
    forwarded_bytes: u64,
    /// Output for the current block.
    out: Vec<u8>,
    totals: &'a Totals,
}

impl<'a, W: Write> Stream<'a, W> {
    /// A stream from the input with this number and name to `to`, counted in `totals`.
    pub(super) fn new(
        lines: &'a mut LineFilter,
        to: W,
        (source, file): (usize, &'a str),
        totals: &'a Totals,
    ) -> Self {
        let position = Position { source, file, record: 0, offset: 0 };
        let (buffered, out) = (Vec::new(), Vec::new());
        Self { lines, to, position, buffered, forwarded_bytes: 0, out, totals }
    }

    /// Filters the input until it ends. Its read errors are counted.
    ///
    /// # Errors
    /// The error of the output.
    pub(super) fn run(mut self, mut input: Blocks) -> io::Result<()> {
        self.lines.count_file();
        let end = loop {
            match input.next() {
                Ok(Some(block)) => self.block(block)?,
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        if !self.buffered.is_empty() || self.forwarded_bytes > 0 {
            self.line(b"");
        }
        if let Some(error) = end {
            let Position { source, file, .. } = self.position;
            self.lines.error(ReadError::file(source, file.to_owned(), &error));
        }
        self.write(Instant::now())
    }

    fn block(&mut self, block: &[u8]) -> io::Result<()> {
        let arrived = Instant::now();
        self.lines.refresh();
        self.lines.count_bytes(block.len() as u64);
        let mut rest = block;
        while let Some(length) = memchr(b'\n', rest) {
            self.line(&rest[..length]);
            rest = &rest[length + 1..];
        }
        self.buffer(rest);
        self.write(arrived)
    }

    /// Filters a line that ends in `end`.
    fn line(&mut self, end: &[u8]) {
        let length = if self.buffered.is_empty() && self.forwarded_bytes == 0 {
            self.lines.line(self.position, end, &mut self.out);
            end.len() as u64
        } else {
            self.buffer(end);
            self.buffered_line()
        };
        self.position.record += 1;
        self.position.offset += length + 1;
    }

    /// Filters the buffered line, and returns its length.
    fn buffered_line(&mut self) -> u64 {
        let Self { lines, position, buffered, forwarded_bytes, out, .. } = self;
        match std::mem::take(forwarded_bytes) {
            0 => {
                lines.line(*position, buffered, out);
                let length = buffered.len() as u64;
                buffered.clear();
                length
            }
            bytes => {
                lines.end_oversized(*position, bytes, out);
                bytes
            }
        }
    }

    /// Buffers a part of an incomplete line; forwards it if the line is too long for a record.
    fn buffer(&mut self, part: &[u8]) {
        self.buffered.extend_from_slice(part);
        if self.forwarded_bytes > 0 || self.buffered.len() > MAX_ITEM_BYTES {
            self.forwarded_bytes += self.buffered.len() as u64;
            self.lines.forward_part(&self.buffered, &mut self.out);
            self.buffered.clear();
        }
    }

    /// Writes the output for what arrived at this time, and counts it.
    fn write(&mut self, arrived: Instant) -> io::Result<()> {
        let written = self.to.write_all(&self.out).and_then(|()| self.to.flush());
        self.out.clear();
        self.totals.add(self.lines.take_summary(), arrived.elapsed());
        written
    }
}
