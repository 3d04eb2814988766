//! `sekisho attempts`: pairs sign-in records into attempts, and applies correlation rules.
//!
//! - `collect` reads files. `follow` processes a stream, which is `followed`: standard input, a
//!   `followed_file` through its `tail`, or what `listen` gets from clients. `following` is what they
//!   share, `metrics` what is shown of it, and `delivery` sends what is found.
//! - `observer` passes records to `instances` of the module, and `state` keeps what is open between
//!   runs, under a `lock`, with a `checkpoint` of a stream. `faulty` records are skipped.
//! - `emitted` is what the module emits. `output` writes it as NDJSON, `csv` or a `timeline`, whose
//!   `rows` show `times`.
//! - `shown` decides which are shown; `report` counts them, also by hour as `activity`, and writes the
//!   summary.

mod activity;
mod checkpoint;
mod collect;
mod csv;
mod delivery;
mod emitted;
mod error;
mod event;
mod faulty;
mod follow;
mod followed;
mod followed_file;
mod following;
mod instances;
mod listen;
mod metrics;
mod observer;
mod options;
mod output;
mod report;
mod rows;
mod shown;
mod state;
mod tail;
mod timeline;
mod times;

use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sekisho_host::Settings;

use self::collect::{Input, collect};
use self::delivery::Delivery;
pub(crate) use self::emitted::{Attempt, Emitted, Finding};
pub(crate) use self::error::RunError;
use self::follow::{EndedStream, Surroundings, follow};
use self::followed::Followed;
use self::following::{Configured, Following, Shared};
use self::instances::Instances;
use self::metrics::Published;
use self::observer::{Observer, Save};
pub(crate) use self::options::{Options, Pairing};
use self::output::{Format, Output, Style};
pub(crate) use self::report::Report;
use self::report::Totals;
use self::state::StateFile;
use crate::color::When;
use crate::failure::{Exit, Failure, exit_after};
use crate::http::tls::Tls;
use crate::input::items::ItemResult;
use crate::input::module_error::item_result;
use crate::input::paths::{self, Source};
use crate::log::{report_palette, report_writer};
use crate::module_file;
use crate::options::BatchOptions;
use crate::output::{Destination, UsedFiles};
use crate::progress::Progress;
use crate::rules::{self, Rules};
use crate::service::metrics::Sources;
use crate::service::options::reload_tls;
use crate::service::reload::{self, Reloads};
use crate::service::send::SendTarget;
use crate::shutdown::Shutdown;

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
        self.service.set_log_format();
        self.check()?;
        if self.batch.paths.is_empty() && self.service.listen.is_none() && io::stdin().is_terminal()
        {
            return Err(Failure::no_input());
        }
        let report = if self.is_stream() { stream(self, color) } else { files(self, color) };
        match report {
            Ok(report) => {
                let (mut stderr, palette) = (report_writer(), report_palette(color));
                // If standard error is closed, the exit code still reports errors.
                let _ = report.write(&mut stderr, palette, self.batch.quiet);
                Ok(report.exit())
            }
            Err(RunError::Failure(failure)) => Err(failure),
            Err(RunError::Output(error)) => exit_after(Err(error)),
        }
    }

    /// Opens where attempts and findings are written.
    fn destination(&self, sources: &[Source]) -> Result<Destination, Failure> {
        let used = UsedFiles {
            sources,
            rules: self.pairing.rule_files(),
            module: self.batch.module.as_deref(),
            state: self.state.as_deref(),
        };
        let output = self.batch.output.as_deref();
        match self.is_stream() {
            true if output.is_none() && self.send.is_set() => Ok(Destination::nowhere()),
            true => Destination::append(output, &used),
            false => Destination::open(output, &used),
        }
    }

    fn style(&self, color: When, rules: Option<&Rules>) -> Style {
        Style {
            // Events are JSON.
            format: if self.form.is_some() { Some(Format::Ndjson) } else { self.format },
            color,
            live: self.is_stream(),
            zone: self.pairing.show.zone.zone.clone(),
            informational_rules: rules.into_iter().flat_map(informational_rules).collect(),
        }
    }

    /// What depends on the rules, beside the module.
    fn configured(&self, rules: Option<&Rules>) -> Result<Configured, Failure> {
        Ok(Configured {
            classifier: rules::classifier(self.pairing.places.paths(rules))?,
            silence: rules.map(Rules::silence_entries).unwrap_or_default(),
        })
    }

    /// Loads the rules and the certificate again when they change. Returns how often.
    fn reload(
        &self,
        instances: Instances,
        shared: &Arc<Shared>,
        tls: Option<Tls>,
        shutdown: &Shutdown,
        color: When,
    ) -> Result<Arc<Reloads>, Failure> {
        if !self.service.watch && self.service.listen.is_none() {
            return Ok(Arc::default());
        }
        let (options, shared) = (self.clone(), Arc::clone(shared));
        let load = move || {
            let rules = options.pairing.load_rules(color)?;
            let rules = rules.as_ref();
            let configuration = options.pairing.configuration(rules);
            let instance = Instances { configuration, ..instances.clone() }.start()?;
            let configured = options.configured(rules)?;
            tls.as_ref().map_or(Ok(()), reload_tls)?;
            let mut guard = shared.lock();
            // The program may be over.
            let Some(following) = guard.as_mut() else { return Ok(()) };
            following.observer.replace(instance, rules)?;
            following.configured = configured;
            Ok(())
        };
        let rules = self.pairing.rule_files();
        let files = rules.iter().chain(self.service.tls_files()).cloned().collect();
        reload::on_change(files, self.service.watch, shutdown.clone(), load)
    }
}

