//! `sekisho completions`: shell completion scripts.

use std::io::{self, Write};

use clap::{Args, Command};
use clap_complete::{Shell, generate};

use crate::failure::{Exit, Failure, exit_after};

/// Print a shell completion script
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  sekisho completions bash > ~/.local/share/bash-completion/completions/sekisho
  sekisho completions zsh > ~/.zfunc/_sekisho
  sekisho completions fish > ~/.config/fish/completions/sekisho.fish";

impl Options {
    /// Prints the completion script of `command`.
    ///
    /// # Errors
    /// [`Failure`], if it cannot be written.
    pub(crate) fn run(&self, command: &mut Command) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, command, "sekisho", &mut script);
        exit_after(io::stdout().write_all(&script).map(|()| Exit::Complete))
    }
}
