//! How the program ends: exit codes and fatal errors.

use std::io;
use std::process::ExitCode;

/// How a command ended that did its work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// All input was read.
    Complete,
    /// Some input could not be read.
    Incomplete,
    /// There was no CloudTrail record in all of the input.
    NoRecord,
    /// A test of a rule failed.
    TestFailed,
    /// The module failed on a record.
    ModuleFailed,
}

/// The end of a command whose output was written, or failed with an error.
///
/// # Errors
/// [`Failure::Usage`] on a write error. A closed pipe is no error: the reader has seen enough.
pub(crate) fn exit_after(written: io::Result<Exit>) -> Result<Exit, Failure> {
    match written {
        Ok(exit) => Ok(exit),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Complete),
        Err(error) => Err(Failure::Usage {
            message: format!("cannot write the output: {error}"),
            advice: "a file named with `--output` is as it was before; other output is incomplete",
        }),
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Complete => 0,
            Exit::Incomplete | Exit::NoRecord | Exit::TestFailed => 1,
            Exit::ModuleFailed => 3,
        })
    }
}

/// An error that keeps a command from doing its work.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Wrong arguments, an unusable file, or an output that cannot be written.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What the user can do.
        advice: &'static str,
    },
    /// The module cannot be loaded, or does not start.
    #[error("{message}")]
    Module {
        /// What is wrong.
        message: String,
        /// What the user can do.
        advice: &'static str,
    },
}

impl Failure {
    /// No path was named, and standard input is a terminal.
    pub(crate) fn no_input() -> Self {
        Failure::Usage {
            message: "expected a path or records on standard input, found a terminal".to_owned(),
            advice: "name a file or folder, or pipe records in; `--help` has examples",
        }
    }

    /// What the user can do.
    pub(crate) fn advice(&self) -> &'static str {
        match self {
            Failure::Usage { advice, .. } | Failure::Module { advice, .. } => advice,
        }
    }
}

impl From<&Failure> for ExitCode {
    fn from(failure: &Failure) -> Self {
        ExitCode::from(match failure {
            Failure::Usage { .. } => 2,
            Failure::Module { .. } => 3,
        })
    }
}
