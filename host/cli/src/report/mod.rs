//! `sekisho report`: one page with charts of sign-in attempts, to hand on.

mod columns;
mod key;
mod names;
mod page;

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use self::columns::Columns;
use self::names::Names;
use self::page::page;
use crate::attempts::{FilesRead, Pairing, Report, RunError, read_files};
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::options::BatchOptions;
use crate::sanitize::printable;

/// Write a page with charts of sign-in attempts and findings, to open in a browser and to hand on
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Replace names and ids by pseudonyms, and addresses by their /24 or /48. KEY is a file that
    /// makes pseudonyms: it is created if it is missing, and the same KEY makes the same ones
    #[arg(long, value_name = "KEY")]
    redact: Option<PathBuf>,
    #[command(flatten)]
    pairing: Pairing,
    #[command(flatten)]
    batch: BatchOptions,
}

const AFTER_HELP: &str = "\
Examples:
  sekisho report AWSLogs/ -o report.html
  sekisho report AWSLogs/ -o report.html --redact ~/report.key
  sekisho report AWSLogs/ -o september.html --since 2025-09-01 --until 2025-10-01 --tz Europe/Berlin

The page is one file that needs no connection, and makes none: attempts over time by outcome, with the
findings marked; a map of weekday and hour; who came from where; findings with their attempts; and what
could not be read. It has the same attempts and findings as `sekisho attempts` with the same options.

It contains names and addresses as they are in the records, unless --redact is given, and nothing of the
records besides what it shows. Its times are in UTC or, by a switch in it, in the zone of the reader. Keep KEY private: whoever has it can find out which pseudonym a name has.";

/// The data of the page.
#[derive(Serialize)]
struct Data {
    #[serde(flatten)]
    columns: Columns,
    read: Read,
    by: By,
}

/// What was read, and what could not be.
#[derive(Serialize)]
struct Read {
    files: u64,
    records: u64,
    signins: Option<u64>,
    without_record: u64,
    skipped: u64,
    faults: u64,
    errors: u64,
    messages: Vec<String>,
}

/// What made the report.
#[derive(Serialize)]
struct By {
    program: String,
    module: String,
    command: String,
    redacted: bool,
}

impl Options {
    /// Runs `sekisho report`.
    ///
    /// # Errors
    /// [`Failure`], if the input, the rules, the module or the key cannot be used, or the output
    /// cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        match self.report(color) {
            Ok(report) => {
                let mut stderr = io::stderr().lock();
                let palette = Palette::new(color, stderr.is_terminal());
                // If standard error is closed, the exit code still reports errors.
                let _ = report.write(&mut stderr, palette, self.batch.quiet);
                Ok(report.exit())
            }
            Err(RunError::Failure(failure)) => Err(failure),
            Err(RunError::Output(error)) => exit_after(Err(error)),
        }
    }

    fn report(&self, color: When) -> Result<Report, RunError> {
        if self.batch.paths.is_empty() && io::stdin().is_terminal() {
            return Err(Failure::no_input().into());
        }
        if self.batch.output.is_none() && io::stdout().is_terminal() {
            let message = "a page is not for a terminal".to_owned();
            let advice = "name a file for it: -o report.html";
            return Err(Failure::Usage { message, advice }.into());
        }
        let names = match &self.redact {
            Some(path) => Names::Pseudonyms(key::read_or_create(path)?),
            None => Names::AsTheyAre,
        };
        let (files, mut destination) = read_files(&self.pairing, &self.batch, color)?;
        let FilesRead { emitted, mut report, description } = files;
        let data = Data {
            columns: Columns::new(emitted, &names),
            read: read(&report, &names),
            by: by(&description, &names),
        };
        let has_records = report.exit() != Exit::NoRecord;
        destination.write_lines(page(&data).as_bytes())?;
        report.ended.unchanged = destination.end(has_records)?;
        Ok(report)
    }
}

fn read(report: &Report, names: &Names) -> Read {
    let totals = &report.totals;
    // A message has names of files, and may quote the input.
    let first = if names.are_redacted() { &[] } else { totals.read_errors.first() };
    Read {
        files: totals.volume.files,
        records: totals.volume.records,
        signins: totals.signins,
        without_record: totals.volume.without_record.count(),
        skipped: report.skipped,
        faults: report.faults(),
        errors: totals.read_errors.count(),
        messages: first.iter().map(ToString::to_string).collect(),
    }
}

fn by(description: &str, names: &Names) -> By {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Description {
        manifest: Manifest,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Manifest {
        name: String,
        version: String,
    }
    let Description { manifest } = serde_json::from_str(description).unwrap_or_default();
    let words: Vec<String> = env::args().skip(1).collect();
    let command = match names.are_redacted() {
        // Paths may have names and account ids in them.
        true => "sekisho report --redact".to_owned(),
        false => format!("sekisho {}", words.join(" ")),
    };
    By {
        program: format!("sekisho {}", env!("CARGO_PKG_VERSION")),
        module: format!("module {} {}", manifest.name, manifest.version),
        command: printable(&command).into_owned(),
        redacted: names.are_redacted(),
    }
}
