//! `sekisho classify`: lists the sign-ins in files, folders or standard input.

mod schedule;
mod worker;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use self::worker::{Instances, Only, Task};
use crate::color::{Palette, When};
use crate::failure::{Exit, Failure, exit_after};
use crate::input::paths;
use crate::module_file;
use crate::options::{BatchOptions, Form};
use crate::output::{Destination, Format, UsedFiles, Writer, Written, write_unchanged};
use crate::progress::Progress;
use crate::rules::{self, Places, Rules};
use crate::summary::Summary;
use crate::zone::ZoneOption;
use clap::Args;
use indicatif::HumanCount;

/// List the sign-ins in files, folders or standard input, and their outcomes
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// Output format [default: table on a terminal, otherwise ndjson]
    #[arg(long, short, value_enum)]
    format: Option<Format>,
    /// Annotate sign-ins in this form, with `--format annotated`
    #[arg(long, value_enum)]
    form: Option<Form>,
    /// Print only these records
    #[arg(long, value_name = "WHICH", value_enum)]
    only: Option<Only>,
    /// Add the ids of the rules in FILE that match a record; `builtin` is the built-in rules
    #[arg(long, value_name = "FILE")]
    rules: Vec<PathBuf>,
    #[command(flatten)]
    zone: ZoneOption,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    batch: BatchOptions,
}

const AFTER_HELP: &str = "\
Examples:
  List failed and denied sign-ins in a folder of CloudTrail files, as copied from S3:
    sekisho classify --only failures AWSLogs/

  Show times as the clock of this machine has them:
    sekisho classify --tz local AWSLogs/

  List the newest events of an account:
    aws cloudtrail lookup-events | sekisho classify

  Write JSON for another program, or CSV for a spreadsheet:
    sekisho classify --format ndjson AWSLogs/ | jq .signin.outcome
    sekisho classify --format csv --output signins.csv AWSLogs/

  List records that match a built-in rule or one of your own:
    sekisho classify --rules builtin --rules mine.yaml --only matches AWSLogs/

  Read records that a program wraps in its own way:
    sekisho classify --record data.aws wrapped.ndjson

  Read what a log store exports, or the lines of syslog:
    sekisho classify search-result.json logs-insights.csv /var/log/trail.log

  Annotate records in a pipeline: print every record, and add the field `signin` to sign-ins:
    zcat trail.json.gz | sekisho classify --format annotated --quiet

  Write events for Elasticsearch, OpenSearch or Security Lake:
    sekisho classify --format ecs AWSLogs/
    sekisho classify --format ocsf AWSLogs/

The input format is detected: plain, gzip or zstd; JSON, NDJSON, concatenated or pretty-printed
JSON, with the records at any place in it (CloudTrail's files, CloudWatch Logs, EventBridge events,
search results); lines with a header before the record (syslog, `aws logs tail`, containers); CSV
of Athena, Logs Insights and Splunk. In folders, files named .json, .ndjson, .jsonl, .gz or .zst are
read, and files named .log, .csv or without an extension if they begin like one of these; other
files are skipped.";

impl Options {
    /// Runs `sekisho classify`.
    ///
    /// # Errors
    /// [`Failure`], if the rules or the module are unusable, or the output cannot be written.
    pub(crate) fn run(&self, color: When) -> Result<Exit, Failure> {
        let start = Instant::now();
        let BatchOptions { paths, output, quiet, .. } = &self.batch;
        if paths.is_empty() && io::stdin().is_terminal() {
            return Err(Failure::no_input());
        }
        let rules = self.load_rules(color)?;
        let found = paths::find(paths);
        let filters = self.start_filters(rules.as_ref(), found.sources.len())?;
        let used = UsedFiles {
            sources: &found.sources,
            rules: &self.rules,
            module: self.batch.module.as_deref(),
            state: None,
        };
        let destination = Destination::open(output.as_deref(), &used)?;
        let below_output = destination.is_terminal();
        let task = Task {
            format: self.format.unwrap_or(match below_output {
                true => Format::Table,
                false => Format::Ndjson,
            }),
            zone: self.zone.zone.clone(),
            only: self.only,
            max_file_bytes: self.batch.limit.max_file_bytes,
            progress: Progress::new(&found.sources, *quiet),
            stopped: AtomicBool::new(false),
        };
        let may_match = self.may_match();
        let silence = rules.as_ref().map(Rules::silence_entries).unwrap_or_default();
        let progress = task.progress.clone();
        let writer = Writer::new(destination, task.format, color, progress, may_match, &task.zone);
        let (mut summary, written) = schedule::run(&task, &found.sources, filters, writer);
        task.progress.end();
        exit_after(written.and_then(|Written { hidden_columns, destination }| {
            summary.read_errors.merge(found.read_errors);
            let unchanged =
                destination.end(summary.volume.records > 0 || self.batch.allow_empty)?;
            let report = Report {
                summary,
                silence,
                skipped: found.skipped,
                hidden_columns,
                elapsed: start.elapsed(),
                below_output,
                allow_empty: self.batch.allow_empty,
                unchanged,
            };
            let mut stderr = io::stderr().lock();
            let palette = Palette::new(color, stderr.is_terminal());
            // If standard error is closed, the exit code still reports errors.
            let _ = report.write(&mut stderr, palette, *quiet);
            Ok(report.exit())
        }))
    }

