//! What was read, told and left, in numbers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::HumanCount;

use super::session::Counters;
use super::told::{Attempt, Told};
use crate::color::Palette;
use crate::failure::Exit;
use crate::input::read_error::ReadErrors;
use crate::sanitize::printable;
use crate::summary::{FailedSignin, Failures, Outcomes, Volume, counted};

/// What was read, by one thread or by all.
#[derive(Debug, Default)]
pub(crate) struct Totals {
    /// How much it was.
    pub(crate) volume: Volume,
    /// Records that are sign-ins, where that was asked.
    pub(crate) signins: Option<u64>,
    /// What could not be read.
    pub(crate) read_errors: ReadErrors,
    /// How often the module broke over a record.
    pub(crate) faults: u64,
}

impl Totals {
    /// Adds what another thread read.
    pub(crate) fn merge(&mut self, other: Self) {
        self.volume.merge(other.volume);
        let signins = self.signins.into_iter().chain(other.signins);
        self.signins = signins.reduce(|own, more| own + more);
        self.read_errors.merge(other.read_errors);
        self.faults += other.faults;
    }
}

/// What was told.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    outcomes: Outcomes,
    failures: Failures,
    /// By rule: the severity, and how often.
    findings: BTreeMap<String, (String, u64)>,
    /// How often the module broke, but for that over records, and what was said the first time.
    faults: Option<(u64, String)>,
    /// What the module had counted before, in other runs or before it broke.
    pub(crate) before: Counters,
    /// What the module has counted at the end.
    pub(crate) after: Counters,
    /// The file in which the rest is left.
    pub(crate) state: Option<String>,
}

impl Tally {
    /// Nothing yet, where the module has counted so much before.
    pub(crate) fn since(before: Counters) -> Self {
        Self { before, ..Self::default() }
    }

    /// Counts what is told.
    pub(crate) fn add(&mut self, told: &Told) {
        match told {
            Told::Attempt(attempt) => self.add_attempt(attempt),
            Told::Finding(finding) => match self.findings.get_mut(&finding.rule) {
                Some((_, times)) => *times += 1,
                None => {
                    let severity = finding.severity.clone().unwrap_or_default();
                    self.findings.insert(finding.rule.clone(), (severity, 1));
                }
            },
            Told::Other => {}
        }
    }

    fn add_attempt(&mut self, attempt: &Attempt) {
        self.outcomes.add(&attempt.principal, &attempt.outcome);
        if attempt.is_failure() {
            self.failures.add(FailedSignin {
                reason: attempt.reason.as_deref(),
                principal: &attempt.principal,
                principal_id: attempt.principal_id.as_deref(),
                user: attempt.user.as_deref(),
                source_ip: attempt.source_ip.as_deref(),
            });
        }
    }

    /// Counts a failure of the module that is no record's.
    pub(crate) fn fault(&mut self, sentence: String) {
        self.faults.get_or_insert((0, sentence)).0 += 1;
    }

    fn write(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        self.outcomes.write(to, palette, "attempt")?;
        self.write_findings(to, palette)?;
        self.failures.write(to, palette)?;
        let Self { before, after, .. } = self;
        let faint = palette.faint();
        for (count, what) in [
            (after.duplicates.saturating_sub(before.duplicates), "Came twice, dropped"),
            (after.late.saturating_sub(before.late), "Came too late to be paired"),
            (after.evicted.saturating_sub(before.evicted), "Given up for want of memory"),
        ] {
            if count > 0 {
                writeln!(to, "{faint}{what}: {}{faint:#}", HumanCount(count))?;
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
        let Some((times, sentence)) = &self.faults else { return Ok(()) };
        let bad = palette.bad();
        let times = counted(*times, "time");
        writeln!(to, "{bad}The module failed: {times}{bad:#}\n  {}", printable(sentence))
    }
}

/// The most severe first.
fn rank(severity: &str) -> usize {
    const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "informational"];
    SEVERITIES.iter().position(|known| *known == severity).unwrap_or(SEVERITIES.len())
}

/// What is told at the end.
#[derive(Debug)]
pub(crate) struct Report {
    /// What was read.
    pub(crate) totals: Totals,
    /// What was told.
    pub(crate) tally: Tally,
    /// Files of another kind in the folders.
    pub(crate) skipped: u64,
    /// The titles of columns that had no room.
    pub(crate) hidden_columns: Vec<&'static str>,
    /// How long it took.
    pub(crate) took: Duration,
    /// Whether output stands above it on the same terminal.
    pub(crate) below_output: bool,
}

impl Report {
    /// Writes it for people.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        quiet: bool,
    ) -> io::Result<()> {
        let Self { totals, tally, .. } = self;
        if !quiet {
            self.write_summary(to, palette)?;
        }
        tally.write_faults(to, palette)?;
        totals.read_errors.write(to, palette)
    }

    fn write_summary(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        if self.below_output {
            writeln!(to)?;
        }
        let faint = palette.faint();
        let Totals { volume, signins, .. } = &self.totals;
        volume.write(to, palette, *signins, self.took)?;
        self.tally.write(to, palette)?;
        if self.skipped > 0 {
            let skipped = HumanCount(self.skipped);
            writeln!(to, "{faint}Skipped: {skipped} of another kind in the folders{faint:#}")?;
        }
        if !self.hidden_columns.is_empty() {
            let titles = self.hidden_columns.join(", ").to_lowercase();
            writeln!(to, "{faint}The terminal is too narrow for: {titles}{faint:#}")?;
        }
        Ok(())
    }

    /// How the program ends after this.
    pub(crate) fn exit(&self) -> Exit {
        match (&self.totals, &self.tally) {
            (totals, tally) if totals.faults > 0 || tally.faults.is_some() => Exit::ModuleFailed,
            (totals, _) if totals.read_errors.count() > 0 => Exit::Incomplete,
            _ => Exit::Complete,
        }
    }
}
