//! Reads the bytes of a state.

use super::error::{StateError, VERSION};

/// Reads the content of a state from front to back.
#[derive(Debug)]
pub struct StateReader<'a> {
    rest: &'a [u8],
    length: usize,
    version: u32,
}

impl<'a> StateReader<'a> {
    /// A reader at the first byte of the content, which follows the header, of the version that
    /// this build writes.
    #[must_use]
    pub fn new(content: &'a [u8]) -> Self {
        StateReader::of_version(VERSION, content)
    }

    pub(crate) fn of_version(version: u32, content: &'a [u8]) -> Self {
        StateReader { rest: content, length: content.len(), version }
    }

    /// The version of the format.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The number of bytes that have not been read.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Reads `count` bytes.
    ///
    /// # Errors
    /// [`StateError::Invalid`] if fewer remain.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], StateError> {
        let (taken, rest) =
            self.rest.split_at_checked(count).ok_or_else(|| self.expected("more bytes"))?;
        self.rest = rest;
        Ok(taken)
    }

    /// The error for an invalid value at this offset.
    #[must_use]
    pub fn expected(&self, expected: &'static str) -> StateError {
        StateError::Invalid { offset: self.length - self.rest.len(), expected }
    }
}
