//! What was read and found, in numbers.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount};

use crate::color::Palette;
use crate::frequent::Frequent;
use crate::input::unread::UnreadList;
use crate::output::Verdict;
use crate::record::Record;
use crate::sanitize::printable;

const TOP: usize = 5;

/// The outcomes of a verdict, each a column; the last one takes what nobody knows.
const OUTCOMES: [&str; 5] = ["success", "failure", "denied", "challenged", "unknown"];

/// Counts of one worker, or of all.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    /// Files that were opened.
    pub(crate) files: u64,
    /// Bytes of them, decompressed.
    pub(crate) bytes: u64,
    /// Records that were read.
    pub(crate) records: u64,
    /// What could not be read.
    pub(crate) unread: UnreadList,
    /// How often the module broke.
    pub(crate) faults: u64,
    kinds: BTreeMap<String, [u64; OUTCOMES.len()]>,
    reasons: BTreeMap<String, u64>,
    rules: BTreeMap<String, u64>,
    source_ips: Frequent,
    principals: Frequent,
}

impl Summary {
    /// Counts a record with a verdict.
    pub(crate) fn add(&mut self, verdict: &Verdict<'_>, record: &Record) {
        for id in &verdict.rules {
            match self.rules.get_mut(id) {
                Some(times) => *times += 1,
                None => drop(self.rules.insert(id.clone(), 1)),
            }
        }
        if !verdict.is_signin() {
            return;
        }
        let outcome = OUTCOMES.iter().position(|outcome| *outcome == verdict.outcome);
        let outcome = outcome.unwrap_or(OUTCOMES.len() - 1);
        match self.kinds.get_mut(verdict.kind) {
            Some(outcomes) => outcomes[outcome] += 1,
            None => self.kinds.entry(verdict.kind.to_owned()).or_default()[outcome] += 1,
        }
        if !verdict.is_failure() {
            return;
        }
        *self.reasons.entry(verdict.reason.unwrap_or("unknown").to_owned()).or_default() += 1;
        self.principals.add(principal(verdict, record), 1);
        if let Some(source_ip) = &record.source_ip {
            self.source_ips.add(source_ip.clone(), 1);
        }
    }

    /// Adds what another worker counted.
    pub(crate) fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.records += other.records;
        self.unread.merge(other.unread);
        self.faults += other.faults;
        for (kind, outcomes) in other.kinds {
            let own = self.kinds.entry(kind).or_default();
            own.iter_mut().zip(outcomes).for_each(|(own, more)| *own += more);
        }
        for (reason, more) in other.reasons {
            *self.reasons.entry(reason).or_default() += more;
        }
        for (id, more) in other.rules {
            *self.rules.entry(id).or_default() += more;
        }
        self.source_ips.merge(other.source_ips);
        self.principals.merge(other.principals);
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// What writing says.
    pub(crate) fn write(
        &self,
        to: &mut dyn Write,
        palette: Palette,
        took: Duration,
    ) -> io::Result<()> {
        let seconds = took.as_secs_f64();
        let title = palette.title();
        write!(
            to,
            "{title}{} in {} ({}), {seconds:.1} s",
            counted(self.records, "record"),
            counted(self.files, "file"),
            HumanBytes(self.bytes),
        )?;
        // A shorter run says more about the start of the program than about reading.
        if seconds >= 1.0 {
            let records = HumanCount((self.records as f64 / seconds) as u64);
            let bytes = HumanBytes((self.bytes as f64 / seconds) as u64);
            write!(to, ", {records} records/s, {bytes}/s")?;
        }
        writeln!(to, "{title:#}")?;
        self.write_kinds(to, palette)?;
        write_counts(to, palette, "Matches by rule", all(&self.rules))?;
        write_counts(to, palette, "Failures by reason", all(&self.reasons))?;
        write_counts(to, palette, "Failures by source IP", self.source_ips.top(TOP))?;
        write_counts(to, palette, "Failures by principal", self.principals.top(TOP))
    }

    fn write_kinds(&self, to: &mut dyn Write, palette: Palette) -> io::Result<()> {
        let total: u64 = self.kinds.values().flatten().sum();
        if total == 0 {
            return writeln!(to, "No sign-ins");
        }
        let shown: Vec<usize> = (0..OUTCOMES.len())
            .filter(|outcome| self.kinds.values().any(|outcomes| outcomes[*outcome] > 0))
            .collect();
        write!(to, "{:<22}", counted(total, "sign-in"))?;
        for outcome in &shown {
            let name = OUTCOMES[*outcome];
            let style = palette.outcome(name);
            write!(to, "{:padding$}{style}{name}{style:#}", "", padding = 12 - name.len())?;
        }
        writeln!(to)?;
        for (kind, outcomes) in &self.kinds {
            write!(to, "  {:<20}", printable(kind))?;
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

/// All counts, exactly.
fn all(counts: &BTreeMap<String, u64>) -> (Vec<(&str, u64)>, bool) {
    (counts.iter().map(|(name, times)| (name.as_str(), *times)).collect(), false)
}

/// Who it was that was not let in: by id, for a name is what was typed.
fn principal(verdict: &Verdict<'_>, record: &Record) -> String {
    match (&record.principal_id, &record.user) {
        (Some(id), Some(user)) => format!("{id} ({user})"),
        (Some(id), None) => id.clone(),
        (None, Some(user)) => format!("{} ({user})", verdict.principal),
        (None, None) => verdict.principal.to_owned(),
    }
}

/// `1 record`, `2 records`.
pub(crate) fn counted(number: u64, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {name}{plural}", HumanCount(number))
}

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
    for (thing, times) in counts {
        writeln!(to, "{:>12}  {}", HumanCount(times).to_string(), printable(thing))?;
    }
    Ok(())
}
