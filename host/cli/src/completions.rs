//! `sekisho completions`

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::args::Arguments;
use crate::failure::{Exit, Failure, exit_after};

/// Writes the completion script of a shell.
///
/// # Errors
/// [`Failure`], if it cannot be written.
pub(crate) fn run(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "sekisho", &mut script);
    exit_after(io::stdout().write_all(&script).map(|()| Exit::Complete))
}
