//! The state file: what is open between runs.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sekisho_host::{Error, Filter};

use super::checkpoint::Checkpoint;
use crate::failure::Failure;
use crate::file::{Lock, NewFile, Replacement, read_bounded};

/// The maximum size of a state: a module passes no more out at once.
const MAX_STATE_BYTES: u64 = i32::MAX as u64;

/// The file of `--state`. It is replaced at once, is private unless its mode says otherwise, and
/// belongs to this process as long as it runs.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    _lock: Lock,
}

impl StateFile {
    /// Uses the file at `path`, which need not exist. Checks that its folder is writable, so that
    /// a run does not fail at its end.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the folder is not writable, or another process uses the file.
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        let failure = |error: io::Error| write_failure(path, &error);
        let replacement = Replacement::begin(path, NewFile::Private).map_err(failure)?;
        let lock = Lock::acquire(&replacement.target().with_added_extension("lock"));
        let lock = lock.map_err(failure)?.ok_or_else(|| Failure::Usage {
            message: format!("the state {} is in use by another process", path.display()),
            advice: "wait until it ends, or name another file with `--state`: two processes would \
                     overwrite what the other one saves",
        })?;
        replacement.remove_leftovers().map_err(failure)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The path, for messages.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Restores the state, if the file exists. Returns the checkpoint that was saved with it.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be read, or the module refuses the state.
    pub(crate) fn restore(&self, filter: &mut Filter) -> Result<Option<Checkpoint>, Failure> {
        let content = match self.read() {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(Failure::Usage {
                    message: format!("the state {} cannot be read: {error}", self.name()),
                    advice: "name another file with `--state`",
                });
            }
        };
        let refused = |reason: String| Failure::Usage {
            message: format!("the state {} is refused: {reason}", self.name()),
            advice: "use the module that saved it, or remove the file to start without a state",
        };
        let (checkpoint, state) = Checkpoint::split(&content).map_err(refused)?;
        filter.restore(state).map_err(|error| {
            refused(match error {
                Error::Refused(refusal) if !refusal.message.is_empty() => refusal.message,
                error => error.to_string(),
            })
        })?;
        Ok(checkpoint)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        let metadata = fs::metadata(&self.path)?;
        if !metadata.is_file() {
            return Err(io::Error::other("expected a regular file, found a device or a folder"));
        }
        read_bounded(&self.path, MAX_STATE_BYTES)
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it cannot be written. The old state is kept.
    pub(crate) fn save(
        &self,
        checkpoint: Option<&Checkpoint>,
        state: &[u8],
    ) -> Result<(), Failure> {
        let begin = checkpoint.map(Checkpoint::encode).unwrap_or_default();
        let replace = || {
            let mut replacement = Replacement::begin(&self.path, NewFile::Private)?;
            replacement.write_all(&begin)?;
            replacement.write_all(state)?;
            replacement.commit()
        };
        replace().map_err(|error| write_failure(&self.path, &error))
    }
}

fn write_failure(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage {
        message: format!("the state {} cannot be written: {error}", path.display()),
        advice: "name a file in a writable folder with `--state`",
    }
}
