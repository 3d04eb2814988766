//! The files that a command reads or keeps, which its output must not overwrite.

use std::fs::File;
use std::io;
#[cfg(unix)]
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::file::FileIdentity;
use crate::input::paths::Source;

/// The files of a command.
#[derive(Debug, Default)]
pub(crate) struct UsedFiles<'u> {
    /// The inputs.
    pub(crate) sources: &'u [Source],
    /// The rule files.
    pub(crate) rules: &'u [PathBuf],
    /// The module, unless it is the built-in one.
    pub(crate) module: Option<&'u Path>,
    /// The state.
    pub(crate) state: Option<&'u Path>,
}

impl UsedFiles<'_> {
    /// Refuses a file as `output`, or else as standard output, if it is one of these, by whatever
    /// path or link.
    ///
    /// # Errors
    /// [`Failure::Usage`], if it is.
    pub(crate) fn refuse_as_output(&self, output: Option<&Path>) -> Result<(), Failure> {
        let identity = match output {
            Some(path) => FileIdentity::of_path(path),
            None => of_stdout(),
        };
        let Some(role) = identity.and_then(|identity| self.role(&identity)) else {
            return Ok(());
        };
        let name = match output {
            Some(path) => path.display().to_string(),
            None => "the file of standard output".to_owned(),
        };
        Err(Failure::Usage {
            message: format!("{name} is {role} and cannot be the output"),
            advice: "write to another file: the output would overwrite what is read",
        })
    }

    /// What the command uses the file for, if it does.
    fn role(&self, identity: &FileIdentity) -> Option<&'static str> {
        let is_file = |path: &Path| FileIdentity::of_path(path).as_ref() == Some(identity);
        let is_source = |source: &Source| match source {
            Source::File { path, .. } => is_file(path),
            Source::Stdin => of_stdin().as_ref() == Some(identity),
        };
        if self.sources.iter().any(is_source) {
            return Some("an input");
        }
        if self.rules.iter().any(|path| is_file(path)) {
            return Some("a rule file");
        }
        let roles = [(self.module, "the module"), (self.state, "the state")];
        roles.into_iter().find_map(|(path, role)| path.is_some_and(is_file).then_some(role))
    }
}

#[cfg(unix)]
fn of_stdin() -> Option<FileIdentity> {
    of_descriptor(&io::stdin())
}

#[cfg(unix)]
fn of_stdout() -> Option<FileIdentity> {
    of_descriptor(&io::stdout())
}

#[cfg(unix)]
fn of_descriptor(open: &impl AsFd) -> Option<FileIdentity> {
    FileIdentity::of_file(&File::from(open.as_fd().try_clone_to_owned().ok()?))
}

#[cfg(not(unix))]
fn of_stdin() -> Option<FileIdentity> {
    None
}

#[cfg(not(unix))]
fn of_stdout() -> Option<FileIdentity> {
    None
}
