//! Rows of a table.

use std::io::Read;

use memchr::memchr_iter;

use super::piece::SplitError;
use super::splitter::Splitter;
use super::state::{Found, State};
use super::table::Stop;

impl<R: Read> Splitter<R> {
    /// Reads on in a row of a table.
    pub(super) fn table_row(&mut self) -> Option<Found> {
        let rest = &self.window.bytes()[self.position..];
        if rest.is_empty() && !self.window.ended() {
            return self.more();
        }
        // At the end, a quote that is open has none to close it.
        let is_cut = rest.is_empty()
            && !memchr_iter(b'"', &self.window.bytes()[self.start..]).count().is_multiple_of(2);
        let table = self.table.as_mut()?;
        let (read, stop) = table.read(rest);
        self.position += read;
        match stop {
            Stop::NeedsMore => None,
            Stop::Row => Some(self.end_row(is_cut)),
            Stop::End => {
                self.start = self.position;
                self.state = State::Between;
                None
            }
        }
    }

    fn end_row(&mut self, is_cut: bool) -> Found {
        let found = self.item(self.position);
        self.state = State::Table;
        let Some(table) = &mut self.table else { return found };
        let written = match found {
            Found::Item(_) if is_cut => Err(SplitError::Truncated),
            Found::Item(_) => table.write_json(),
            // What does not fit was dropped.
            _ => Ok(()),
        };
        table.clear();
        let error_offset = self.window.offset(self.position);
        match (found, written) {
            (Found::Item(range), Ok(())) => Found::Row { start: range.start },
            (Found::Item(range), Err(error)) => Found::Broken { range, error_offset, error },
            (found, _) => found,
        }
    }
}
