//! How the program ends.

use std::io;
use std::process::ExitCode;

/// How the program ends, short of not doing its work at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Everything was read.
    Complete,
    /// Something could not be read.
    Incomplete,
    /// A test of a rule failed.
    TestFailed,
    /// The module failed on a record.
    ModuleFailed,
}

/// How the program ends when its output is written, or the writing stopped.
///
/// # Errors
/// [`Failure::Usage`], if there is anything wrong but that nobody reads on.
pub(crate) fn exit_after(written: io::Result<Exit>) -> Result<Exit, Failure> {
    match written {
        Ok(exit) => Ok(exit),
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Complete),
        Err(error) => Err(Failure::Usage {
            message: format!("the output cannot be written: {error}"),
            advice: "what was written before is not complete",
        }),
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Complete => 0,
            Exit::Incomplete | Exit::TestFailed => 1,
            Exit::ModuleFailed => 3,
        })
    }
}

/// Why the program does not do its work.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// What was asked for cannot be done.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// There is no module to work with.
    #[error("{message}")]
    Module {
        /// What is wrong.
        message: String,
        /// What to do about it.
        advice: &'static str,
    },
}

impl Failure {
    /// Nothing is named, and standard input is a terminal.
    pub(crate) fn no_input() -> Self {
        Failure::Usage {
            message: "there is nothing to read".to_owned(),
            advice: "name a file or folder, or pipe records in; `--help` has examples",
        }
    }

    /// What to do about it.
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
