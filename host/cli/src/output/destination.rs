//! Where output goes.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use terminal_size::{Width, terminal_size};

use crate::failure::Failure;
use crate::input::paths::Source;

/// A file or standard output, and what is written there.
pub(crate) struct Destination {
    pub(crate) to: Box<dyn Write + Send>,
    /// The width of the terminal, if it is one.
    pub(crate) width: Option<usize>,
}

impl Destination {
    /// Opens this file, or standard output. A file that is there is replaced.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be opened or is to be read.
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
    let is_source = |there: &Path| {
        sources.iter().any(|source| match source {
            Source::File { path, .. } => fs::canonicalize(path).is_ok_and(|path| path == there),
            Source::Stdin => false,
        })
    };
    if fs::canonicalize(path).is_ok_and(|there| is_source(&there)) {
        return Err(Failure::Usage {
            sentence: format!("{} is to be read and cannot be the output", path.display()),
            advice: "name another file with `--output`",
        });
    }
    File::create(path).map_err(|error| Failure::Usage {
        sentence: format!("{} cannot be written: {error}", path.display()),
        advice: "name another file with `--output`",
    })
}
