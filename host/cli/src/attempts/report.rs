//! Counts what was read and emitted, and writes the summary.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::HumanCount;
use serde::Deserialize;

use super::activity::Activity;
use super::emitted::{Attempt, Emitted};
use super::output::Ended;
use crate::color::Palette;
use crate::failure::Exit;
use crate::input::read_error::ReadErrors;
use crate::log::report_width;
use crate::name::{bounded, key};
use crate::output::write_unchanged;
use crate::sanitize::printable;
use crate::summary::{FailedSignin, Failures, Outcomes, Silenced, Volume, counted};
use crate::zone::Zone;

/// What was read, by one thread or by all of them.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// The numbers of files, records and bytes.
    pub(crate) volume: Volume,
    /// The number of sign-ins; `None` if sign-ins were not counted.
    pub(crate) signins: Option<u64>,
    /// The input that could not be read.
    pub(crate) read_errors: ReadErrors,
    /// How often the module failed on a record.
    pub(crate) faults: u64,
    /// How many records were silenced, by entry.
    pub(crate) silenced: Silenced,
}

impl Totals {
    /// Adds the totals of another thread.
    pub(crate) fn merge(&mut self, other: Self) {
        self.volume.merge(other.volume);
        let signins = self.signins.into_iter().chain(other.signins);
        self.signins = signins.reduce(|sum, more| sum + more);
        self.read_errors.merge(other.read_errors);
        self.faults += other.faults;
        self.silenced.merge(other.silenced);
    }
}

/// Counters of the module, from `sekisho_describe`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Counters {
    /// Records that were dropped as duplicates.
    pub(crate) duplicates: u64,
    /// Records that arrived too late to be paired.
    pub(crate) late: u64,
    /// Keys that were evicted, and attempts that were emitted early, to limit memory.
    pub(crate) evicted: u64,
    /// Records of open attempts.
    pub(crate) waiting: u64,
}

/// Counts what the module emits.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    outcomes: Outcomes,
    failures: Failures,
    activity: Activity,
    /// How many attempts were silenced, by entry.
    silenced: Silenced,
    /// The severity and the number of findings, by rule.
    findings: BTreeMap<String, (String, u64)>,
    /// How often the module failed without a record, and the first message.
    faults: Option<(u64, String)>,
    /// The counters at the start: the module continues those of a restored state.
    pub(crate) before: Counters,
    /// The counters at the end.
    pub(crate) after: Counters,
    /// The file to which open attempts were saved.
    pub(crate) state: Option<String>,
}

impl Tally {
    /// Creates an empty tally. `before` are the counters at the start.
    pub(crate) fn since(before: Counters) -> Self {
        Self { before, ..Self::default() }
    }

    /// Counts an attempt or a finding.
    pub(crate) fn add(&mut self, emitted: &Emitted) {
        match emitted {
            Emitted::Attempt(attempt) => self.add_attempt(attempt),
            // It was counted when it opened.
            Emitted::Finding(finding) if finding.is_closed() => {}
            Emitted::Finding(finding) => match self.findings.get_mut(&finding.rule) {
                Some((_, times)) => *times += 1,
                None => {
                    let rule = key(&self.findings, &finding.rule).into_owned();
                    let severity = bounded(finding.severity.as_deref().unwrap_or_default());
                    self.findings.entry(rule).or_insert((severity.into_owned(), 0)).1 += 1;
                }
            },
            Emitted::Other => {}
        }
    }

    fn add_attempt(&mut self, attempt: &Attempt) {
        self.outcomes.add(&attempt.principal, &attempt.outcome);
        self.silenced.add(&attempt.silenced_by);
        self.activity.add(attempt);
        if attempt.is_failure() {
            self.failures.add(FailedSignin {
                reason: attempt.reason.as_deref(),
                principal: &attempt.principal,
                id: attempt.person(),
                user: attempt.user.as_deref(),
                source_ip: attempt.source_ip.as_deref(),
            });
        }
    }

