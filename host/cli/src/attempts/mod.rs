//! `sekisho attempts`: pairs sign-in records into attempts, and applies correlation rules.
//!
//! - `collect` reads files, and `follow` reads a stream: standard input, or a `followed_file` through
//!   its `tail`.
//! - `observer` passes records to `instances` of the module, and `state` keeps what is open between
//!   runs, under a `lock`, with a `checkpoint` of a stream.
//! - `emitted` is what the module emits. `output` writes it as NDJSON, `csv` or a `timeline`, whose
//!   `rows` show `times`.
//! - `report` counts, and writes the summary.

mod checkpoint;
mod collect;
mod csv;
mod emitted;
mod error;
mod follow;
mod followed_file;
mod instances;
mod observer;
mod options;
mod output;
mod report;
mod rows;
mod state;
mod tail;
mod timeline;
mod times;

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use sekisho_host::Settings;

use self::collect::{Input, collect};
use self::error::RunError;
use self::follow::{Followed, follow};
use self::instances::Instances;
use self::observer::{Observer, Save};
pub(crate) use self::options::Options;
use self::output::{Output, Style};
use self::report::{Report, Totals};
use self::state::StateFile;
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::input::items::ItemResult;
use crate::input::module_error::item_result;
use crate::input::paths::{self, Source};
use crate::module_file;
use crate::output::{Destination, UsedFiles};
use crate::progress::Progress;
use crate::rules::{self, Rules};

/// The maximum memory of the module. `--keys` decides how much of it is used.
const MEMORY_LIMIT_BYTES: usize = 4 << 30;

/// The maximum time of a call: enough to save a state of several gigabytes.
const DEADLINE: Duration = Duration::from_secs(60);

impl Options {
    /// Runs `sekisho attempts`.
    ///
    /// # Errors
    /// [`Failure`], if the input, the rules, the module or the state cannot be used, or the output
    /// cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        match report(self, color) {
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
}

fn report(options: &Options, color: When) -> Result<Report, RunError> {
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
        configuration: options.configuration(rules.as_ref()),
    };
    let record = options.places.paths(rules.as_ref());
    let state = options.state.as_deref().map(StateFile::new).transpose()?;
    let (filter, checkpoint) = observer::prepare(instances.start()?, state.as_ref())?;
    let stream = match options.follow {
        true => Some(Followed::open(&options.batch.paths, checkpoint.as_ref())?),
        false => None,
    };
    let used = UsedFiles {
        sources: &found.sources,
        rules: if options.no_rules { &[] } else { &options.rules },
        module: options.batch.module.as_deref(),
        state: options.state.as_deref(),
    };
    let output = options.batch.output.as_deref();
    let destination = match options.follow {
        true => Destination::append(output, &used)?,
        false => Destination::open(output, &used)?,
    };
    let below_output = destination.is_terminal();
    let style = Style {
        format: options.format,
        color,
        live: options.follow,
        informational_rules: rules.iter().flat_map(informational_rules).collect(),
    };
    let observer = Observer::new(filter, state, Output::open(destination, style)?);
    let (observer, mut totals, save) = match stream {
        Some(stream) => {
            if let (Some(position), true) = (checkpoint.as_ref(), stream.is_resumed()) {
                observer.cut_back_to(position)?;
            }
            let classifier = rules::classifier(record)?;
            follow(observer, stream, classifier, options.batch.limit.max_file_bytes)?
        }
        None => {
            let (observer, totals) =
                observe_files(options, &found.sources, &instances, record, observer)?;
            // After a fault, the state lacks records. It is not saved, so that the run can be
            // repeated.
            let save = if totals.faults == 0 { Save::State } else { Save::No };
            (observer, totals, save)
        }
    };
    // A stream goes on.
    let allow_empty = options.follow || options.batch.allow_empty;
    let has_records = totals.volume.records > 0 || allow_empty;
    let (tally, ended) = observer.end(save, has_records)?;
    if !options.follow {
        totals.read_errors.merge(found.read_errors);
    }
    let (skipped, took) = (found.skipped, began.elapsed());
    let silence = rules.as_ref().map(Rules::silence_entries).unwrap_or_default();
    Ok(Report { totals, tally, silence, skipped, ended, took, below_output, allow_empty })
}

/// Reads files to their end, then observes their records in the order of time.
fn observe_files(
    options: &Options,
    sources: &[Source],
    instances: &Instances,
    record: Option<&[String]>,
    mut observer: Observer,
) -> Result<(Observer, Totals), RunError> {
    let threads = options.batch.threads(sources.len());
    let start = |_| Ok((instances.start()?, rules::classifier(record)?));
    let filters = (0..threads).map(start).collect::<Result<_, Failure>>()?;
    let progress = &Progress::new(sources, options.batch.quiet);
    let max_file_bytes = options.batch.limit.max_file_bytes;
    let (records, mut totals) = collect(&Input { sources, max_file_bytes, progress }, filters);
    progress.end();
    for record in records {
        let Err(error) = observer.observe(&record.bytes, 0)? else { continue };
        if let ItemResult::Unreadable(message) = item_result(error, &mut totals.faults) {
            totals.read_errors.add(record.read_error(sources, message));
        }
    }
    Ok((observer, totals))
}

/// The ids of the rules with informational severity.
fn informational_rules(rules: &Rules) -> impl Iterator<Item = String> {
    let rules = rules.rules.iter().filter(|rule| rule.severity.to_string() == "informational");
    rules.map(|rule| rule.id.clone())
}
