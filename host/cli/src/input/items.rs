//! From a source to its items, numbered, with what could not be read.

use std::io::{self, Read};

use super::paths::Source;
use super::unread::Unread;
use sekisho_records::{MAX_ITEM_BYTES, Piece, Splitter};

/// Where an item is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Position<'a> {
    /// Which of all sources it is in.
    pub(crate) source: usize,
    /// Name of the file.
    pub(crate) file: &'a str,
    /// How many items come before it in the file.
    pub(crate) record: u64,
    /// Where it begins in the decompressed file, in bytes.
    pub(crate) offset: u64,
}

/// What a visitor says of an item.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It was read.
    Read,
    /// It cannot be read, for this reason.
    Unread(String),
    /// It is not one record, but holds several.
    Several,
}

/// Takes what a source holds, in its order.
pub(crate) trait Visitor {
    /// Why it wants no more.
    type Stop;

    /// Takes an item.
    fn item(&mut self, position: Position<'_>, bytes: &[u8]) -> Result<Answer, Self::Stop>;

    /// Takes what cannot be read, as it is. It may come in parts; the last one `ends`.
    fn unread_bytes(&mut self, bytes: &[u8], ends: bool);

    /// Learns why something cannot be read.
    fn unread(&mut self, unread: Unread);

    /// Comes after every call above. `waiting`: it may take time until there is more.
    fn pause(&mut self, waiting: bool) -> Result<(), Self::Stop>;
}

/// Hands all that a source holds to a visitor, and gives its length in bytes; nothing if it cannot
/// be `opened`, which the visitor learns as well.
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
            items.walk(&mut input, None).map(Some)
        }
        Err(error) => {
            visitor.unread(Unread::file(number, file, &error));
            Ok(None)
        }
    }
}

struct Items<'a, V> {
    visitor: &'a mut V,
    /// Of the next item.
    position: Position<'a>,
}

impl<V: Visitor> Items<'_, V> {
    /// Goes through an input that begins at the current position, and gives its length. If it is
    /// an item that holds several records, `item_len` is its length.
    fn walk(&mut self, input: &mut dyn Read, item_len: Option<usize>) -> Result<u64, V::Stop> {
        let base = self.position.offset;
        let mut oversized_bytes = 0;
        let mut splitter = Splitter::new(input);
        while let Some(piece) = splitter.next_piece() {
            let waiting = matches!(piece, Piece::Waiting);
            match piece {
                Piece::Item { offset, bytes } => {
                    self.position.offset = base + offset;
                    self.item(bytes, item_len)?;
                }
                Piece::Broken { offset, bytes, error_offset, error } => {
                    self.position.offset = base + offset;
                    let sentence = match error_offset - offset {
                        0 => error.to_string(),
                        into => format!("{error}, {into} bytes into it"),
                    };
                    self.unread(bytes, sentence);
                }
                Piece::Oversized { offset, bytes, is_last } => {
                    oversized_bytes += bytes.len();
                    self.visitor.unread_bytes(bytes, is_last);
                    if is_last {
                        self.position.offset = base + offset;
                        self.unread_record(format!(
                            "expected at most {MAX_ITEM_BYTES} bytes in a record, found {oversized_bytes}"
                        ));
                        oversized_bytes = 0;
                    }
                }
                Piece::Waiting => {}
            }
            self.visitor.pause(waiting)?;
        }
        Ok(splitter.bytes_read())
    }

    fn item(&mut self, mut bytes: &[u8], item_len: Option<usize>) -> Result<(), V::Stop> {
        match self.visitor.item(self.position, bytes)? {
            Answer::Read => self.position.record += 1,
            Answer::Several if item_len != Some(bytes.len()) => {
                let length = bytes.len();
                self.walk(&mut bytes, Some(length))?;
            }
            Answer::Several => {
                self.unread(bytes, "several records, in a shape that is not known".to_owned());
            }
            Answer::Unread(sentence) => self.unread(bytes, sentence),
        }
        Ok(())
    }

    fn unread(&mut self, bytes: &[u8], sentence: String) {
        if bytes.is_empty() {
            self.visitor.unread(Unread::part(self.position, sentence));
        } else {
            self.visitor.unread_bytes(bytes, true);
            self.unread_record(sentence);
        }
    }

    fn unread_record(&mut self, sentence: String) {
        self.visitor.unread(Unread::record(self.position, sentence));
        self.position.record += 1;
    }
}
