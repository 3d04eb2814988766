//! `sekisho attempts`: sign-in records paired into attempts, and what rules count over them.
//!
//! - `gather` reads files and keeps what matters of them, `follow` reads a stream,
//! - `session` has the module observe records, and `state` keeps what is open between runs,
//! - `told` is what the module tells, `output` writes it: as it is, by `csv` or as a `timeline`,
//! - `report` counts.

mod csv;
mod follow;
mod gather;
mod output;
mod report;
mod session;
mod state;
mod timeline;
mod told;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use sekisho_host::{Error, Filter, Module, Settings};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use self::follow::follow;
use self::gather::{Reading, gather};
use self::output::{Format, Output, Style};
use self::report::{Report, Totals};
use self::session::Session;
use self::state::StateFile;
use crate::color::{Palette, When};
use crate::duration::parse_seconds;
use crate::failure::{Exit, Failure, exit_after};
use crate::input::items::ItemResult;
use crate::input::module_error::item_result;
use crate::input::paths::{self, Source};
use crate::module_file;
use crate::options::BatchOptions;
use crate::output::Destination;
use crate::progress::Progress;
use crate::rules::{self, Rules};

/// How much is remembered is for `--keys` to say.
const MEMORY_LIMIT_BYTES: usize = 4 << 30;

/// A state of some gigabytes is saved in that time.
const DEADLINE: Duration = Duration::from_secs(60);

/// Pair sign-in records into attempts, and find brute force and similar patterns
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Read standard input as a stream, and print each attempt as soon as it is complete
    #[arg(long, conflicts_with = "paths")]
    follow: bool,
    /// Restore open attempts from FILE at the start, and save them there at the end
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Output format [default: table on a terminal, otherwise ndjson]
    #[arg(long, short, value_enum)]
    format: Option<Format>,
    /// Apply the rules in FILE; `builtin` is the built-in rules
    #[arg(long, value_name = "FILE", default_value = "builtin")]
    rules: Vec<PathBuf>,
    /// Apply no rules: print attempts, but no findings
    #[arg(long, conflicts_with = "rules")]
    no_rules: bool,
    /// Maximum time between the records of one attempt, 1s to 1h [default: 180s]
    #[arg(long, value_name = "TIME", value_parser = |text: &str| parse_seconds(text, 1..=3600))]
    window: Option<u32>,
    /// Maximum time by which a record may be late, 0s to 1d [default: 600s]
    #[arg(long, value_name = "TIME", value_parser = |text: &str| parse_seconds(text, 0..=86400))]
    lateness: Option<u32>,
    /// Maximum number of users, addresses and other keys to keep in memory [default: 100000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    keys: Option<u32>,
    #[command(flatten)]
    batch: BatchOptions,
}

const AFTER_HELP: &str = "\
Examples:
  Print the sign-in attempts and what is suspicious about them as a timeline:
    sekisho attempts AWSLogs/

  Print findings as JSON for another program:
    sekisho attempts --format ndjson AWSLogs/ | jq 'select(.type == \"finding\")'

  Process new files every hour. Attempts that are open at the end of a run are completed by a later
  run; records that are up to half an hour late are still paired:
    sekisho attempts --state attempts.state --lateness 30m --format ndjson new/

  Process a stream as it arrives:
    tail -F trail.ndjson | sekisho attempts --follow --state attempts.state

One attempt to sign in leaves one or more records, which may arrive late, twice and in any order.
Files are read to their end before any attempt is printed: until then, their sign-ins and the
records that match a rule are held in memory, at a few kilobytes each. With --follow, a record is
held no longer than --lateness.

Records are paired and counted only within one run, or within runs that share a --state file. Pass
each file once, older files first.";

impl Options {
    /// Runs `sekisho attempts`.
    ///
    /// # Errors
    /// [`Failure`], if the input, rules, module or state are unusable, or the output cannot be
    /// written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        match report(self, color) {
            Ok(report) => {
                let mut stderr = io::stderr().lock();
                let palette = Palette::new(color, stderr.is_terminal());
                // If standard error is closed, the exit code still reports errors.
                let _ = report.write(&mut stderr, palette, self.batch.quiet);
                Ok(report.exit())
            }
            Err(Stop::Failure(failure)) => Err(failure),
            Err(Stop::NotWritten(error)) => exit_after(Err(error)),
        }
    }
}

