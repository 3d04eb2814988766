//! The rows of a timeline.

use std::collections::{HashMap, HashSet};

use super::emitted::{Attempt, Emitted, Finding};
use super::times::{display_time, timespan, until};
use crate::color::Palette;
use crate::name::bounded;
use crate::output::columns::{ABSENT, Column, Row};
use crate::sanitize::printable;
use crate::summary::counted;
use crate::zone::Zone;

/// The columns of an attempt.
pub(crate) const COLUMNS: [Column; 10] = [
    Column::new("TIME", [19, 19], 0),
    Column::new("USER", [8, 20], 0),
    Column::new("SOURCE IP", [15, 15], 0),
    Column::new("OUTCOME", [10, 10], 0).outcome(),
    Column::new("REASON", [19, 19], 1),
    Column::new("PRINCIPAL", [9, 13], 6),
    Column::new("MFA", [8, 8], 2),
    Column::new("RECORDS", [7, 7], 5),
    Column::new("BEFORE", [9, 9], 3),
    Column::new("NOTES", [16, 24], 4),
];

/// The maximum number of user names to remember.
const MAX_NAMES: usize = 1 << 16;

/// The fields of a finding whose value has a user name.
const NAMED: [&str; 2] = ["principal_id", "identity"];

/// Begins the row of a finding.
const FINDING_MARK: &str = "▲";

/// Formats attempts and findings as rows.
#[derive(Debug)]
pub(crate) struct Rows {
    palette: Palette,
    zone: Zone,
    /// Rules that the notes omit, because the other columns show the same.
    informational_rules: HashSet<String>,
    /// User names by principal id and by identity, of the attempts so far.
    names: HashMap<String, String>,
}

impl Rows {
    /// Creates a formatter. Notes omit the `informational_rules`.
    pub(crate) fn new(palette: Palette, zone: Zone, informational_rules: HashSet<String>) -> Self {
        Self { palette, zone, informational_rules, names: HashMap::new() }
    }

    /// Remembers the user name of an attempt, to show it in findings about the same user.
    pub(crate) fn remember_name(&mut self, emitted: &Emitted) {
        let Emitted::Attempt(Attempt { principal_id, identity, user: Some(user), .. }) = emitted
        else {
            return;
        };
        for id in [principal_id, identity].into_iter().flatten() {
            // Names are a convenience: their memory is bounded. An identity may be the name.
            if self.names.len() < MAX_NAMES
                && !id.eq_ignore_ascii_case(user)
                && !self.names.contains_key(&*bounded(id))
            {
                self.names.insert(bounded(id).into_owned(), bounded(user).into_owned());
            }
        }
    }

    /// The row of an attempt or a finding.
    pub(crate) fn row(&self, emitted: &Emitted) -> Option<Row> {
        match emitted {
            Emitted::Attempt(attempt) => Some(self.attempt(attempt)),
            Emitted::Finding(finding) => Some(self.finding(finding, &[])),
            Emitted::Other => None,
        }
    }

    /// The row of an attempt.
    pub(crate) fn attempt(&self, attempt: &Attempt) -> Row {
        let value = |value: &str| printable(&bounded(value)).into_owned();
        let field = |field: &Option<String>| value(field.as_deref().unwrap_or(ABSENT));
        let is_shown = |rule: &&String| {
            !self.informational_rules.contains(*rule) && !attempt.silenced.contains(rule)
        };
        let rules = attempt.rules.iter().filter(is_shown);
        let mut notes: Vec<&str> = attempt.flags.iter().chain(rules).map(String::as_str).collect();
        if !attempt.silenced.is_empty() {
            notes.push("silenced");
        }
        let cells: [String; COLUMNS.len()] = [
            display_time(&self.zone, &attempt.last_time),
            value(attempt.display_name().unwrap_or(ABSENT)),
            field(&attempt.source_ip),
            value(&attempt.outcome),
            field(&attempt.reason),
            value(&attempt.principal),
            value(&attempt.mfa),
            attempt.events.len().to_string(),
            match attempt.failures_before {
                0 => ABSENT.to_owned(),
                failures => format!("{failures} failed"),
            },
            match &notes[..] {
                [] => ABSENT.to_owned(),
                notes => printable(&notes.join(" ")).into_owned(),
            },
        ];
        Row::Cells(cells.into())
    }

    /// The row of `count` attempts that repeat each other. The first of them is above it.
    pub(crate) fn repetitions(&self, count: usize, first: &Attempt, last: &Attempt) -> Row {
        let outcome = match &*last.outcome {
            "success" => "successes",
            "failure" => "failures",
            _ => "of the same",
        };
        let until = until(&self.zone, &first.last_time, &last.last_time);
        let text = format!("× {count} {outcome}{until}");
        Row::Text { first: String::new(), text, style: self.palette.faint() }
    }

    /// The row of a finding, and of later ones with the same rule and key.
    pub(crate) fn finding(&self, finding: &Finding, later: &[&Finding]) -> Row {
        let severity = finding.severity.as_deref().unwrap_or("finding");
        let closed = if finding.is_closed() { " closed" } else { "" };
        let mut text = format!("{FINDING_MARK} {severity} {}{closed}: ", finding.rule);
        text += &match (finding.values, finding.matches) {
            (Some(values), Some(matches)) => format!("{values} values, {matches} matches"),
            _ => finding.count.to_string(),
        };
        if let Some(timespan) = timespan(finding) {
            text += &format!(" in {timespan}");
        }
        if finding.time() != &finding.last_time {
            text += &until(&self.zone, finding.time(), &finding.last_time);
        }
        for (field, value) in &finding.key {
            let value = bounded(value.as_str().unwrap_or(ABSENT));
            text += &match self.names.get(&*value).filter(|_| NAMED.contains(&&**field)) {
                Some(name) => format!(", {field} {value} ({name})"),
                None => format!(", {field} {value}"),
            };
        }
        if let Some(last) = later.last() {
            let times = counted(later.len() as u64, "more time");
            text += &format!("; {times}{}", until(&self.zone, &finding.last_time, &last.last_time));
        }
        Row::Text {
            first: display_time(&self.zone, finding.time()),
            text: printable(&text).into_owned(),
            style: match finding.is_closed() {
                true => self.palette.faint(),
                false => self.palette.severity(severity),
            },
        }
    }
}
