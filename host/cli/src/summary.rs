//! Counts of what was read and found.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount};
use sekisho_records::Record;

use crate::color::Palette;
use crate::frequent::Frequent;
use crate::input::position::Position;
use crate::input::read_error::ReadErrors;
use crate::name::{bounded, key};
use crate::output::Verdict;
use crate::sanitize::printable;
use crate::without_record::WithoutRecord;

/// How many of the most frequent items are printed.
pub(crate) const TOP: usize = 5;

/// The outcomes of a verdict, each a column; the last one also counts outcomes that are not listed.
const OUTCOMES: [&str; 5] = ["success", "failure", "denied", "challenged", "unknown"];

/// The maximum number of entries that silence to count by: more than a configuration has.
const MAX_SILENCE: usize = 10_000;

/// The amount of input.
#[derive(Debug, Default)]
pub(crate) struct Volume {
    /// Number of files that were opened.
    pub(crate) files: u64,
    /// Their size in bytes, decompressed.
    pub(crate) bytes: u64,
    /// Number of records that were read.
    pub(crate) records: u64,
    /// What else was read.
    pub(crate) without_record: WithoutRecord,
}

impl Volume {
    /// Counts an item that was read.
    pub(crate) fn add(&mut self, position: Position<'_>, item: &[u8], has_record: bool) {
        match has_record {
            true => self.records += 1,
            false => self.without_record.add(position, item),
        }
    }

    /// Adds the input of another worker.
    pub(crate) fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.records += other.records;
        self.without_record.merge(other.without_record);
    }

    /// Prints the first line of a summary. `signins`: the number of sign-ins, if no later line has it.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        signins: Option<u64>,
        elapsed: Duration,
    ) -> io::Result<()> {
        let seconds = elapsed.as_secs_f64();
        let title = palette.title();
        write!(
            to,
            "{title}{} in {} ({}), {}{seconds:.1} s",
            counted(self.records, "record"),
            counted(self.files, "file"),
            HumanBytes(self.bytes),
            signins.map(|signins| counted(signins, "sign-in") + ", ").unwrap_or_default(),
        )?;
        // The rate of a shorter run is dominated by the start of the program.
        if seconds >= 1.0 {
            let records = HumanCount((self.records as f64 / seconds) as u64);
            let bytes = HumanBytes((self.bytes as f64 / seconds) as u64);
            write!(to, ", {records} records/s, {bytes}/s")?;
        }
        writeln!(to, "{title:#}")
    }
}

/// Counts of each outcome, by kind of sign-in or another key.
#[derive(Debug, Default)]
pub(crate) struct Outcomes(BTreeMap<String, [u64; OUTCOMES.len()]>);

impl Outcomes {
    /// Counts an outcome of `key`.
    pub(crate) fn add(&mut self, key: &str, outcome: &str) {
        let outcome = OUTCOMES.iter().position(|known| *known == outcome);
        let outcome = outcome.unwrap_or(OUTCOMES.len() - 1);
        match self.0.get_mut(key) {
            Some(outcomes) => outcomes[outcome] += 1,
            None => self.entry(key)[outcome] += 1,
        }
    }

    fn entry(&mut self, name: &str) -> &mut [u64; OUTCOMES.len()] {
        let key = key(&self.0, name).into_owned();
        self.0.entry(key).or_default()
    }

    /// The counts by key and outcome.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.0.iter().flat_map(|(key, outcomes)| {
            let outcomes = OUTCOMES.iter().zip(outcomes).filter(|(_, number)| **number > 0);
            outcomes.map(move |(outcome, number)| (key.as_str(), *outcome, *number))
        })
    }

    /// Adds the counts of another worker.
    fn merge(&mut self, other: Self) {
        for (key, outcomes) in other.0 {
            let own = self.entry(&key);
            own.iter_mut().zip(outcomes).for_each(|(own, more)| *own += more);
        }
    }

    /// Prints a line for each key and a column for each outcome that occurred, below the total number
    /// of `name`.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(&self, to: &mut dyn Write, palette: Palette, name: &str) -> io::Result<()> {
        let total: u64 = self.0.values().flatten().sum();
        if total == 0 {
            return writeln!(to, "No {name}s");
        }
        let shown: Vec<usize> = (0..OUTCOMES.len())
            .filter(|outcome| self.0.values().any(|outcomes| outcomes[*outcome] > 0))
            .collect();
        write!(to, "{:<22}", counted(total, name))?;
        for outcome in &shown {
            let name = OUTCOMES[*outcome];
            let style = palette.outcome(name);
            write!(to, "{:padding$}{style}{name}{style:#}", "", padding = 12 - name.len())?;
        }
        writeln!(to)?;
        for (key, outcomes) in &self.0 {
            write!(to, "  {:<20}", printable(key))?;
            for outcome in &shown {
                match outcomes[*outcome] {
                    0 => write!(to, "{:>12}", "·")?,
                    times => write!(to, "{:>12}", HumanCount(times).to_string())?,
                }
            }
            writeln!(to)?;
        }
        Ok(())
    }
}

/// How much was silenced, by the position of the entry that did it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Silenced(BTreeMap<usize, u64>);

impl Silenced {
    /// Counts an event that these entries silenced.
    pub(crate) fn add(&mut self, entries: &[usize]) {
        entries.iter().for_each(|entry| self.add_times(*entry, 1));
    }

    /// Adds the counts of another worker.
    pub(crate) fn merge(&mut self, other: Self) {
        for (entry, more) in other.0 {
            self.add_times(entry, more);
        }
    }

    fn add_times(&mut self, entry: usize, times: u64) {
        if self.0.len() < MAX_SILENCE || self.0.contains_key(&entry) {
            *self.0.entry(entry).or_default() += times;
        }
    }

