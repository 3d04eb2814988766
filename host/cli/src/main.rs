//! The program `sekisho`: AWS sign-ins in CloudTrail files, from the command line.
#![forbid(unsafe_code)]

mod args;
mod attempts;
mod bake;
mod classify;
mod color;
mod completions;
mod ending;
mod explain;
mod failure;
mod filter;
mod frequent;
mod input;
mod inspect;
mod module_file;
mod output;
mod progress;
mod rules;
mod sanitize;
mod schedule;
mod summary;
mod vrl;
mod worker;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use self::args::{Arguments, Command};
use self::color::Palette;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Classify(classify) => classify::run(classify, arguments.color),
        Command::Attempts(attempts) => attempts::run(attempts, arguments.color),
        Command::Filter(filter) => filter::run(filter, arguments.color),
        Command::Explain(explain) => explain::run(explain, arguments.color),
        Command::Bake(bake) => bake::run(bake, arguments.color),
        Command::Inspect(inspect) => inspect::run(inspect, arguments.color),
        Command::Vrl(vrl) => vrl::run(vrl, arguments.color),
        Command::Rules { command } => rules::run(command, arguments.color),
        Command::Completions { shell } => completions::run(*shell),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let mut stderr = io::stderr().lock();
            let bad = Palette::new(arguments.color, stderr.is_terminal()).bad();
            // If standard error is gone, the exit code still tells.
            let sentence = failure.to_string();
            let sentence = sanitize::printable(&sentence);
            let _ = writeln!(stderr, "{bad}error:{bad:#} {sentence}\n  help: {}", failure.advice());
            ExitCode::from(&failure)
        }
    }
}
