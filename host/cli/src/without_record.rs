//! Items that hold no CloudTrail record.

use std::fmt;
use std::io::{self, Write};

use indicatif::HumanCount;
use sekisho_records::{Unrecognized, empty_list};

use crate::color::Palette;
use crate::input::position::Position;
use crate::sanitize::printable;

/// Counts items that hold no CloudTrail record, and keeps the first. Items whose list of records is empty
/// are counted by themselves: they say that there is nothing.
#[derive(Debug, Default)]
pub(crate) struct WithoutRecord {
    count: u64,
    first: Option<First>,
    empty_lists: u64,
    first_empty: Option<EmptyList>,
}

/// The first item whose list of records is empty.
#[derive(Debug)]
struct EmptyList {
    source: usize,
    offset: u64,
    file: String,
    path: String,
}

/// The first item without a record.
#[derive(Debug)]
struct First {
    source: usize,
    file: String,
    item: u64,
    offset: u64,
    content: Unrecognized,
}

impl WithoutRecord {
    /// Counts an item. A worker adds items in the order of its input.
    pub(crate) fn add(&mut self, position: Position<'_>, item: &[u8]) {
        if let Some(path) = empty_list(item) {
            self.empty_lists += 1;
            let Position { source, file, offset, .. } = position;
            let file = file.to_owned();
            self.first_empty.get_or_insert(EmptyList { source, offset, file, path });
        } else {
            self.count += 1;
            self.first.get_or_insert_with(|| First::new(position, item));
        }
    }

    /// The number of items.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Adds the items of another worker.
    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        let first = self.first.take().into_iter().chain(other.first);
        self.first = first.min_by_key(|first| (first.source, first.offset));
        self.empty_lists += other.empty_lists;
        let first = self.first_empty.take().into_iter().chain(other.first_empty);
        self.first_empty = first.min_by_key(|first| (first.source, first.offset));
    }

    /// Prints how many there are, what the first one is like, and what to do. `is_failure`: the whole
    /// input has no record, which is printed also if it has no items.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        is_failure: bool,
    ) -> io::Result<()> {
        let style = if is_failure { palette.bad() } else { palette.notable() };
        let Some(first) = &self.first else {
            if !is_failure {
                return Ok(());
            }
            write!(to, "{style}No records{style:#}: ")?;
            if let Some(EmptyList { file, path, .. }) = &self.first_empty {
                write!(to, "{}: its list {} is empty", printable(file), printable(path))?;
                match self.empty_lists {
                    1 => write!(to, "; ")?,
                    more => write!(to, ", and {} more; ", HumanCount(more - 1))?,
                }
            }
            return writeln!(to, "with --allow-empty this is no error");
        };
        let items = if self.count == 1 { "item holds" } else { "items hold" };
        let count = HumanCount(self.count);
        writeln!(to, "{style}{count} {items} no CloudTrail record{style:#}; {first}")
    }
}

impl First {
    fn new(position: Position<'_>, item: &[u8]) -> Self {
        let Position { source, file, record, offset } = position;
        let content = Unrecognized::of(item);
        Self { source, file: file.to_owned(), item: record, offset, content }
    }
}

impl fmt::Display for First {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, item, offset, content, .. } = self;
        write!(f, "the first, {}, item {item} at byte {offset}, ", printable(file))?;
        if content.keys.is_empty() {
            return f.write_str("has no keys");
        }
        write!(f, "has the keys {}: ", printable(&content.to_string()))?;
        match &content.path {
            Some(path) => write!(f, "name the place with --record {}", printable(path)),
            None => f.write_str("if the record is in one of them, name it with --record KEY"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_names_the_keys_and_is_safe_to_print() {
        let position = Position { source: 0, file: "a.log", record: 2, offset: 70 };
        for (item, message) in [
            (
                r#"{"a\u001b":1}"#,
                "has the keys a\\u{1b}: if the record is in one of them, name it with --record KEY",
            ),
            ("[7]", "has no keys"),
        ] {
            let message = format!("the first, a.log, item 2 at byte 70, {message}");
            assert_eq!(First::new(position, item.as_bytes()).to_string(), message);
        }
    }

    #[test]
    fn the_first_of_all_workers_is_kept() {
        let mut all = WithoutRecord::default();
        for (source, offset) in [(1, 0), (0, 9), (0, 5), (2, 0)] {
            let mut worker = WithoutRecord::default();
            worker.add(Position { source, file: "f", record: 0, offset }, b"{}");
            all.merge(worker);
        }
        let mut text = Vec::new();
        all.write(&mut text, Palette::default(), false).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(
            text,
            "4 items hold no CloudTrail record; the first, f, item 0 at byte 5, has no keys\n"
        );
    }
}
