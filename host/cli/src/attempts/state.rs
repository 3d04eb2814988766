//! The state of a stream in a file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sekisho_host::{Error, Filter};

use crate::failure::Failure;

/// A file with what is open: replaced as a whole or not at all.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
}

impl StateFile {
    /// Takes this file for the state. It need not be there, but its folder has to take files.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it does not: found before the work, not behind it.
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        let file = Self { path: path.to_owned() };
        let beside = file.beside();
        File::create(&beside)
            .and_then(|_| fs::remove_file(&beside))
            .map_err(|error| file.not_written(&error))?;
        Ok(file)
    }

    /// Its name, for what is said about it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Restores the state, if the file is there.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it cannot be read or the module refuses it.
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
            let why = match error {
                Error::Refused(refused) if !refused.message.is_empty() => refused.message,
                error => error.to_string(),
            };
            Failure::Usage {
                message: format!("the state {} is refused: {why}", self.name()),
                advice: "use the module that saved it, or remove the file to begin anew",
            }
        })
    }

    /// Replaces the file.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it cannot be written. Then it is as it was before.
    pub(crate) fn save(&self, state: &[u8]) -> Result<(), Failure> {
        self.replace(state).map_err(|error| self.not_written(&error))
    }

    fn replace(&self, state: &[u8]) -> io::Result<()> {
        let beside = self.beside();
        let mut file = File::create(&beside)?;
        file.write_all(state)?;
        // A name that is on the disk before what it names would be a state that is lost.
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }

    /// Where the next state stands until it is whole: in the same folder, so that it can be renamed.
    fn beside(&self) -> PathBuf {
        self.path.with_added_extension("new")
    }

    fn not_written(&self, error: &io::Error) -> Failure {
        Failure::Usage {
            message: format!("the state {} cannot be written: {error}", self.name()),
            advice: "name a file with `--state` in a folder that takes files",
        }
    }
}
