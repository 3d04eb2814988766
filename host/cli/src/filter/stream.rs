//! One input on its way to one output: cut into lines, and passed on before more of it is read.

use std::io::{self, Write};

use memchr::memchr;

use super::blocks::Blocks;
use super::line::LineFilter;
use crate::ending::Ending;
use crate::input::items::Position;
use crate::input::unread::Unread;
use sekisho_records::MAX_ITEM_BYTES;

/// What is known of an input between two blocks of it.
pub(super) struct Stream<'a, W> {
    lines: &'a mut LineFilter,
    to: W,
    /// Of the next line.
    position: Position<'a>,
    /// The line that has not ended yet.
    held: Vec<u8>,
    /// So many bytes of it were passed on, as it is longer than any record.
    passed_bytes: u64,
    /// What goes on of the current block.
    out: Vec<u8>,
    read_bytes: u64,
}

impl<'a, W: Write> Stream<'a, W> {
    /// The input with this number and name, on its way to `to`.
    pub(super) fn new(lines: &'a mut LineFilter, to: W, source: usize, file: &'a str) -> Self {
        let position = Position { source, file, record: 0, offset: 0 };
        let (held, out) = (Vec::new(), Vec::new());
        Self { lines, to, position, held, passed_bytes: 0, out, read_bytes: 0 }
    }

    /// Passes on what comes until nothing more does.
    ///
    /// # Errors
    /// What writing says.
    pub(super) fn run(mut self, mut input: Blocks, ending: &Ending) -> io::Result<()> {
        let end = loop {
            match input.next(ending) {
                Ok(Some(block)) => self.block(block)?,
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        if !self.held.is_empty() || self.passed_bytes > 0 {
            self.line(b"");
        }
        if let Some(error) = end {
            let Position { source, file, .. } = self.position;
            self.lines.unread(Unread::file(source, file.to_owned(), &error));
        }
        self.lines.input_ends(self.read_bytes);
        self.write()
    }

    fn block(&mut self, block: &[u8]) -> io::Result<()> {
        self.read_bytes += block.len() as u64;
        let mut rest = block;
        while let Some(length) = memchr(b'\n', rest) {
            self.line(&rest[..length]);
            rest = &rest[length + 1..];
        }
        self.hold(rest);
        self.write()
    }

    /// Ends a line, of which these are the last bytes.
    fn line(&mut self, end: &[u8]) {
        let length = if self.held.is_empty() && self.passed_bytes == 0 {
            self.lines.line(self.position, end, &mut self.out);
            end.len() as u64
        } else {
            self.hold(end);
            self.held_line()
        };
        self.position.record += 1;
        self.position.offset += length + 1;
    }

    /// Takes the line that is held, and gives its length.
    fn held_line(&mut self) -> u64 {
        let Self { lines, position, held, passed_bytes, out, .. } = self;
        match std::mem::take(passed_bytes) {
            0 => {
                lines.line(*position, held, out);
                let length = held.len() as u64;
                held.clear();
                length
            }
            bytes => {
                lines.oversized_ends(*position, bytes, out);
                bytes
            }
        }
    }

    /// Takes a part of a line that goes on.
    fn hold(&mut self, part: &[u8]) {
        self.held.extend_from_slice(part);
        if self.passed_bytes > 0 || self.held.len() > MAX_ITEM_BYTES {
            self.passed_bytes += self.held.len() as u64;
            self.lines.part(&self.held, &mut self.out);
            self.held.clear();
        }
    }

    fn write(&mut self) -> io::Result<()> {
        self.to.write_all(&self.out)?;
        self.out.clear();
        self.to.flush()
    }
}
