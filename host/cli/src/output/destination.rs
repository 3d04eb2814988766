//! Where output goes.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use terminal_size::{Width, terminal_size};

use crate::args::{Classify, Format};
use crate::failure::Failure;
use crate::input::paths::Source;

/// A file or standard output, and what is written there.
pub(crate) struct Destination {
    pub(super) to: Box<dyn Write>,
    /// The format that was asked for, or that suits the place.
    pub(crate) format: Format,
    /// The width of the terminal, if it is one.
    pub(super) width: Option<usize>,
}

impl Destination {
    /// Opens what the command line asks for. A file that is there is replaced.
    ///
    /// # Errors
    /// [`Failure::Usage`], if the file cannot be opened or is to be read.
    pub(crate) fn open(arguments: &Classify, sources: &[Source]) -> Result<Self, Failure> {
        let (to, width): (Box<dyn Write>, _) = match &arguments.output {
            Some(path) => (Box::new(create(path, sources)?), None),
            None => {
                let stdout = io::stdout();
                let width = stdout.is_terminal().then(terminal_width);
                (Box::new(stdout), width)
            }
        };
        let format = arguments.format.unwrap_or(match width {
            Some(_) => Format::Table,
            None => Format::Ndjson,
        });
        Ok(Self { to, format, width })
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
