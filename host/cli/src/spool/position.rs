//! Notes up to where the batches of a spool were delivered, and which of them are on their way.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use super::segment;
use crate::file::private;

const FILE_NAME: &str = "position";

/// A place between two entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Position {
    /// The number of the segment.
    pub(super) number: u64,
    /// The offset in the segment.
    pub(super) offset: u64,
}

/// Tells a spool from all others.
pub(super) type SpoolId = [u8; 16];

/// What is noted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Noted {
    pub(super) id: SpoolId,
    /// Everything before was delivered.
    pub(super) delivered: Position,
    /// Everything before was sent, in one batch.
    pub(super) sent: Position,
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
        private(&mut options);
        options.open(folder.join(FILE_NAME)).map(Self)
    }

    /// Notes positions. They may not be on disk yet: then batches are delivered again after a crash of
    /// the machine.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(super) fn write(&mut self, noted: Noted) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(&noted.encode())
    }
}

/// What an earlier process noted, or else the first entry, and a new id.
///
/// # Errors
/// The system has no random numbers.
pub(super) fn load(folder: &Path, segments: &BTreeMap<u64, u64>) -> io::Result<Noted> {
    let first = segments.first_key_value().expect("there is always a segment");
    let noted = fs::read(folder.join(FILE_NAME)).ok().and_then(|bytes| Noted::decode(&bytes));
    let is_known = |position: &Position| {
        let length = segments.get(&position.number);
        length.is_some_and(|length| (segment::FIRST..=*length).contains(&position.offset))
    };
    if let Some(noted) = noted.filter(|noted| is_known(&noted.delivered)) {
        let is_after = is_known(&noted.sent) && noted.sent >= noted.delivered;
        let sent = if is_after { noted.sent } else { noted.delivered };
        return Ok(Noted { sent, ..noted });
    }
    let mut id = SpoolId::default();
    getrandom::fill(&mut id).map_err(io::Error::other)?;
    let delivered = Position { number: *first.0, offset: segment::FIRST };
    Ok(Noted { id, delivered, sent: delivered })
}

impl Noted {
    fn encode(&self) -> [u8; 52] {
        let mut bytes = [0; 52];
        bytes[..16].copy_from_slice(&self.id);
        let Self { delivered, sent, .. } = self;
        let numbers = [delivered.number, delivered.offset, sent.number, sent.offset];
        for (part, number) in bytes[16..48].chunks_exact_mut(8).zip(numbers) {
            part.copy_from_slice(&number.to_le_bytes());
        }
        let checksum = crc32fast::hash(&bytes[..48]);
        bytes[48..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let mut numbers = rest
            .chunks_exact(8)
            .map(|number| u64::from_le_bytes(number.try_into().expect("a chunk has eight bytes")));
        let mut position = || Some(Position { number: numbers.next()?, offset: numbers.next()? });
        let noted = Self { id: *id, delivered: position()?, sent: position()? };
        (bytes == noted.encode()).then_some(noted)
    }
}
