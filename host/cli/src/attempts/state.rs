//! The state file: what is open between runs.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sekisho_host::{Error, Filter};

use crate::failure::Failure;

/// The file of `--state`. It is replaced atomically.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
}

impl StateFile {
    /// Uses the file at `path`, which need not exist. Checks that its folder is writable, so that
    /// a run does not fail at its end.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the folder is not writable.
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        let file = Self { path: path.to_owned() };
        let temporary = file.temporary_path();
        File::create(&temporary)
            .and_then(|_| fs::remove_file(&temporary))
            .map_err(|error| file.write_failure(&error))?;
        Ok(file)
    }

    /// The path, for messages.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Restores the state, if the file exists.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be read, or the module refuses the state.
    pub(crate) fn restore(&self, filter: &mut Filter) -> Result<(), Failure> {
        let state = match fs::read(&self.path) {
            Ok(state) => state,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(Failure::Usage {
                    message: format!("the state {} cannot be read: {error}", self.name()),
                    advice: "name another file with `--state`",
                });
            }
        };
        filter.restore(&state).map_err(|error| {
            let reason = match error {
                Error::Refused(refusal) if !refusal.message.is_empty() => refusal.message,
                error => error.to_string(),
            };
            Failure::Usage {
                message: format!("the state {} is refused: {reason}", self.name()),
                advice: "use the module that saved it, or remove the file to start without a state",
            }
        })
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it cannot be written. The old state is kept.
    pub(crate) fn save(&self, state: &[u8]) -> Result<(), Failure> {
        self.replace(state).map_err(|error| self.write_failure(&error))
    }

    fn replace(&self, state: &[u8]) -> io::Result<()> {
        let temporary = self.temporary_path();
        let mut file = File::create(&temporary)?;
        file.write_all(state)?;
        // Otherwise, after a crash, the new name could refer to a file without content.
        file.sync_all()?;
        fs::rename(&temporary, &self.path)
    }

    /// Where the new state is written first: in the same folder, so that it can be renamed.
    fn temporary_path(&self) -> PathBuf {
        self.path.with_added_extension("new")
    }

    fn write_failure(&self, error: &io::Error) -> Failure {
        Failure::Usage {
            message: format!("the state {} cannot be written: {error}", self.name()),
            advice: "name a file in a writable folder with `--state`",
        }
    }
}
