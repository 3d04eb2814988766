//! Notes up to where the batches of a spool were delivered.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::segment;

const FILE_NAME: &str = "position";

/// A place between two entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Position {
    /// The number of the segment.
    pub(super) number: u64,
    /// The offset in the segment.
    pub(super) offset: u64,
}

/// The file that notes a position.
pub(super) struct PositionFile(File);

impl PositionFile {
    /// Opens the file in the folder of a spool.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        segment::private(&mut options);
        options.open(folder.join(FILE_NAME)).map(Self)
    }

    /// Notes a position. It may not be on disk yet: then batches are delivered again after a crash of
    /// the machine.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn write(&mut self, position: Position) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(&encode(position))
    }
}

/// The position that an earlier process noted, or else the first entry.
pub(super) fn load(folder: &Path, segments: &BTreeMap<u64, u64>) -> Position {
    let first = segments.first_key_value().expect("there is always a segment");
    let noted = fs::read(folder.join(FILE_NAME)).ok().and_then(|bytes| decode(&bytes));
    let is_known = |position: &Position| {
        position.number == *first.0 && (segment::FIRST..=*first.1).contains(&position.offset)
    };
    noted.filter(is_known).unwrap_or(Position { number: *first.0, offset: segment::FIRST })
}

fn encode(position: Position) -> [u8; 20] {
    let mut bytes = [0; 20];
    bytes[..8].copy_from_slice(&position.number.to_le_bytes());
    bytes[8..16].copy_from_slice(&position.offset.to_le_bytes());
    let checksum = crc32fast::hash(&bytes[..16]);
    bytes[16..].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn decode(bytes: &[u8]) -> Option<Position> {
    let (number, rest) = bytes.split_first_chunk()?;
    let (offset, _) = rest.split_first_chunk()?;
    let position =
        Position { number: u64::from_le_bytes(*number), offset: u64::from_le_bytes(*offset) };
    (bytes == encode(position)).then_some(position)
}
