//! A file or standard output.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use terminal_size::{Width, terminal_size};

use crate::failure::Failure;
use crate::input::paths::Source;

/// A file or standard output, open for writing.
pub(crate) struct Destination {
    pub(crate) to: Box<dyn Write + Send>,
    /// The width of the terminal, if it is one.
    pub(crate) width: Option<usize>,
}

impl Destination {
    /// Opens the file `output`, or standard output. An existing file is overwritten.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be opened or is one of `sources`.
    pub(crate) fn open(output: Option<&Path>, sources: &[Source]) -> Result<Self, Failure> {
        let stdout = io::stdout();
        let is_terminal = stdout.is_terminal();
        Ok(match output {
            Some(path) => Self { to: Box::new(create(path, sources)?), width: None },
            None => Self { to: Box::new(stdout), width: is_terminal.then(terminal_width) },
        })
    }

    /// Whether it is a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.width.is_some()
    }
}

fn terminal_width() -> usize {
    match terminal_size() {
        Some((Width(width), _)) if width > 0 => usize::from(width),
        _ => 80,
    }
}

fn create(path: &Path, sources: &[Source]) -> Result<File, Failure> {
    let is_source = |output: &Path| {
        sources.iter().any(|source| match source {
            Source::File { path, .. } => fs::canonicalize(path).is_ok_and(|path| path == output),
            Source::Stdin => false,
        })
    };
    if fs::canonicalize(path).is_ok_and(|output| is_source(&output)) {
        return Err(Failure::Usage {
            message: format!("{} is an input and cannot be the output", path.display()),
            advice: "name another file with `--output`",
        });
    }
    File::create(path).map_err(|error| Failure::Usage {
        message: format!("cannot write {}: {error}", path.display()),
        advice: "name another file with `--output`",
    })
}