/// Processes a stream until it ends.
fn stream(options: &Options, color: When) -> Result<Report, RunError> {
    let began = Instant::now();
    let shutdown = Shutdown::on_signals().map_err(|error| Failure::Usage {
        message: format!("signal handlers cannot be installed: {error}"),
        advice: "pipe the records in without `--follow`: the input is read to its end",
    })?;
    let rules = options.pairing.load_rules(color)?;
    let rules = rules.as_ref();
    let instances = instances(&options.pairing, &options.batch, rules)?;
    let state = options.state.as_deref().map(StateFile::new).transpose()?;
    let (filter, checkpoint) = observer::prepare(instances.start()?, state.as_ref())?;
    let (stream, tls) = match options.service.open()? {
        Some((listening, tls)) => (Followed::Clients(listening), tls),
        None => (Followed::open(&options.batch.paths, checkpoint.as_ref())?, None),
    };
    let found = paths::find(&options.batch.paths);
    let destination = options.destination(&found.sources)?;
    let below_output = destination.is_terminal();
    let target = options.send.open(options.send_format, &shutdown)?;
    let delivery =
        target.as_ref().map(|target| Delivery::new((target.outlet)(), options.send_attempts));
    let output = Output::open(destination, options.style(color, rules))?;
    let shown = options.pairing.show.shown()?;
    let observer =
        Observer::new(filter, state, output, delivery, shown).in_form(options.form, rules);
    if let (Some(position), true) = (checkpoint.as_ref(), stream.is_resumed()) {
        observer.cut_back_to(position)?;
    }
    let following = Following::new(observer, options.configured(rules)?);
    let shared = Arc::new(Shared::new(following));
    let published = Published::default();
    let sources = Sources {
        counts: Box::new(published.clone()),
        reloads: options.reload(instances, &shared, tls, &shutdown, color)?,
        status: target.as_ref().and_then(|target| target.status.clone()),
    };
    let _shown = options.service.show_metrics(sources, &shutdown)?;
    let surroundings = Surroundings {
        shared,
        service: &options.service,
        max_file_bytes: options.batch.limit.max_file_bytes,
        published,
        shutdown,
    };
    let EndedStream { observer, totals, configured, save } = follow(stream, surroundings)?;
    let (tally, ended) = observer.end(save, true)?;
    target.iter().for_each(SendTarget::end);
    let (took, silence) = (began.elapsed(), configured.silence);
    // A stream goes on.
    let (allow_empty, skipped) = (true, 0);
    let zone = options.pairing.show.zone.zone.clone();
    Ok(Report { totals, tally, silence, skipped, ended, took, zone, below_output, allow_empty })
}