/// Why nothing more is done.
#[derive(Debug)]
enum Stop {
    /// It cannot be done.
    Failure(Failure),
    /// What is told cannot be written.
    NotWritten(io::Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Stop::Failure(failure)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::NotWritten(error)
    }
}

fn report(options: &Options, color: When) -> Result<Report, Stop> {
    let began = Instant::now();
    if options.batch.paths.is_empty() && io::stdin().is_terminal() {
        return Err(Failure::no_input().into());
    }
    let rules = match options.no_rules {
        true => None,
        false => Some(rules::load(&options.rules, color)?),
    };
    let found = paths::find(&options.batch.paths);
    let settings = Settings::new().memory_limit_bytes(MEMORY_LIMIT_BYTES).deadline(DEADLINE);
    let instances = Instances {
        module: module_file::load_with(options.batch.module.as_deref(), settings)?,
        configuration: configuration(options, rules.as_ref()),
    };
    let state = options.state.as_deref().map(StateFile::new).transpose()?;
    let filter = session::prepare(instances.start()?, state.as_ref())?;
    let destination = Destination::open(options.batch.output.as_deref(), &found.sources)?;
    let below_output = destination.is_terminal();
    let style = Style {
        format: options.format,
        color,
        live: options.follow,
        plain_rules: rules.iter().flat_map(plain_rules).collect(),
    };
    let session = Session::begin(filter, state, Output::begin(destination, style)?);
    let (session, mut totals) = match options.follow {
        true => follow(session, options.batch.limit.max_file_bytes)?,
        false => read(options, &found.sources, &instances, session)?,
    };
    // A state that lacks what a failure took is none to go on from, unless the stream goes on too.
    let may_save = options.follow || totals.faults == 0;
    let (tally, hidden_columns) = session.end(may_save)?;
    totals.read_errors.merge(found.read_errors);
    let (skipped, took) = (found.skipped, began.elapsed());
    Ok(Report { totals, tally, skipped, hidden_columns, took, below_output })
}

/// Reads files to their end, and then has their records observed in the order of time.
fn read(
    options: &Options,
    sources: &[Source],
    instances: &Instances,
    mut session: Session,
) -> Result<(Session, Totals), Stop> {
    let threads = options.batch.threads(sources.len());
    let filters = (0..threads).map(|_| instances.start()).collect::<Result<_, _>>()?;
    let progress = &Progress::new(sources, options.batch.quiet);
    let reading = Reading { sources, max_file_bytes: options.batch.limit.max_file_bytes, progress };
    let (kept, mut totals) = gather(&reading, filters);
    progress.end();
    for record in kept {
        let Err(error) = session.observe(&record.bytes, 0)? else { continue };
        if let ItemResult::Unreadable(message) = item_result(error, &mut totals.faults) {
            totals.read_errors.add(record.read_error(sources, message));
        }
    }
    Ok((session, totals))
}

/// What instances of the module are made of.
struct Instances {
    module: Module,
    configuration: Vec<u8>,
}

impl Instances {
    fn start(&self) -> Result<Filter, Failure> {
        let mut filter = module_file::start(&self.module)?;
        filter.configure(&self.configuration).map_err(|error| match error {
            Error::Refused(refusal) => Failure::Usage {
                message: format!("the module refuses the rules or settings: {refusal}"),
                advice: "`sekisho rules check` says more about rules",
            },
            error => Failure::Module {
                message: format!("the module fails over its configuration: {error}"),
                advice: "fewer or simpler rules may help",
            },
        })?;
        Ok(filter)
    }
}

/// The configuration of the module.
fn configuration(options: &Options, rules: Option<&Rules>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Settings {
        #[serde(skip_serializing_if = "Option::is_none")]
        window_seconds: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        lateness_seconds: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keys: Option<u32>,
    }
    let settings = Settings {
        window_seconds: options.window,
        lateness_seconds: options.lateness,
        keys: options.keys,
    };
    let json = rules.map_or_else(|| b"{}".to_vec(), rules::configuration);
    let mut configuration: BTreeMap<&str, Box<RawValue>> =
        serde_json::from_slice(&json).expect("rules are written as an object");
    let settings = to_raw_value(&settings).expect("numbers are written");
    configuration.insert("attempts", settings);
    serde_json::to_vec(&configuration).expect("JSON goes into memory")
}

/// The rules that tell no more than what an attempt was.
fn plain_rules(rules: &Rules) -> impl Iterator<Item = String> {
    let plain = rules.rules.iter().filter(|rule| rule.severity.to_string() == "informational");
    plain.map(|rule| rule.id.clone())
}
