//! The stretch of the input that is held in memory.

use std::io::{self, Read};

/// What is asked of the input at once, and the size the buffer begins with.
const READ_BYTES: usize = 256 << 10;

/// A buffer that slides over the input. Indices are into what is held.
#[derive(Debug)]
pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    filled: usize,
    /// Where in the input the buffer begins.
    base: u64,
    ended: bool,
    error: Option<io::Error>,
}

impl<R: Read> Window<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, buffer: vec![0; READ_BYTES], filled: 0, base: 0, ended: false, error: None }
    }

    /// What is held.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// The byte offset in the input of an index.
    pub(super) fn offset(&self, index: usize) -> u64 {
        self.base + index as u64
    }

    /// The index of a byte offset; 0 if that is no longer held.
    pub(super) fn index(&self, offset: u64) -> usize {
        offset.saturating_sub(self.base) as usize
    }

    /// Whether nothing can be read any more.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Why reading ended, if the input did not simply come to its end. Told once.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// Forgets what lies before `keep` and reads once. `keep` becomes index 0.
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
