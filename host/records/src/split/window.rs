//! The part of the input that is in memory.

use std::io::{self, Read};

/// The initial size of the buffer. At least half of it is free for each read.
const READ_BYTES: usize = 256 << 10;

/// A buffer that slides over the input. Indices are relative to its first byte.
#[derive(Debug)]
pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    filled: usize,
    /// The offset in the input of the buffer's first byte.
    base: u64,
    ended: bool,
    error: Option<io::Error>,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: vec![0; READ_BYTES], filled: 0, base: 0, ended: false, error: None }
    }

    /// The bytes in memory.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// The offset in the input of the byte at `index`.
    pub(super) fn offset(&self, index: usize) -> u64 {
        self.base + index as u64
    }

    /// The index of the byte at `offset`; 0 if it was dropped.
    pub(super) fn index(&self, offset: u64) -> usize {
        offset.saturating_sub(self.base) as usize
    }

    /// Whether the end of the input, or an error, was reached.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The error that ended reading, if any. Only the first call returns it.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Drops the bytes before the index `keep`, which becomes index 0, and reads once.
    pub(super) fn slide(&mut self, keep: usize) {
        if keep > 0 {
            self.buffer.copy_within(keep..self.filled, 0);
            self.filled -= keep;
            self.base += keep as u64;
        }
        if self.buffer.len() - self.filled < READ_BYTES / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.ended = true;
                    self.error = Some(error);
                }
            }
            return;
        }
    }
}
