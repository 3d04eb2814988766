//! The program `sekisho`: classifies the AWS sign-ins in CloudTrail files.
#![forbid(unsafe_code)]

mod answer;
mod attempts;
mod bake;
mod classify;
mod clock;
mod color;
mod completions;
mod csv_row;
mod duration;
mod explain;
mod failure;
mod file;
mod filter;
mod frequent;
mod http;
mod input;
mod inspect;
mod log;
mod module_file;
mod name;
mod net;
mod options;
mod output;
mod progress;
mod report;
mod request_keys;
mod rules;
mod sanitize;
mod service;
mod shutdown;
mod size;
mod spool;
mod summary;
mod systemd;
mod vrl;
mod without_record;
mod zone;

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::process::{self, ExitCode};

use clap::{CommandFactory, Parser, Subcommand};

use self::color::{Palette, When};
use self::failure::{Exit, Failure};

/// Classify AWS sign-ins in CloudTrail records
#[derive(Debug, Parser)]
#[command(name = "sekisho", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Use colors: by default on a terminal, unless NO_COLOR is set
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_enum)]
    color: When,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho classify AWSLogs/
  zcat trail.json.gz | sekisho classify --only failures
  sekisho classify --help

Exit status:
  0  everything was read
  1  some input could not be read (it is listed on standard error), there was no CloudTrail record
     in all of it (`classify`, `attempts`, `report` and `explain` without --allow-empty), or a rule test failed
  2  wrong arguments, invalid rules or state, or the output could not be written
  3  the WebAssembly module could not be loaded, or failed on a record";

#[derive(Debug, Subcommand)]
enum Command {
    Classify(classify::Options),
    Attempts(Box<attempts::Options>),
    Report(report::Options),
    Filter(Box<filter::Options>),
    Explain(explain::Options),
    Rules(rules::Options),
    Vrl(vrl::Options),
    Bake(bake::Options),
    Inspect(inspect::Options),
    Completions(completions::Options),
}

impl Command {
    fn run(&self, color: When) -> Result<Exit, Failure> {
        match self {
            Self::Classify(options) => options.run(color),
            Self::Attempts(options) => options.run(color),
            Self::Report(options) => options.run(color),
            Self::Filter(options) => options.run(color),
            Self::Explain(options) => options.run(color),
            Self::Rules(options) => options.run(color),
            Self::Vrl(options) => options.run(color),
            Self::Bake(options) => options.run(color),
            Self::Inspect(options) => options.run(color),
            Self::Completions(options) => options.run(&mut Arguments::command()),
        }
    }
}

fn main() -> ExitCode {
    let Arguments { command, color } =
        Arguments::try_parse().unwrap_or_else(|error| reject(&error));
    match command.run(color) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let message = failure.to_string();
            if log::json_error(&message, failure.advice()) {
                return ExitCode::from(&failure);
            }
            let mut stderr = io::stderr().lock();
            let bad = Palette::new(color, stderr.is_terminal()).bad();
            let message = sanitize::printable(&message);
            // If standard error is closed, the exit code still reports the failure.
            let _ = writeln!(stderr, "{bad}error:{bad:#} {message}\n  help: {}", failure.advice());
            ExitCode::from(&failure)
        }
    }
}

/// Ends the program as clap does, but without the characters of an argument that a terminal obeys: a
/// shell may have expanded it to the name of a file.
fn reject(error: &clap::Error) -> ! {
    let message = error.to_string();
    if message.lines().all(|line| matches!(sanitize::printable(line), Cow::Borrowed(_))) {
        error.exit();
    }
    message.lines().for_each(|line| eprintln!("{}", sanitize::printable(line)));
    process::exit(error.exit_code());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }
}
