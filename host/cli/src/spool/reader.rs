//! The spool as the thread that delivers sees it.

use std::fs::{self, File};
use std::io;
use std::sync::Arc;

use super::position::{Noted, Position, PositionFile, SpoolId};
use super::queue::Spool;
use super::segment;
use crate::log::warn;

/// What is delivered at once.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    /// Tells it from all others; the same if it is delivered again.
    pub(crate) key: String,
}

/// Takes batches in the order in which they were appended.
pub(crate) struct Reader {
    spool: Arc<Spool>,
    id: SpoolId,
    /// Everything before was delivered.
    delivered: Position,
    /// Everything before was taken.
    next: Position,
    /// Where the batch ends that an earlier process has sent, if its answer is not known.
    sent: Option<Position>,
    /// The segment that was read last.
    file: Option<(u64, File)>,
    position_file: PositionFile,
}

impl Reader {
    /// A reader that begins with what was not delivered. A spool has one reader.
    ///
    /// # Errors
    /// The error of the operating system.
    pub(crate) fn new(spool: Arc<Spool>) -> io::Result<Self> {
        let position_file = PositionFile::open(&spool.folder)?;
        let delivered = spool.position();
        let Noted { id, sent, .. } = spool.noted;
        let sent = Some(sent).filter(|sent| *sent > delivered);
        Ok(Self { id, delivered, next: delivered, sent, spool, file: None, position_file })
    }

    /// Takes batches of up to `bytes` bytes in all, at least one, as one; none if there is none. What an
    /// earlier process has sent is taken again as it was.
    ///
    /// # Errors
    /// The error of the operating system: nothing is taken.
    pub(crate) fn take(&mut self, bytes: usize) -> io::Result<Option<Batch>> {
        let mut next = self.next;
        let mut batches = Vec::new();
        let sent = self.sent.take();
        while sent.map_or(batches.len() < bytes, |sent| next < sent) {
            let Position { number, offset } = next;
            let (length, following) = {
                let state = self.spool.state();
                let following = state.segments.range(number + 1..).next();
                (state.segments[&number], following.map(|(number, _)| *number))
            };
            if offset < length {
                next.offset = match self.read(number, offset, length, &mut batches)? {
                    Some(end) => end,
                    None => {
                        self.set_aside(number, length - offset)?;
                        length
                    }
                };
            } else if let Some(number) = following {
                next = Position { number, offset: segment::FIRST };
            } else {
                break;
            }
        }
        self.next = next;
        if batches.is_empty() {
            return Ok(None);
        }
        let Self { id, delivered, .. } = *self;
        self.position_file.write(Noted { id, delivered, sent: next })?;
        let Position { number, offset } = delivered;
        let id = u128::from_be_bytes(id);
        let key = format!("{id:032x}-{number}-{offset}-{}-{}", next.number, next.offset);
        Ok(Some(Batch { bytes: batches, key }))
    }

    fn read(
        &mut self,
        number: u64,
        offset: u64,
        length: u64,
        batches: &mut Vec<u8>,
    ) -> io::Result<Option<u64>> {
        if self.file.as_ref().is_none_or(|(open, _)| *open != number) {
            self.file = Some((number, File::open(segment::path(&self.spool.folder, number))?));
        }
        let (_, file) = self.file.as_mut().expect("it was opened");
        segment::read(file, offset, length, batches)
    }

    /// Keeps a copy of a segment whose last `bytes` bytes cannot be read.
    fn set_aside(&self, number: u64, bytes: u64) -> io::Result<()> {
        let path = segment::path(&self.spool.folder, number);
        let kept = path.with_extension("damaged");
        fs::copy(&path, &kept)?;
        warn(&format!("{bytes} bytes of the spool are damaged; they are in {}", kept.display()));
        Ok(())
    }

