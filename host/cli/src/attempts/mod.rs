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
use std::time::{Duration, Instant};

use sekisho_host::{Error, Filter, Module, Settings};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use self::follow::follow;
use self::gather::{Reading, gather};
use self::output::{Output, Style};
use self::report::{Report, Totals};
use self::session::Session;
use self::state::StateFile;
use crate::args::{Attempts, When};
use crate::color::Palette;
use crate::failure::{Exit, Failure, exit_after};
use crate::input::items::Answer;
use crate::input::paths::{self, Source};
use crate::module_file;
use crate::output::Destination;
use crate::progress::Progress;
use crate::rules::{self, Rules};
use crate::worker::refused;

/// How much is remembered is for `--keys` to say.
const MEMORY_LIMIT_BYTES: usize = 4 << 30;

/// A state of some gigabytes is saved in that time.
const DEADLINE: Duration = Duration::from_secs(60);

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if it cannot be done, or its output cannot be written.
pub(crate) fn run(arguments: &Attempts, color: When) -> Result<Exit, Failure> {
    match report(arguments, color) {
        Ok(report) => {
            let mut stderr = io::stderr().lock();
            let palette = Palette::new(color, stderr.is_terminal());
            // If standard error is gone, the exit code still tells.
            let _ = report.write(&mut stderr, palette, arguments.run.quiet);
            Ok(report.exit())
        }
        Err(Stop::Failure(failure)) => Err(failure),
        Err(Stop::NotWritten(error)) => exit_after(Err(error)),
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

fn report(arguments: &Attempts, color: When) -> Result<Report, Stop> {
    let began = Instant::now();
    if arguments.paths.is_empty() && io::stdin().is_terminal() {
        return Err(Failure::nothing_to_read().into());
    }
    let rules = match arguments.no_rules {
        true => None,
        false => Some(rules::load(&arguments.rules, color)?),
    };
    let found = paths::find(&arguments.paths);
    let settings = Settings {
        memory_limit_bytes: MEMORY_LIMIT_BYTES,
        deadline: DEADLINE,
        ..Settings::default()
    };
    let instances = Instances {
        module: module_file::load_with(arguments.run.module.as_deref(), settings)?,
        configuration: configuration(arguments, rules.as_ref()),
    };
    let state = arguments.state.as_deref().map(StateFile::new).transpose()?;
    let filter = session::prepare(instances.start()?, state.as_ref())?;
    let destination = Destination::open(arguments.run.output.as_deref(), &found.sources)?;
    let below_output = destination.is_terminal();
    let style = Style {
        format: arguments.format,
        color,
        live: arguments.follow,
        plain_rules: rules.iter().flat_map(plain_rules).collect(),
    };
    let session = Session::begin(filter, state, Output::begin(destination, style)?);
    let (session, mut totals) = match arguments.follow {
        true => follow(session, arguments.run.max_file_bytes)?,
        false => read(arguments, &found.sources, &instances, session)?,
    };
    // A state that lacks what a failure took is none to go on from, unless the stream goes on too.
    let may_save = arguments.follow || totals.faults == 0;
    let (tally, hidden_columns) = session.end(may_save)?;
    totals.unread.merge(found.unread);
    let (skipped, took) = (found.skipped, began.elapsed());
    Ok(Report { totals, tally, skipped, hidden_columns, took, below_output })
}

/// Reads files to their end, and then has their records observed in the order of time.
fn read(
    arguments: &Attempts,
    sources: &[Source],
    instances: &Instances,
    mut session: Session,
) -> Result<(Session, Totals), Stop> {
    let threads = arguments.run.threads(sources.len());
    let filters = (0..threads).map(|_| instances.start()).collect::<Result<_, _>>()?;
    let progress = &Progress::new(sources, arguments.run.quiet);
    let reading = Reading { sources, max_file_bytes: arguments.run.max_file_bytes, progress };
    let (kept, mut totals) = gather(&reading, filters);
    progress.end();
    for record in kept {
        let Err(error) = session.observe(&record.bytes, 0)? else { continue };
        if let Answer::Unread(sentence) = refused(error, &mut totals.faults) {
            totals.unread.add(record.unread(sources, sentence));
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
            Error::Record(refusal) => Failure::Usage {
                sentence: format!("the module refuses the rules or settings: {refusal}"),
                advice: "`sekisho rules check` says more about rules",
            },
            error => Failure::Module {
                sentence: format!("the module fails over its configuration: {error}"),
                advice: "fewer or simpler rules may help",
            },
        })?;
        Ok(filter)
    }
}

/// The configuration of the module.
fn configuration(arguments: &Attempts, rules: Option<&Rules>) -> Vec<u8> {
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
        window_seconds: arguments.window,
        lateness_seconds: arguments.lateness,
        keys: arguments.keys,
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
