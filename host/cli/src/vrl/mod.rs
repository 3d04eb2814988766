//! `sekisho vrl`: the truth tables and rules as a program for Vector's `remap`.

mod address;
mod block;
mod condition;
mod paths;
mod pattern;
mod program;
mod text;

use std::io::{self, Write};

use self::program::{Configuration, program};
use crate::args::{Vrl, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::rules;

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if something is wrong with the rules, VRL cannot say one of them, or the program
/// cannot be written.
pub(crate) fn run(arguments: &Vrl, color: When) -> Result<Exit, Failure> {
    let configuration = match &*arguments.rules {
        [] => Configuration::default(),
        files => serde_json::from_slice(&rules::configuration(&rules::load(files, color)?))
            .expect("what configures a module is JSON"),
    };
    let program = program(&configuration)?;
    exit_after(io::stdout().write_all(program.as_bytes()).map(|()| Exit::Complete))
}