    /// Notes that everything that was taken is delivered.
    ///
    /// # Errors
    /// The error of the operating system: what was delivered may be delivered again by the next
    /// process.
    pub(crate) fn delivered(&mut self) -> io::Result<()> {
        let Self { spool, id, delivered, next, position_file, .. } = self;
        spool.delivered(*next, |position| {
            (*delivered, *next) = (position, position);
            position_file.write(Noted { id: *id, delivered: position, sent: position })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::spool::queue::Append;

    fn open(folder: &Path, limit: u64) -> (Arc<Spool>, Reader) {
        let spool = Spool::open(folder, limit).unwrap();
        (Arc::clone(&spool), Reader::new(spool).unwrap())
    }

    fn append(spool: &Spool, batch: &str) {
        assert_eq!(spool.append(batch.as_bytes(), None).unwrap(), Append::Done);
    }

    fn take(reader: &mut Reader) -> String {
        take_with_key(reader).0
    }

    fn take_with_key(reader: &mut Reader) -> (String, String) {
        let batch = reader.take(1 << 20).unwrap();
        let (bytes, key) = batch.map(|batch| (batch.bytes, batch.key)).unwrap_or_default();
        (String::from_utf8(bytes).unwrap(), key)
    }

    /// The only file with this end of its name.
    fn only(folder: &Path, end: &str) -> PathBuf {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut found = entries.filter(|path| path.to_string_lossy().ends_with(end));
        let path = found.next().unwrap();
        assert_eq!(found.next(), None);
        path
    }

    #[test]
    fn what_was_not_delivered_is_there_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let open = || open(folder.path(), 1 << 20);
        let (spool, mut reader) = open();
        append(&spool, "one\n");
        append(&spool, "two\n");
        assert_eq!(take(&mut reader), "one\ntwo\n");
        assert_eq!(take(&mut reader), "");
        drop((spool, reader));

        let (spool, mut reader) = open();
        assert_eq!(spool.waiting(), 24);
        assert_eq!(take(&mut reader), "one\ntwo\n", "it was taken, but not delivered");
        reader.delivered().unwrap();
        append(&spool, "three\n");
        drop((spool, reader));

        let (spool, mut reader) = open();
        assert_eq!(take(&mut reader), "three\n");
        drop((spool, reader));
        // Without the position, batches are delivered again, but none is lost.
        fs::write(folder.path().join("position"), [0; 52]).unwrap();
        assert_eq!(take(&mut open().1), "one\ntwo\nthree\n");
    }

    #[test]
    fn what_was_sent_is_sent_again_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let open = || open(folder.path(), 1 << 20);
        let (spool, mut reader) = open();
        append(&spool, "one\n");
        append(&spool, "two\n");
        let first = take_with_key(&mut reader);
        assert_eq!(first.0, "one\ntwo\n");
        append(&spool, "three\n");
        drop((spool, reader));
        // The answer is not known, and there is more now.
        let (spool, mut reader) = open();
        append(&spool, "four\n");
        assert_eq!(take_with_key(&mut reader), first);
        reader.delivered().unwrap();
        let second = take_with_key(&mut reader);
        assert_eq!(second.0, "three\nfour\n");
        assert_ne!(second.1, first.1);
        reader.delivered().unwrap();
        drop((spool, reader));
        let (spool, mut reader) = open();
        append(&spool, "five\n");
        assert_eq!(take(&mut reader), "five\n");
        let other = tempfile::tempdir().unwrap();
        let (spool, mut reader) = super::tests::open(other.path(), 1 << 20);
        append(&spool, "one\n");
        append(&spool, "two\n");
        let same = take_with_key(&mut reader);
        assert!(same.0 == first.0 && same.1 != first.1, "each spool has keys of its own");
    }

    #[test]
    fn a_crash_at_any_byte_loses_no_earlier_batch() {
        let folder = tempfile::tempdir().unwrap();
        let (spool, _) = open(folder.path(), 1 << 20);
        append(&spool, "one\n");
        append(&spool, "two\n");
        drop(spool);
        let path = only(folder.path(), ".segment");
        let bytes = fs::read(&path).unwrap();
        for length in 0..=bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            let (spool, mut reader) = open(folder.path(), 1 << 20);
            append(&spool, "after\n");
            let expected = match length {
                40.. => "one\ntwo\nafter\n",
                28.. => "one\nafter\n",
                _ => "after\n",
            };
            assert_eq!(take(&mut reader), expected, "{length} bytes");
        }
    }