/// Processes files.
fn files(options: &Options, color: When) -> Result<Report, RunError> {
    let began = Instant::now();
    let rules = options.pairing.load_rules(color)?;
    let rules = rules.as_ref();
    let found = paths::find(&options.batch.paths);
    let instances = instances(&options.pairing, &options.batch, rules)?;
    let state = options.state.as_deref().map(StateFile::new).transpose()?;
    let (filter, _) = observer::prepare(instances.start()?, state.as_ref())?;
    let destination = options.destination(&found.sources)?;
    let below_output = destination.is_terminal();
    let output = Output::open(destination, options.style(color, rules))?;
    let shown = options.pairing.show.shown()?;
    let observer = Observer::new(filter, state, output, None, shown).in_form(options.form, rules);
    let record = options.pairing.places.paths(rules);
    let (observer, mut totals) =
        observe_files(&options.batch, &found.sources, &instances, record, observer)?;
    // After a fault, the state lacks records. It is not saved, so that the run can be repeated.
    let save = if totals.faults == 0 { Save::State } else { Save::No };
    let allow_empty = options.batch.allow_empty;
    let (tally, ended) = observer.end(save, totals.volume.records > 0 || allow_empty)?;
    totals.read_errors.merge(found.read_errors);
    let (skipped, took) = (found.skipped, began.elapsed());
    let silence = rules.map(Rules::silence_entries).unwrap_or_default();
    let zone = options.pairing.show.zone.zone.clone();
    Ok(Report { totals, tally, silence, skipped, ended, took, zone, below_output, allow_empty })
}

/// What the module emitted about files.
pub(crate) struct FilesRead {
    pub(crate) emitted: Vec<Emitted>,
    pub(crate) report: Report,
    /// What the module describes of itself, as JSON.
    pub(crate) description: String,
}

/// Reads files to their end, and keeps what the module emits. `output` is where it will go.
///
/// # Errors
/// The input, the rules or the module cannot be used, or the output is one of them.
pub(crate) fn read_files(
    pairing: &Pairing,
    batch: &BatchOptions,
    color: When,
) -> Result<(FilesRead, Destination), RunError> {
    let began = Instant::now();
    let rules = pairing.load_rules(color)?;
    let found = paths::find(&batch.paths);
    let instances = instances(pairing, batch, rules.as_ref())?;
    let used = UsedFiles {
        sources: &found.sources,
        rules: pairing.rule_files(),
        module: batch.module.as_deref(),
        state: None,
    };
    let destination = Destination::open(batch.output.as_deref(), &used)?;
    let (mut filter, _) = observer::prepare(instances.start()?, None)?;
    let description = filter.describe().unwrap_or_default();
    let observer = Observer::new(filter, None, Output::kept(), None, pairing.show.shown()?);
    let record = pairing.places.paths(rules.as_ref());
    let (observer, mut totals) =
        observe_files(batch, &found.sources, &instances, record, observer)?;
    let (tally, mut ended) = observer.end(Save::No, true)?;
    totals.read_errors.merge(found.read_errors);
    let emitted = std::mem::take(&mut ended.kept);
    let silence = rules.as_ref().map(Rules::silence_entries).unwrap_or_default();
    let report = Report {
        totals,
        tally,
        silence,
        skipped: found.skipped,
        ended,
        took: began.elapsed(),
        zone: pairing.show.zone.zone.clone(),
        below_output: false,
        allow_empty: batch.allow_empty,
    };
    Ok((FilesRead { emitted, report, description }, destination))
}

fn instances(
    pairing: &Pairing,
    batch: &BatchOptions,
    rules: Option<&Rules>,
) -> Result<Instances, Failure> {
    let settings = Settings::new().memory_limit_bytes(MEMORY_LIMIT_BYTES).deadline(DEADLINE);
    let module = module_file::load_with(batch.module.as_deref(), None, settings)?;
    Ok(Instances { module, configuration: pairing.configuration(rules) })
}

/// Reads files to their end, then observes their records in the order of time.
fn observe_files(
    batch: &BatchOptions,
    sources: &[Source],
    instances: &Instances,
    record: Option<&[String]>,
    mut observer: Observer,
) -> Result<(Observer, Totals), RunError> {
    let threads = batch.threads(sources.len());
    let start = |_| Ok((instances.start()?, rules::classifier(record)?));
    let filters = (0..threads).map(start).collect::<Result<_, Failure>>()?;
    let progress = &Progress::new(sources, batch.quiet);
    let max_file_bytes = batch.limit.max_file_bytes;
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
