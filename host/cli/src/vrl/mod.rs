//! `sekisho vrl`: prints the classifier and rules as a program for Vector's `remap`.

mod block;
mod condition;
mod eventbridge;
mod ip_address;
mod paths;
mod pattern;
mod program;
mod text;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;

use self::program::{Configuration, program};
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::rules::{self, Places, Rules};

/// Print an equivalent program for Vector's `remap` transform, which cannot load a module
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Add the ids of the rules in FILE that match a record; `builtin` is the built-in rules
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    #[command(flatten)]
    places: Places,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho vrl > sekisho.vrl
  sekisho vrl --rules builtin --rules mine.yaml > sekisho.vrl
  sekisho vrl --record data.aws > sekisho.vrl

In Vector's configuration:
  transforms:
    sekisho:
      type: remap
      inputs: [cloudtrail]
      file: sekisho.vrl

The program adds the field `signin` to sign-ins and to events that match a rule, and leaves every
other event unchanged. Rules for attempts are left out, as VRL keeps no state between events; a
comment in the program lists them.";

impl Options {
    /// Runs `sekisho vrl`.
    ///
    /// # Errors
    /// [`Failure`], if a rule is invalid or has no equivalent in VRL, or the program cannot be
    /// written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let rules = match &*self.rules {
            [] => None,
            files => Some(rules::load(files, color)?),
        };
        let configuration = configuration(rules, &self.places)?;
        let program = program(&configuration)?;
        exit_after(io::stdout().write_all(program.as_bytes()).map(|()| Exit::Complete))
    }
}

/// The configuration of a module with the rules that are not switched off.
fn configuration(mut rules: Option<Rules>, places: &Places) -> Result<Configuration, Failure> {
    if rules.as_ref().is_some_and(|rules| !rules.silence.is_empty()) {
        return Err(Failure::Usage {
            message: "`silence` has no equivalent in VRL".to_owned(),
            advice: "leave its entries out, or run `sekisho filter` next to Vector",
        });
    }
    if let Some(rules) = &mut rules {
        rules.rules.retain(|rule| rule.is_enabled);
    }
    let json = rules::configuration(rules.as_ref(), places.paths(rules.as_ref()));
    Ok(serde_json::from_slice(&json).expect("a module's configuration is JSON"))
}