    fn load_rules(&self, color: When) -> Result<Option<Rules>, Failure> {
        if self.only == Some(Only::Matches) && !self.may_match() {
            return Err(Failure::Usage {
                message: "`--only matches` needs rules".to_owned(),
                advice: "add `--rules FILE`, or `--rules builtin` for the built-in rules",
            });
        }
        match &self.rules[..] {
            [] => Ok(None),
            files => rules::load(files, color).map(Some),
        }
    }

    /// Whether records may match rules: those of `--rules`, or rules inside the module.
    fn may_match(&self) -> bool {
        !self.rules.is_empty() || self.batch.module.is_some()
    }

    /// The form of the output, if it is not verdicts.
    fn output_form(&self) -> Result<Option<Form>, Failure> {
        match (self.format, self.form) {
            (Some(Format::Ecs), None) => Ok(Some(Form::Ecs)),
            (Some(Format::Ocsf), None) => Ok(Some(Form::Ocsf)),
            (Some(Format::Annotated), form) => Ok(form),
            (_, None) => Ok(None),
            (_, Some(_)) => Err(Failure::Usage {
                message: "`--form` needs `--format annotated`".to_owned(),
                advice: "`--format ecs` and `--format ocsf` print an event for each sign-in",
            }),
        }
    }

    /// Starts instances of the module, and a classifier without rules, for each thread.
    fn start_filters(
        &self,
        rules: Option<&Rules>,
        sources: usize,
    ) -> Result<Vec<Instances>, Failure> {
        let path = self.batch.module.as_deref();
        let module = module_file::load(path)?;
        let form = self.output_form()?;
        let formed = form.map(|form| module_file::load_for(path, Some(form))).transpose()?;
        let threads = self.batch.threads(sources);
        let record = self.places.paths(rules);
        let start = |_| {
            let mut filter = module_file::start(&module)?;
            rules::configure(&mut filter, rules, record)?;
            let formed = match &formed {
                Some(module) => {
                    let mut formed = module_file::start(module)?;
                    rules::configure_for(&mut formed, rules, record, form)?;
                    Some(formed)
                }
                None => None,
            };
            Ok(Instances { filter, classifier: rules::classifier(record)?, formed })
        };
        (0..threads).map(start).collect()
    }
}

/// What is printed on standard error at the end.
struct Report {
    summary: Summary,
    /// Describes the entries that silence.
    silence: Vec<String>,
    skipped: u64,
    hidden_columns: Vec<&'static str>,
    elapsed: Duration,
    /// Whether the output is on the same terminal, above the report.
    below_output: bool,
    /// Whether an input without records is no error.
    allow_empty: bool,
    /// The output file, if it stays as it was.
    unchanged: Option<PathBuf>,
}

impl Report {
    fn write(&self, to: &mut dyn Write, palette: Palette, quiet: bool) -> io::Result<()> {
        let is_failure = self.exit() == Exit::NoRecord;
        if !quiet {
            self.write_summary(to, palette)?;
        }
        if !quiet || is_failure {
            self.summary.volume.without_record.write(to, palette, is_failure)?;
        }
        self.summary.read_errors.write(to, palette)?;
        write_unchanged(to, palette, self.unchanged.as_deref())
    }

    fn write_summary(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.below_output {
            writeln!(to)?;
        }
        let faint = palette.faint();
        self.summary.write(to, palette, self.elapsed, &self.silence)?;
        if self.skipped > 0 {
            writeln!(
                to,
                "{faint}Skipped: {} of another kind in the folders{faint:#}",
                HumanCount(self.skipped)
            )?;
        }
        if !self.hidden_columns.is_empty() {
            let titles = self.hidden_columns.join(", ").to_lowercase();
            writeln!(to, "{faint}The terminal is too narrow for: {titles}{faint:#}")?;
        }
        Ok(())
    }

    fn exit(&self) -> Exit {
        match &self.summary {
            summary if summary.faults > 0 => Exit::ModuleFailed,
            summary if summary.read_errors.count() > 0 => Exit::Incomplete,
            summary if summary.volume.records == 0 && !self.allow_empty => Exit::NoRecord,
            _ => Exit::Complete,
        }
    }
}
