//! `sekisho rules`: files of rules are checked, tested and tried.

mod check;
mod configure;
mod file;
mod json;
mod load;
mod matching;
mod problem;
mod records;
mod sequence;
mod test;

use crate::args::{RulesCommand, When};
use crate::failure::{Exit, Failure};

pub(crate) use self::configure::{configuration, configure};
pub(crate) use self::load::{Rules, load};

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if it cannot be done, or its output cannot be written.
pub(crate) fn run(command: &RulesCommand, color: When) -> Result<Exit, Failure> {
    match command {
        RulesCommand::Check { files } => check::run(files, color),
        RulesCommand::Test(arguments) => test::run(arguments, color),
        RulesCommand::Match(arguments) => matching::run(arguments, color),
    }
}
