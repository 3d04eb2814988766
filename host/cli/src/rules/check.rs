//! `sekisho rules check`: reports all errors in rule files.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use super::load::load;
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::summary::counted;

/// Check rule files, and print each error with its position
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Rule files, in YAML or JSON; `builtin` is the built-in rules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho rules check mine.yaml
  sekisho rules check builtin mine.yaml

Exit status: 0 if all rules are valid, 2 otherwise.";

impl Options {
    /// Runs `sekisho rules check`.
    ///
    /// # Errors
    /// [`Failure`], if a rule is invalid, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let rules = load(&self.files, color)?;
        let tests: usize = rules.rules.iter().map(|rule| rule.tests.len()).sum();
        let written = writeln!(
            io::stdout(),
            "{} in {}, {}: valid",
            counted(rules.rules.len() as u64, "rule"),
            counted(rules.sources.len() as u64, "file"),
            counted(tests as u64, "test"),
        );
        exit_after(written.map(|()| Exit::Complete))
    }
}
