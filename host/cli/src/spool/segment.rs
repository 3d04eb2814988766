//! The format of a segment: a header, then entries of a length, a checksum and a batch.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;

use crate::file::private;

/// The first bytes of a segment.
const HEADER: &[u8; 16] = b"sekisho spool 1\n";

/// The offset of the first entry.
pub(super) const FIRST: u64 = HEADER.len() as u64;

/// The bytes of an entry before its batch.
const ENTRY_HEADER: usize = 8;

/// The number of bytes of an entry with `batch` bytes.
pub(super) fn entry_length(batch: usize) -> u64 {
    (ENTRY_HEADER + batch) as u64
}

/// The file of segment `number`.
pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:020}.segment"))
}

/// The number of the segment with this file name.
pub(super) fn number(name: &str) -> Option<u64> {
    name.strip_suffix(".segment")?.parse().ok()
}

/// Makes an empty segment, which is on disk when this returns.
///
/// # Errors
/// The error of the operating system.
pub(super) fn create(folder: &Path, number: u64) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private(&mut options);
    let mut file = options.open(path(folder, number))?;
    file.write_all(HEADER)?;
    file.sync_all()?;
    sync_folder(folder)?;
    Ok(file)
}

/// Writes the names of new files to disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Appends an entry at `offset`, which is on disk when this returns.
///
/// # Errors
/// The error of the operating system.
pub(super) fn append(file: &mut File, offset: u64, batch: &[u8]) -> io::Result<()> {
    let length = u32::try_from(batch.len()).map_err(io::Error::other)?.to_le_bytes();
    file.seek(SeekFrom::Start(offset))?;
    let mut entry = Vec::with_capacity(ENTRY_HEADER + batch.len());
    entry.extend_from_slice(&length);
    entry.extend_from_slice(&checksum(length, batch));
    entry.extend_from_slice(batch);
    file.write_all(&entry)?;
    file.sync_data()
}

fn checksum(length: [u8; 4], batch: &[u8]) -> [u8; 4] {
    let mut hasher = Hasher::new();
    hasher.update(&length);
    hasher.update(batch);
    hasher.finalize().to_le_bytes()
}

/// Reads the entry at `offset` of a segment with `length` bytes, and appends its batch. Returns the
/// offset after it; none if there is no intact entry.
///
/// # Errors
/// The error of the operating system.
pub(super) fn read(
    file: &mut File,
    offset: u64,
    length: u64,
    batches: &mut Vec<u8>,
) -> io::Result<Option<u64>> {
    let Some(left) = length.checked_sub(offset + ENTRY_HEADER as u64) else { return Ok(None) };
    file.seek(SeekFrom::Start(offset))?;
    let mut header = [0; ENTRY_HEADER];
    file.read_exact(&mut header)?;
    let (size, expected) = header.split_at(4);
    let size: [u8; 4] = size.try_into().expect("it has four bytes");
    let bytes = u64::from(u32::from_le_bytes(size));
    if bytes > left {
        return Ok(None);
    }
    let begin = batches.len();
    file.take(bytes).read_to_end(batches)?;
    if checksum(size, &batches[begin..]) != expected {
        batches.truncate(begin);
        return Ok(None);
    }
    Ok(Some(offset + ENTRY_HEADER as u64 + bytes))
}

/// What of a segment can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Intact {
    /// So many bytes: a crash may have cut the entry after them.
    All(u64),
    /// Not what is in and after a complete entry, which is damaged.
    NotAll,
}

/// What of a segment can be read.
///
/// # Errors
/// The error of the operating system, or that it is no segment.
pub(super) fn intact(file: &mut File) -> io::Result<Intact> {
    let length = file.metadata()?.len();
    let mut header = [0; HEADER.len()];
    file.seek(SeekFrom::Start(0))?;
    if length < FIRST {
        return Ok(Intact::All(0));
    }
    file.read_exact(&mut header)?;
    if header != *HEADER {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no segment of a spool"));
    }
    let (mut end, mut batch) = (FIRST, Vec::new());
    while let Some(next) = read(file, end, length, &mut batch)? {
        end = next;
        batch.clear();
    }
    let mut size = [0; 4];
    if length - end < ENTRY_HEADER as u64 {
        return Ok(Intact::All(end));
    }
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut size)?;
    let is_complete = entry_length(u32::from_le_bytes(size) as usize) <= length - end;
    Ok(if is_complete { Intact::NotAll } else { Intact::All(end) })
}