    /// Prints how much each entry silenced. `entries` describes them; a module may contain others.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        entries: &[String],
    ) -> io::Result<()> {
        let described: Vec<(String, u64)> = self
            .0
            .iter()
            .map(|(entry, times)| {
                let described = entries.get(*entry).cloned();
                (described.unwrap_or_else(|| format!("entry {entry} of the module")), *times)
            })
            .collect();
        let counts = described.iter().map(|(entry, times)| (entry.as_str(), *times)).collect();
        write_counts(to, palette, "Silenced by", (counts, false))
    }
}

/// Failed and denied sign-ins, by reason, source IP and principal.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    reasons: Frequent,
    source_ips: Frequent,
    principals: Frequent,
}

/// A failed or denied sign-in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedSignin<'a> {
    /// Why it failed.
    pub(crate) reason: Option<&'a str>,
    /// The kind of principal.
    pub(crate) principal: &'a str,
    /// The id to count by.
    pub(crate) id: Option<&'a str>,
    /// The name of the user.
    pub(crate) user: Option<&'a str>,
    /// The source IP.
    pub(crate) source_ip: Option<&'a str>,
}

impl Failures {
    /// Counts a failed sign-in.
    pub(crate) fn add(&mut self, failed: FailedSignin<'_>) {
        let FailedSignin { reason, principal, id, user, source_ip } = failed;
        self.reasons.add(reason.unwrap_or("unknown"), 1);
        self.principals.add(&principal_label(principal, id, user), 1);
        if let Some(source_ip) = source_ip {
            self.source_ips.add(source_ip, 1);
        }
    }

    /// Adds the counts of another worker.
    fn merge(&mut self, other: Self) {
        self.reasons.merge(other.reasons);
        self.source_ips.merge(other.source_ips);
        self.principals.merge(other.principals);
    }

    /// Prints the most frequent of each.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        write_counts(to, palette, "Failures by reason", self.reasons.all())?;
        write_counts(to, palette, "Failures by source IP", self.source_ips.top(TOP))?;
        write_counts(to, palette, "Failures by principal", self.principals.top(TOP))
    }
}

/// What to count somebody by: the id, as the name is unverified input. Names that differ only in case
/// are one.
pub(crate) fn principal_label(principal: &str, id: Option<&str>, user: Option<&str>) -> String {
    let user = user.map(|user| bounded(&user.to_lowercase()).into_owned());
    let id = id.map(bounded);
    match (id, user) {
        (Some(id), Some(user)) if id.to_lowercase() != user => format!("{id} ({user})"),
        (Some(id), _) => id.into_owned(),
        (None, Some(user)) => format!("{principal} ({user})"),
        (None, None) => principal.to_owned(),
    }
}

/// The counts of one worker, or of all.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// The amount of input.
    pub(crate) volume: Volume,
    /// Input that could not be read.
    pub(crate) read_errors: ReadErrors,
    /// Number of times the module failed.
    pub(crate) faults: u64,
    kinds: Outcomes,
    rules: Frequent,
    silenced: Silenced,
    failures: Failures,
}

impl Summary {
    /// Counts a record with a verdict.
    pub(crate) fn add(&mut self, verdict: &Verdict<'_>, record: &Record) {
        self.silenced.add(&verdict.silenced_by);
        for id in verdict.reported_rules() {
            self.rules.add(id, 1);
        }
        if !verdict.is_signin() {
            return;
        }
        self.kinds.add(verdict.kind, verdict.outcome);
        if verdict.is_failure() {
            self.failures.add(FailedSignin {
                reason: verdict.reason,
                principal: verdict.principal,
                id: record.identity.as_deref(),
                user: record.user.as_deref(),
                source_ip: record.source_ip.as_deref(),
            });
        }
    }

    /// The number of sign-ins by kind and outcome.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (&str, &'static str, u64)> {
        self.kinds.iter()
    }

    /// The number of records by the rule that they match.
    pub(crate) fn matches(&self) -> impl Iterator<Item = (&str, u64)> {
        self.rules.all().0.into_iter()
    }

    /// Adds the counts of another worker.
    pub(crate) fn merge(&mut self, other: Self) {
        self.volume.merge(other.volume);
        self.read_errors.merge(other.read_errors);
        self.faults += other.faults;
        self.kinds.merge(other.kinds);
        self.rules.merge(other.rules);
        self.silenced.merge(other.silenced);
        self.failures.merge(other.failures);
    }

    /// Prints all counts. `silence` describes the entries that silence.
    ///
    /// # Errors
    /// The error of the writer.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        elapsed: Duration,
        silence: &[String],
    ) -> io::Result<()> {
        self.volume.write(to, palette, None, elapsed)?;
        self.kinds.write(to, palette, "sign-in")?;
        write_counts(to, palette, "Matches by rule", self.rules.all())?;
        self.silenced.write(to, palette, silence)?;
        self.failures.write(to, palette)
    }
}

/// Formats a number with a noun, as in `1 record` or `2 records`.
pub(crate) fn counted(number: u64, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {name}{plural}", HumanCount(number))
}

/// Prints counts below a title, the highest first; nothing if there are none.
fn write_counts(
    to: &mut dyn Write,
    palette: Palette,
    name: &str,
    (mut counts, too_low): (Vec<(&str, u64)>, bool),
) -> io::Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    counts.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    let title = palette.title();
    let at_least = if too_low { " (at least)" } else { "" };
    writeln!(to, "{title}{name}{at_least}{title:#}")?;
    for (item, times) in counts {
        writeln!(to, "{:>12}  {}", HumanCount(times).to_string(), printable(item))?;
    }
    Ok(())
}
