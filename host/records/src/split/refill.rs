//! Reads more of the input, or ends at its end.

use std::io::Read;
use std::mem;

use super::piece::{MAX_ITEM_BYTES, SplitError};
use super::splitter::Splitter;
use super::state::{Found, Place, State};

/// While recovering, this many bytes before the current position stay in memory: the next item may
/// begin in them.
const RECOVERY_BYTES: usize = 256;

impl<R: Read> Splitter<R> {
    /// Called when all bytes in memory were read: returns part of a large item, reads more of the
    /// input, or ends.
    pub(super) fn more(&mut self) -> Option<Found> {
        let kept = match self.state {
            State::Recovering { .. } => RECOVERY_BYTES,
            _ => 0,
        };
        if self.position - self.start > MAX_ITEM_BYTES + kept {
            if self.oversized.is_none() && self.enter_large() {
                return None;
            }
            let part = self.start..self.position - kept;
            self.start = part.end;
            return Some(Found::Oversized { range: part, is_last: false });
        }
        match self.window.ended() {
            true => self.at_end(),
            false => self.read(),
        }
    }

    /// Reads once. Before that, returns [`Found::Waiting`].
    pub(super) fn read(&mut self) -> Option<Found> {
        self.waiting = !self.waiting;
        if self.waiting {
            return Some(Found::Waiting);
        }
        self.window.slide(self.start);
        self.position -= self.start;
        self.start = 0;
        None
    }

    /// Returns the rest. Called again until nothing is left.
    fn at_end(&mut self) -> Option<Found> {
        let end = self.window.bytes().len();
        let place = mem::replace(&mut self.place, Place::Top);
        let error = match mem::replace(&mut self.state, State::End) {
            State::Line => return Some(self.item(end)),
            State::Recovering { error_offset, error } => {
                return Some(self.broken(end, error_offset, SplitError::Syntax(error)));
            }
            State::Between if place == Place::Top => SplitError::Read(self.window.take_error()?),
            // The next call returns the error of the input, if there is one.
            _ if self.is_oversized(&(self.start..end)) => return Some(self.item(end)),
            _ => self.window.take_error().map_or(SplitError::Truncated, SplitError::Read),
        };
        let error_offset = self.window.offset(end);
        Some(self.broken(end, error_offset, error))
    }
}
