//! Splits a source into items and passes them to a [`Visitor`].

use std::io::{self, Read};

use sekisho::{ListElement, RecordList};
use sekisho_records::{MAX_ITEM_BYTES, OpenedItem, Piece, Splitter, decode_strings, open_item};

use super::paths::Source;
use super::position::Position;
use super::read_error::ReadError;

/// What a visitor found an item to be.
#[derive(Debug)]
pub(crate) enum ItemResult {
    /// One record, which was read.
    Read,
    /// A record that cannot be read, and why.
    Unreadable(String),
    /// Several records: the item is split further.
    SeveralRecords,
}

/// Receives the items of a source in order.
pub(crate) trait Visitor {
    /// The reason to stop before the end.
    type Stop;

    /// Called with each item.
    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<ItemResult, Self::Stop>;

    /// Called with the bytes of unreadable input, in one or several parts.
    fn unreadable(&mut self, bytes: &[u8], is_last: bool);

    /// Called with the error after unreadable input.
    fn error(&mut self, error: ReadError);

    /// Called where reading could begin anew, with the offset of the next byte.
    fn boundary(&mut self, _offset: u64) -> Result<(), Self::Stop> {
        Ok(())
    }

    /// Called after each of the calls above. `waiting`: the next read may block.
    fn pause(&mut self, waiting: bool) -> Result<(), Self::Stop>;
}

/// Passes the items of a source to `visitor`. Returns the length of the source in bytes, or none if
/// it could not be opened.
///
/// # Errors
/// The visitor's reason to stop.
pub(crate) fn visit<V: Visitor>(
    visitor: &mut V,
    number: usize,
    source: &Source,
    opened: io::Result<Box<dyn Read>>,
) -> Result<Option<u64>, V::Stop> {
    let file = source.name();
    let position = Position { source: number, file: &file, record: 0, offset: 0 };
    match opened {
        Ok(mut input) => {
            let mut items = Items { visitor, position };
            items.walk(Splitter::new(&mut *input), None).map(Some)
        }
        Err(error) => {
            visitor.error(ReadError::file(number, file, &error));
            Ok(None)
        }
    }
}

/// Passes the items of an input in which each line is a value to `visitor`. It is a part of `file`, and
/// begins at `offset`.
///
/// # Errors
/// The visitor's reason to stop.
pub(crate) fn visit_lines<V: Visitor>(
    visitor: &mut V,
    file: &str,
    offset: u64,
    input: &mut dyn Read,
) -> Result<(), V::Stop> {
    let position = Position { source: 0, file, record: 0, offset };
    Items { visitor, position }.walk(Splitter::of_lines(input), None).map(drop)
}

/// Passes the items in `bytes` to `visitor`, as those of a source with this number and name.
///
/// # Errors
/// The visitor's reason to stop.
pub(crate) fn visit_bytes<V: Visitor>(
    visitor: &mut V,
    number: usize,
    file: &str,
    mut bytes: &[u8],
) -> Result<(), V::Stop> {
    let position = Position { source: number, file, record: 0, offset: 0 };
    let input: &mut dyn Read = &mut bytes;
    Items { visitor, position }.walk(Splitter::new(input), None).map(drop)
}

struct Items<'a, V> {
    visitor: &'a mut V,
    /// Position of the next item.
    position: Position<'a>,
}

impl<V: Visitor> Items<'_, V> {
    /// Visits the items of an input that begins at the current position, and returns its length.
    /// `item_len` is the length of the item that the input comes from, if it comes from one.
    fn walk(
        &mut self,
        mut splitter: Splitter<&mut dyn Read>,
        item_len: Option<usize>,
    ) -> Result<u64, V::Stop> {
        let base = self.position.offset;
        let mut oversized_bytes = 0;
        while let Some(piece) = splitter.next_piece() {
            let waiting = matches!(piece, Piece::Waiting);
            match piece {
                Piece::Item { offset, bytes } => {
                    self.position.offset = base + offset;
                    self.item(bytes, item_len)?;
                }
                Piece::Broken { offset, bytes, error_offset, error } => {
                    self.position.offset = base + offset;
                    let message = match error_offset - offset {
                        0 => error.to_string(),
                        into => format!("{error}, {into} bytes into it"),
                    };
                    self.unreadable(bytes, message);
                }
                Piece::Oversized { offset, bytes, is_last } => {
                    oversized_bytes += bytes.len();
                    self.visitor.unreadable(bytes, is_last);
                    if is_last {
                        self.position.offset = base + offset;
                        self.record_error(format!(
                            "expected at most {MAX_ITEM_BYTES} bytes in a record, found {oversized_bytes}"
                        ));
                        oversized_bytes = 0;
                    }
                }
                Piece::Waiting => {}
            }
            if waiting && item_len.is_none() && splitter.is_between_values() {
                self.visitor.boundary(base + splitter.bytes_read())?;
            }
            self.visitor.pause(waiting)?;
        }
        Ok(splitter.bytes_read())
    }

    fn item(&mut self, item: &[u8], item_len: Option<usize>) -> Result<(), V::Stop> {
        let mut buffer = Vec::new();
        let decoded = decode_strings(item);
        let OpenedItem { json, mut offset } =
            open_item(decoded.as_deref().unwrap_or(item), &mut buffer);
        if decoded.is_some() {
            offset = None;
        }
        self.position.offset += offset.unwrap_or(0) as u64;
        match self.visitor.item(self.position, json)? {
            ItemResult::Read => self.position.record += 1,
            ItemResult::SeveralRecords => self.several(json, offset.is_some(), item_len)?,
            ItemResult::Unreadable(message) => self.unreadable(json, message),
        }
        Ok(())
    }

    /// Visits each of the records in an item. `is_part`: its text is part of the input as it is.
    fn several(
        &mut self,
        mut json: &[u8],
        is_part: bool,
        item_len: Option<usize>,
    ) -> Result<(), V::Stop> {
        let base = self.position.offset;
        let mut list = RecordList::default();
        if let Ok(Some(elements)) = list.elements(json) {
            for ListElement { offset, json } in elements {
                self.position.offset = base + if is_part { offset as u64 } else { 0 };
                self.item(json, None)?;
                self.visitor.pause(false)?;
            }
        } else if item_len != Some(json.len()) {
            let length = json.len();
            self.walk(Splitter::new(&mut json), Some(length))?;
        } else {
            self.unreadable(json, "several records, in an unknown structure".to_owned());
        }
        Ok(())
    }

    fn unreadable(&mut self, bytes: &[u8], message: String) {
        if bytes.is_empty() {
            self.visitor.error(ReadError::between_items(self.position, message));
        } else {
            self.visitor.unreadable(bytes, true);
            self.record_error(message);
        }
    }

    fn record_error(&mut self, message: String) {
        self.visitor.error(ReadError::record(self.position, message));
        self.position.record += 1;
    }
}
