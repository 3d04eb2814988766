//! Running other programs and copying files, with errors that name them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Why a task failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("`{program}` could not be started: {error}; is it installed?")]
    NotStarted { program: String, error: std::io::Error },
    #[error("`{line}` failed with {status}")]
    Status { line: String, status: std::process::ExitStatus },
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    #[error("{0}")]
    Other(String),
}

/// A command that has to succeed.
pub(crate) struct Program(Command);

/// Cargo in the workspace's root.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Program {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Program::new(cargo).args(arguments)
}

impl Program {
    pub(crate) fn new(name: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(name);
        command.current_dir(root());
        Program(command)
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn arg(self, argument: impl AsRef<OsStr>) -> Self {
        self.args([argument])
    }

    /// Runs in this folder instead of the workspace's root.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs to the end, with the streams of this process.
    pub(crate) fn run(mut self) -> Result<(), Failed> {
        let status = self.0.status().map_err(|error| self.not_started(error))?;
        if status.success() { Ok(()) } else { Err(self.failed(status)) }
    }

    /// Runs to the end and returns the standard output, trimmed.
    pub(crate) fn read(mut self) -> Result<String, Failed> {
        let output = self.0.output().map_err(|error| self.not_started(error))?;
        if !output.status.success() {
            return Err(self.failed(output.status));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn not_started(&self, error: std::io::Error) -> Failed {
        Failed::NotStarted { program: self.0.get_program().to_string_lossy().into_owned(), error }
    }

    fn failed(&self, status: std::process::ExitStatus) -> Failed {
        let words = [self.0.get_program()].into_iter().chain(self.0.get_args());
        let line = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
        Failed::Status { line, status }
    }
}

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let xtask = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().map_or_else(PathBuf::new, PathBuf::from)
}

/// Whether a program is installed. In CI it has to be; elsewhere this prints what is `missing`
/// without it.
pub(crate) fn is_there(program: &str, missing: &str) -> Result<bool, Failed> {
    let there = Program::new(program).arg("--version").read();
    if env::var_os("CI").is_some() {
        there?;
        return Ok(true);
    }
    if there.is_err() {
        eprintln!("SKIPPED: `{program}` is not installed, and {missing}.");
    }
    Ok(there.is_ok())
}

/// The bytes of a file.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, Failed> {
    fs::read(path).map_err(|error| Failed::File(path.to_owned(), error))
}

/// Copies files from one folder into another, which is made if need be.
pub(crate) fn copy_into(from: &Path, files: &[&str], to: &Path) -> Result<(), Failed> {
    fs::create_dir_all(to).map_err(|error| Failed::File(to.to_owned(), error))?;
    for file in files {
        let source = from.join(file);
        fs::copy(&source, to.join(file)).map_err(|error| Failed::File(source, error))?;
    }
    Ok(())
}