    #[test]
    fn it_is_bounded_and_frees_what_was_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let (spool, mut reader) = open(folder.path(), 40 << 20);
        let batch = vec![b'x'; 5 << 20];
        for _ in 0..7 {
            assert_eq!(spool.append(&batch, None).unwrap(), Append::Done);
        }
        assert_eq!(spool.append(&batch, None).unwrap(), Append::Full);
        assert_eq!(spool.append(&vec![0; 40 << 20], None).unwrap(), Append::TooLarge);
        for _ in 0..7 {
            assert!(reader.take(1).unwrap().unwrap().bytes == batch);
            reader.delivered().unwrap();
        }
        assert_eq!(spool.waiting(), 0);
        assert!(fs::metadata(only(folder.path(), ".segment")).unwrap().len() < 8 << 20);
        assert_eq!(spool.append(&batch, None).unwrap(), Append::Done);
    }

    #[test]
    fn a_kill_before_a_segment_is_removed_delivers_nothing_again() {
        let folder = tempfile::tempdir().unwrap();
        let (spool, mut reader) = open(folder.path(), 40 << 20);
        append(&spool, &"x".repeat(8 << 20));
        append(&spool, "two\n");
        append(&spool, "three\n");
        let first = segment::path(folder.path(), 1);
        let bytes = fs::read(&first).unwrap();
        assert_eq!(reader.take((8 << 20) + 1).unwrap().unwrap().bytes.len(), (8 << 20) + 4);
        reader.delivered().unwrap();
        assert!(!first.exists());
        drop((spool, reader));
        fs::write(&first, bytes).unwrap();
        let (_spool, mut reader) = open(folder.path(), 40 << 20);
        assert_eq!(take(&mut reader), "three\n");
        assert!(!first.exists());
    }

    #[test]
    fn a_damaged_segment_is_kept_and_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let (spool, reader) = open(folder.path(), 40 << 20);
        append(&spool, "one\n");
        append(&spool, &"x".repeat(8 << 20));
        append(&spool, "two\n");
        drop((spool, reader));
        let path = segment::path(folder.path(), 1);
        let mut bytes = fs::read(&path).unwrap();
        bytes[100] ^= 1;
        fs::write(&path, bytes).unwrap();
        let (_spool, mut reader) = open(folder.path(), 40 << 20);
        assert_eq!(take(&mut reader), "one\ntwo\n");
        reader.delivered().unwrap();
        only(folder.path(), ".damaged");
    }

    #[test]
    fn damage_in_the_last_segment_takes_nothing_away() {
        let folder = tempfile::tempdir().unwrap();
        let (spool, reader) = open(folder.path(), 1 << 20);
        for batch in ["one\n", "two\n", "three\n"] {
            append(&spool, batch);
        }
        drop((spool, reader));
        let path = segment::path(folder.path(), 1);
        let mut bytes = fs::read(&path).unwrap();
        let two = bytes.windows(4).position(|part| part == b"two\n").unwrap();
        bytes[two] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let (spool, mut reader) = open(folder.path(), 1 << 20);
        append(&spool, "four\n");
        assert_eq!(take(&mut reader), "one\nfour\n");
        reader.delivered().unwrap();
        assert_eq!(fs::read(path.with_extension("damaged")).unwrap(), bytes);
    }

    #[test]
    fn it_has_one_owner() {
        let folder = tempfile::tempdir().unwrap();
        let _open = open(folder.path(), 1 << 20);
        let error = Spool::open(folder.path(), 1 << 20).err().unwrap();
        assert_eq!(error.to_string(), "another process has it open");
    }
}
