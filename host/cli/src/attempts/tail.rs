//! Reads a file that grows.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use memchr::memrchr;
use sekisho_records::MAX_ITEM_BYTES;

use super::followed_file::FollowedFile;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// How much is read at once.
const READ_BYTES: usize = 64 << 10;

/// How long a file that was renamed is still read: its writer may not have noticed.
const ROTATION_GRACE: Duration = Duration::from_secs(1);

/// Why a file is not read any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// A signal asked the program to end.
    Shutdown,
    /// Another file has its path.
    Rotated,
    /// It is shorter than what was read.
    Truncated,
}

/// A file that is read as it grows, in whole lines, until it is rotated or truncated.
#[derive(Debug)]
pub(super) struct Tail {
    path: PathBuf,
    followed: FollowedFile,
    /// The offset of the next byte to read.
    offset: u64,
    /// What was read, from `taken` on.
    buffer: Vec<u8>,
    taken: usize,
    /// Where the last line that is complete ends.
    ready: usize,
    /// Since when another file has had the path.
    rotated: Option<Instant>,
    shutdown: Shutdown,
    end: Option<End>,
}

impl Tail {
    /// Reads `followed` from `offset`. `path` is where a later file will be.
    pub(super) fn new(
        path: &Path,
        followed: FollowedFile,
        offset: u64,
        shutdown: Shutdown,
    ) -> Self {
        Self {
            path: path.to_owned(),
            followed,
            offset,
            buffer: Vec::new(),
            taken: 0,
            ready: 0,
            rotated: None,
            shutdown,
            end: None,
        }
    }

    /// Why the input ended. None if it could not be read.
    pub(super) fn end(&self) -> Option<End> {
        self.end
    }

    /// Reads more. Returns whether there was any.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.taken);
        (self.taken, self.ready) = (0, 0);
        let length = self.buffer.len();
        self.buffer.resize(length + READ_BYTES, 0);
        let read = self.followed.read_at(&mut self.buffer[length..], self.offset);
        self.buffer.truncate(length + *read.as_ref().unwrap_or(&0));
        let read = read?;
        self.offset += read as u64;
        let new_line = memrchr(b'\n', &self.buffer[length..]);
        self.ready = match new_line {
            Some(index) => length + index + 1,
            // A line that is too long for a record is passed on in parts.
            None if self.buffer.len() > MAX_ITEM_BYTES => self.buffer.len(),
            None => 0,
        };
        Ok(read > 0)
    }

    /// Why nothing more will come, if so.
    fn find_end(&mut self) -> io::Result<Option<End>> {
        if self.shutdown.is_requested() {
            return Ok(Some(End::Shutdown));
        }
        if self.followed.length()? < self.offset {
            return Ok(Some(End::Truncated));
        }
        // Between the two steps of a rotation, no file has the path.
        let is_rotated = fs::metadata(&self.path)
            .is_ok_and(|metadata| metadata.is_file() && !self.followed.is(&metadata));
        if !is_rotated {
            self.rotated = None;
            return Ok(None);
        }
        let since = self.rotated.get_or_insert_with(Instant::now);
        Ok((since.elapsed() >= ROTATION_GRACE).then_some(End::Rotated))
    }
}

impl Read for Tail {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready && self.end.is_none() {
            if self.shutdown.is_requested() {
                self.end = Some(End::Shutdown);
            } else if self.fill()? {
                self.followed.set_caught_up(false);
                // It is still written to.
                self.rotated = self.rotated.map(|_| Instant::now());
            } else if let Some(end) = self.find_end()? {
                self.end = Some(end);
                // No more of its last line will come; after a shutdown, the next run reads it whole.
                if end != End::Shutdown {
                    self.ready = self.buffer.len();
                }
            } else {
                self.followed.set_caught_up(true);
                thread::sleep(POLL_INTERVAL);
            }
        }
        let length = (self.ready - self.taken).min(buffer.len());
        buffer[..length].copy_from_slice(&self.buffer[self.taken..self.taken + length]);
        self.taken += length;
        Ok(length)
    }
}
