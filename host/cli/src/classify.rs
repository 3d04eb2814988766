//! `sekisho classify`: the sign-ins in files, folders or standard input.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use indicatif::HumanCount;
use sekisho_host::Filter;

use crate::args::{Classify, Format, Only, When};
use crate::color::Palette;
use crate::failure::{Exit, Failure, exit_after};
use crate::input::paths;
use crate::module_file;
use crate::output::{Destination, Writer};
use crate::progress::Progress;
use crate::rules::{self, Rules};
use crate::schedule;
use crate::summary::Summary;
use crate::worker::Task;

/// Does what the command line asks for.
///
/// # Errors
/// [`Failure`], if it cannot be done, or its output cannot be written.
pub(crate) fn run(arguments: &Classify, color: When) -> Result<Exit, Failure> {
    let began = Instant::now();
    if arguments.paths.is_empty() && io::stdin().is_terminal() {
        return Err(Failure::nothing_to_read());
    }
    let rules = match &arguments.rules[..] {
        [] => None,
        files => Some(rules::load(files, color)?),
    };
    // A module that somebody brings along may have rules of its own.
    let may_match = rules.is_some() || arguments.run.module.is_some();
    if arguments.only == Some(Only::Matches) && !may_match {
        return Err(Failure::Usage {
            sentence: "`--only matches` needs rules to match".to_owned(),
            advice: "name a file of rules, or the ones built in: `--rules builtin`",
        });
    }
    let found = paths::find(&arguments.paths);
    let filters = filters(arguments, rules.as_ref(), found.sources.len())?;
    let destination = Destination::open(arguments.run.output.as_deref(), &found.sources)?;
    let below_output = destination.is_terminal();
    let task = Task {
        format: arguments.format.unwrap_or(match below_output {
            true => Format::Table,
            false => Format::Ndjson,
        }),
        only: arguments.only,
        max_file_bytes: arguments.run.max_file_bytes,
        progress: Progress::new(&found.sources, arguments.run.quiet),
        stopped: AtomicBool::new(false),
    };
    let writer = Writer::new(destination, task.format, color, task.progress.clone(), may_match);
    let (mut summary, written) = schedule::run(&task, &found.sources, filters, writer);
    task.progress.end();
    exit_after(written.map(|hidden_columns| {
        summary.unread.merge(found.unread);
        let report = Report {
            summary,
            skipped: found.skipped,
            hidden_columns,
            took: began.elapsed(),
            below_output,
        };
        let mut stderr = io::stderr().lock();
        let palette = Palette::new(color, stderr.is_terminal());
        // If standard error is gone, the exit code still tells.
        let _ = report.write(&mut stderr, palette, arguments.run.quiet);
        report.exit()
    }))
}

/// Instances of the module, one for each thread.
fn filters(
    arguments: &Classify,
    rules: Option<&Rules>,
    sources: usize,
) -> Result<Vec<Filter>, Failure> {
    let module = module_file::load(arguments.run.module.as_deref())?;
    let threads = arguments.run.threads(sources);
    let start = |_| {
        let mut filter = module_file::start(&module)?;
        if let Some(rules) = rules {
            rules::configure(&mut filter, rules)?;
        }
        Ok(filter)
    };
    (0..threads).map(start).collect()
}

/// What is told at the end.
struct Report {
    summary: Summary,
    skipped: u64,
    hidden_columns: Vec<&'static str>,
    took: Duration,
    /// Whether output stands above it on the same terminal.
    below_output: bool,
}

impl Report {
    fn write(&self, to: &mut dyn Write, palette: Palette, quiet: bool) -> io::Result<()> {
        if quiet {
            return self.summary.unread.write(to, palette);
        }
        if self.below_output {
            writeln!(to)?;
        }
        let faint = palette.faint();
        self.summary.write(to, palette, self.took)?;
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
        self.summary.unread.write(to, palette)
    }

    fn exit(&self) -> Exit {
        match &self.summary {
            summary if summary.faults > 0 => Exit::ModuleFailed,
            summary if summary.unread.count() > 0 => Exit::Incomplete,
            _ => Exit::Complete,
        }
    }
}
