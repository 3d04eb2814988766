//! The spool as its writers see it.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::position::{self, Noted, Position};
use super::segment::{self, Intact};
use crate::file::Lock;
use crate::request_keys::{AcceptedKeys, PendingKey};

/// A segment that is larger gets no more entries.
const SEGMENT_BYTES: u64 = 8 << 20;

/// A bounded queue in a folder, of one process.
pub(crate) struct Spool {
    pub(super) folder: PathBuf,
    limit: u64,
    /// The requests whose output is in it, or was.
    pub(crate) keys: Arc<AcceptedKeys>,
    /// What an earlier process noted.
    pub(super) noted: Noted,
    state: Mutex<State>,
    changed: Condvar,
    /// Held while the process runs.
    _lock: Lock,
}

/// What is in the folder.
pub(super) struct State {
    /// The lengths of the segments by their numbers.
    pub(super) segments: BTreeMap<u64, u64>,
    /// The last segment.
    file: File,
    /// The number of bytes at the beginning of the first segment that were delivered.
    pub(super) delivered: u64,
}

/// Whether a batch was appended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Append {
    /// It is on disk.
    Done,
    /// There is no space for it now.
    Full,
    /// It is larger than the whole spool.
    TooLarge,
}

impl State {
    /// The number of bytes that wait.
    fn waiting(&self) -> u64 {
        let headers = segment::FIRST * (self.segments.len() as u64 - 1);
        self.segments.values().sum::<u64>() - headers - self.delivered
    }

    fn last(&self) -> (u64, u64) {
        let last = self.segments.last_key_value().expect("there is always a segment");
        (*last.0, *last.1)
    }

    fn rotate(&mut self, folder: &Path) -> io::Result<()> {
        let number = self.last().0 + 1;
        self.file = segment::create(folder, number)?;
        self.segments.insert(number, segment::FIRST);
        Ok(())
    }
}

impl Spool {
    /// Opens the spool in `folder`, which is made if it is not there, for up to `limit` bytes.
    ///
    /// # Errors
    /// Another process has it open, or the error of the operating system.
    pub(crate) fn open(folder: &Path, limit: u64) -> io::Result<Arc<Self>> {
        let lock = lock(folder)?;
        let mut segments = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if let Some(number) = entry.file_name().to_str().and_then(segment::number) {
                segments.insert(number, entry.metadata()?.len());
            }
        }
        let file = match segments.last_entry() {
            None => {
                segments.insert(1, segment::FIRST);
                segment::create(folder, 1)?
            }
            Some(mut last) => {
                let number = *last.key();
                let path = segment::path(folder, number);
                let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
                match segment::intact(&mut file)? {
                    Intact::All(length) => {
                        // A crash may have cut an entry, which nobody was told is here.
                        file.set_len(length)?;
                        last.insert(length);
                        file
                    }
                    // The reader keeps a copy of it. It gets no more entries.
                    Intact::NotAll => {
                        segments.insert(number + 1, segment::FIRST);
                        segment::create(folder, number + 1)?
                    }
                }
            }
        };
        let noted = position::load(folder, &segments)?;
        let waiting = segments.split_off(&noted.delivered.number);
        // They were delivered just before the earlier process ended.
        for number in std::mem::replace(&mut segments, waiting).into_keys() {
            fs::remove_file(segment::path(folder, number))?;
        }
        let mut state = State { segments, file, delivered: noted.delivered.offset };
        if state.last().1 < segment::FIRST {
            let (number, _) = state.last();
            fs::remove_file(segment::path(folder, number))?;
            state.file = segment::create(folder, number)?;
            state.segments.insert(number, segment::FIRST);
        }
        let keys = Arc::new(AcceptedKeys::open(folder, state.last())?);
        let (state, changed) = (Mutex::new(state), Condvar::new());
        let folder = folder.to_owned();
        Ok(Arc::new(Self { folder, limit, keys, noted, state, changed, _lock: lock }))
    }

    /// Appends a batch, which may be the output of a request; it is on disk when this returns
    /// [`Append::Done`].
    ///
    /// # Errors
    /// The error of the operating system, such as a full disk: the batch is not in the spool.
    pub(crate) fn append(&self, batch: &[u8], key: Option<&PendingKey<'_>>) -> io::Result<Append> {
        let length = segment::entry_length(batch.len());
        if length > self.limit {
            return Ok(Append::TooLarge);
        }
        let mut state = self.state();
        if state.waiting() + length > self.limit {
            return Ok(Append::Full);
        }
        if state.last().1 >= SEGMENT_BYTES {
            state.rotate(&self.folder)?;
        }
        let (number, end) = state.last();
        let mut append = || segment::append(&mut state.file, end, batch);
        let appended = match key {
            Some(key) => key.accept_with((number, end + length), &mut append),
            None => append(),
        };
        if let Err(error) = appended {
            // What was written is cut off; if that fails, the segment gets no more entries.
            if state.file.set_len(end).is_err() {
                state.rotate(&self.folder)?;
            }
            return Err(error);
        }
        state.segments.insert(number, end + length);
        self.changed.notify_all();
        Ok(Append::Done)
    }

    /// The most bytes that may wait.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// The number of bytes that wait to be delivered.
    pub(crate) fn waiting(&self) -> u64 {
        self.state().waiting()
    }

    /// Waits until something is appended or delivered, for a while.
    pub(crate) fn wait(&self, timeout: Duration) {
        drop(self.changed.wait_timeout(self.state(), timeout));
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first entry that was not delivered.
    pub(super) fn position(&self) -> Position {
        let state = self.state();
        let number = *state.segments.first_key_value().expect("there is always a segment").0;
        Position { number, offset: state.delivered }
    }

    /// Notes that everything before `position` was delivered. Calls `note` with the position that follows,
    /// and then removes the segments before it, so that a kill at any time delivers nothing again.
    pub(super) fn delivered(
        &self,
        mut position: Position,
        note: impl FnOnce(Position) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut state = self.state();
        if state.last() == (position.number, position.offset) && position.offset >= SEGMENT_BYTES {
            state.rotate(&self.folder)?;
            position = Position { number: position.number + 1, offset: segment::FIRST };
        }
        note(position)?;
        let kept = state.segments.split_off(&position.number);
        let removed = std::mem::replace(&mut state.segments, kept);
        state.delivered = position.offset;
        for number in removed.into_keys() {
            fs::remove_file(segment::path(&self.folder, number))?;
        }
        self.changed.notify_all();
        Ok(())
    }
}

/// Makes the folder, and locks it.
fn lock(folder: &Path) -> io::Result<Lock> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let in_use = || io::Error::new(io::ErrorKind::WouldBlock, "another process has it open");
    Lock::acquire(&folder.join("lock"))?.ok_or_else(in_use)
}