    /// The number of attempts by principal and outcome.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.outcomes.iter()
    }

    /// The number of findings by rule and severity.
    pub(crate) fn findings(&self) -> impl Iterator<Item = (&str, &str, u64)> {
        let findings = self.findings.iter();
        findings.map(|(rule, (severity, number))| (rule.as_str(), severity.as_str(), *number))
    }

    /// How often the module failed without a record.
    pub(crate) fn fault_count(&self) -> u64 {
        self.faults.as_ref().map_or(0, |(number, _)| *number)
    }

    /// Counts a failure of the module that does not concern one record.
    pub(crate) fn add_fault(&mut self, message: String) {
        self.faults.get_or_insert((0, message)).0 += 1;
    }

    fn write(&self, to: &mut dyn Write, palette: Palette, zone: &Zone) -> io::Result<()> {
        self.outcomes.write(to, palette, "attempt")?;
        self.write_findings(to, palette)?;
        self.failures.write(to, palette)?;
        self.activity.write(to, palette, zone, report_width())?;
        let Self { before, after, .. } = self;
        let faint = palette.faint();
        for (count, label) in [
            (after.duplicates.saturating_sub(before.duplicates), "Duplicates, dropped"),
            (after.late.saturating_sub(before.late), "Too late to be paired"),
            (after.evicted.saturating_sub(before.evicted), "Evicted to limit memory"),
        ] {
            if count > 0 {
                writeln!(to, "{faint}{label}: {}{faint:#}", HumanCount(count))?;
            }
        }
        if let Some(state) = &self.state {
            let records = counted(after.waiting, "record");
            writeln!(to, "{faint}Open: {records} in {}{faint:#}", printable(state))?;
        }
        Ok(())
    }

    fn write_findings(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.findings.is_empty() {
            return Ok(());
        }
        let title = palette.title();
        writeln!(to, "{title}Findings by rule{title:#}")?;
        let mut findings: Vec<_> = self.findings.iter().collect();
        findings.sort_by_key(|(_, (severity, times))| (rank(severity), std::cmp::Reverse(*times)));
        for (rule, (severity, times)) in findings {
            let style = palette.severity(severity);
            let (times, severity) = (HumanCount(*times).to_string(), printable(severity));
            writeln!(to, "{times:>12}  {style}{severity:<13}{style:#}  {}", printable(rule))?;
        }
        Ok(())
    }

    fn write_faults(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        let Some((times, message)) = &self.faults else { return Ok(()) };
        let bad = palette.bad();
        let times = counted(*times, "time");
        writeln!(to, "{bad}The module failed: {times}{bad:#}\n  {}", printable(message))
    }
}

/// The sort key of a severity: the most severe comes first.
fn rank(severity: &str) -> usize {
    const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "informational"];
    SEVERITIES.iter().position(|known| *known == severity).unwrap_or(SEVERITIES.len())
}

/// The summary of a run.
#[derive(Debug)]
pub(crate) struct Report {
    /// What was read.
    pub(crate) totals: Totals,
    /// What was emitted.
    pub(crate) tally: Tally,
    /// Describes the entries that silence.
    pub(crate) silence: Vec<String>,
    /// The number of files in folders that were skipped because of their type.
    pub(crate) skipped: u64,
    /// How the output ended.
    pub(crate) ended: Ended,
    /// The duration of the run.
    pub(crate) took: Duration,
    /// The zone of the times in the summary.
    pub(crate) zone: Zone,
    /// Whether the output is on the same terminal, above the summary.
    pub(crate) below_output: bool,
    /// Whether an input without records is no error.
    pub(crate) allow_empty: bool,
}

impl Report {
    /// Writes the summary, unless `quiet`, and the errors.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        quiet: bool,
    ) -> io::Result<()> {
        let Self { totals, tally, .. } = self;
        let is_failure = self.exit() == Exit::NoRecord;
        if !quiet {
            self.write_summary(to, palette)?;
        }
        if !quiet || is_failure {
            totals.volume.without_record.write(to, palette, is_failure)?;
        }
        tally.write_faults(to, palette)?;
        totals.read_errors.write(to, palette)?;
        write_unchanged(to, palette, self.ended.unchanged.as_deref())
    }

    fn write_summary(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.below_output {
            writeln!(to)?;
        }
        let faint = palette.faint();
        let Totals { volume, signins, .. } = &self.totals;
        volume.write(to, palette, *signins, self.took)?;
        self.tally.write(to, palette, &self.zone)?;
        self.write_silenced(to, palette)?;
        if self.skipped > 0 {
            let skipped = HumanCount(self.skipped);
            writeln!(to, "{faint}Skipped: {skipped} of another kind in the folders{faint:#}")?;
        }
        let Ended { hidden_columns, .. } = &self.ended;
        if !hidden_columns.is_empty() {
            let titles = hidden_columns.join(", ").to_lowercase();
            writeln!(to, "{faint}The terminal is too narrow for: {titles}{faint:#}")?;
        }
        Ok(())
    }

    fn write_silenced(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        let mut silenced = self.totals.silenced.clone();
        silenced.merge(self.tally.silenced.clone());
        silenced.write(to, palette, &self.silence)
    }

    /// How often the module failed.
    pub(crate) fn faults(&self) -> u64 {
        self.totals.faults + self.tally.faults.as_ref().map_or(0, |(times, _)| *times)
    }

    /// The exit status of the run.
    pub(crate) fn exit(&self) -> Exit {
        match (&self.totals, &self.tally) {
            (totals, tally) if totals.faults > 0 || tally.faults.is_some() => Exit::ModuleFailed,
            (totals, _) if totals.read_errors.count() > 0 => Exit::Incomplete,
            (totals, _) if totals.volume.records == 0 && !self.allow_empty => Exit::NoRecord,
            _ => Exit::Complete,
        }
    }
}
