//! `sekisho rules check`: whatever is wrong with files of rules.

use std::io::{self, Write};
use std::path::PathBuf;

use super::load;
use crate::args::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::summary::counted;

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if anything is wrong with the rules, or the output cannot be written.
pub(crate) fn run(files: &[PathBuf], color: When) -> Result<Exit, Failure> {
    let rules = load(files, color)?;
    let tests: usize = rules.rules.iter().map(|rule| rule.tests.len()).sum();
    let written = writeln!(
        io::stdout(),
        "{} in {}, {}: nothing wrong",
        counted(rules.rules.len() as u64, "rule"),
        counted(rules.sources.len() as u64, "file"),
        counted(tests as u64, "test"),
    );
    exit_after(written.map(|()| Exit::Complete))
}
