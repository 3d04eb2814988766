//! Attempts and findings as a timeline, for people.

use std::collections::{HashMap, HashSet};

use sekisho_attempts::{Time, parse_time};

use super::told::{Attempt, Finding, Told};
use crate::color::Palette;
use crate::output::columns::{ABSENT, Column, Row, Table};
use crate::output::table::time;
use crate::sanitize::printable;
use crate::summary::counted;

const COLUMNS: [Column; 10] = [
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

/// More attempts like one another than this, and all but the first are told in a sentence.
const ALIKE_SHOWN: usize = 3;

/// What is behind it is no attempt, but deserves a look.
const MARK: &str = "▲";

/// The end of the way of what is told.
#[derive(Debug)]
pub(crate) struct Timeline {
    table: Table,
    palette: Palette,
    /// Rules of which the other columns say as much.
    plain_rules: HashSet<String>,
    /// Held back until everything is told; none of it where everything is shown as it comes.
    held: Option<Vec<Told>>,
    /// Ids of users and their names, as far as they were told.
    names: HashMap<String, String>,
}

impl Timeline {
    /// An empty one, for a terminal of this width, or without limit. `live`: what is told is shown
    /// as it comes. `plain_rules` are not worth naming.
    pub(crate) fn new(
        palette: Palette,
        width: Option<usize>,
        live: bool,
        plain_rules: HashSet<String>,
    ) -> Self {
        let table = Table::new(&COLUMNS, |_| true, palette, width);
        let held = (!live).then(Vec::new);
        Self { table, palette, plain_rules, held, names: HashMap::new() }
    }

    /// Takes what is told, and gives the text that is ready.
    pub(crate) fn push(&mut self, told: Told) -> String {
        if let Told::Attempt(Attempt { principal_id: Some(id), user: Some(user), .. }) = &told {
            self.remember(id, user);
        }
        match &mut self.held {
            Some(held) => {
                held.push(told);
                String::new()
            }
            None => {
                let row = self.row(&told);
                self.table.push(row.into_iter().collect()) + &self.table.flush(true)
            }
        }
    }

    /// Gives the text that was held back, and the titles of columns that had no room.
    pub(crate) fn end(&mut self) -> (String, Vec<&'static str>) {
        let mut held = self.held.take().unwrap_or_default();
        // Attempts are told when nothing can join them any more, findings at once.
        held.sort_by_key(Told::time);
        let mut rows = Vec::new();
        let mut left = &held[..];
        while !left.is_empty() {
            let (stretch, behind) = left.split_at(stretch(left));
            left = behind;
            self.stretch(stretch, &mut rows);
        }
        let text = self.table.push(rows) + &self.table.flush(false);
        (text, self.table.hidden())
    }

    fn remember(&mut self, id: &str, user: &str) {
        // Names are a service; they are not worth any amount of memory.
        if self.names.len() < 1 << 16 && !self.names.contains_key(id) {
            self.names.insert(id.to_owned(), user.to_owned());
        }
    }

    /// The rows of attempts like one another, with the findings among them.
    fn stretch(&self, stretch: &[Told], rows: &mut Vec<Row>) {
        let attempts = stretch.iter().filter_map(|told| match told {
            Told::Attempt(attempt) => Some(attempt),
            _ => None,
        });
        match &attempts.collect::<Vec<_>>()[..] {
            [first, alike @ .., last] if alike.len() + 2 > ALIKE_SHOWN => {
                rows.push(self.attempt(first));
                rows.push(self.more(alike.len() as u64 + 1, first, last));
                self.findings(stretch, rows);
            }
            _ => rows.extend(stretch.iter().filter_map(|told| self.row(told))),
        }
    }

    /// The rows of findings, each rule and key once.
    fn findings(&self, stretch: &[Told], rows: &mut Vec<Row>) {
        let mut findings: Vec<Vec<&Finding>> = Vec::new();
        for told in stretch {
            let Told::Finding(finding) = told else { continue };
            let same = |others: &&mut Vec<&Finding>| {
                others[0].rule == finding.rule && others[0].key == finding.key
            };
            match findings.iter_mut().find(same) {
                Some(others) => others.push(finding),
                None => findings.push(vec![finding]),
            }
        }
        rows.extend(findings.iter().map(|findings| self.finding(findings[0], &findings[1..])));
    }

    fn row(&self, told: &Told) -> Option<Row> {
        match told {
            Told::Attempt(attempt) => Some(self.attempt(attempt)),
            Told::Finding(finding) => Some(self.finding(finding, &[])),
            Told::Other => None,
        }
    }

    fn attempt(&self, attempt: &Attempt) -> Row {
        let value = |value: &str| printable(value).into_owned();
        let field = |field: &Option<String>| value(field.as_deref().unwrap_or(ABSENT));
        let rules = attempt.rules.iter().filter(|rule| !self.plain_rules.contains(*rule));
        let notes: Vec<&str> = attempt.flags.iter().chain(rules).map(String::as_str).collect();
        let cells: [String; COLUMNS.len()] = [
            when(&attempt.last_time),
            value(attempt.name().unwrap_or(ABSENT)),
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
                notes => value(&notes.join(" ")),
            },
        ];
        Row::Cells(cells.into())
    }

    /// Of attempts like the first, all behind it.
    fn more(&self, count: u64, first: &Attempt, last: &Attempt) -> Row {
        let outcome = match &*last.outcome {
            "success" => "successes",
            "failure" => "failures",
            _ => "of the same",
        };
        let until = until(&first.last_time, &last.last_time);
        let text = format!("… {count} more {outcome}{until}");
        Row::Text { first: String::new(), text, style: self.palette.faint() }
    }

    /// A finding, and others of the same rule and key behind it.
    fn finding(&self, finding: &Finding, others: &[&Finding]) -> Row {
        let severity = finding.severity.as_deref().unwrap_or("finding");
        let mut text = format!("{MARK} {severity} {}: {}", finding.rule, finding.count);
        if let Some(seconds) = seconds(finding) {
            text += &format!(" in {}", span(seconds));
        }
        for (field, value) in &finding.key {
            let value = value.as_str().unwrap_or(ABSENT);
            text += &match self.names.get(value).filter(|_| field == "principal_id") {
                Some(name) => format!(", {field} {value} ({name})"),
                None => format!(", {field} {value}"),
            };
        }
        if let Some(last) = others.last() {
            let times = counted(others.len() as u64, "more time");
            text += &format!("; {times}{}", until(&finding.last_time, &last.last_time));
        }
        Row::Text {
            first: when(&finding.last_time),
            text: printable(&text).into_owned(),
            style: self.palette.severity(severity),
        }
    }
}

/// How much at the beginning of a timeline is about attempts like the first one.
fn stretch(timeline: &[Told]) -> usize {
    let mut attempts = timeline.iter().enumerate().filter_map(|(index, told)| match told {
        Told::Attempt(attempt) => Some((index, attempt)),
        _ => None,
    });
    let Some((_, first)) = attempts.next() else { return timeline.len() };
    let another = attempts.find(|(_, attempt)| !attempt.is_like(first));
    another.map_or(timeline.len(), |(index, _)| index)
}

fn when(text: &Option<String>) -> String {
    time(text.as_deref().unwrap_or(ABSENT))
}

/// ` until 11:20:31`, with the date if it is another one.
fn until(first: &Option<String>, last: &Option<String>) -> String {
    let (first, last) = (when(first), when(last));
    match (first.split_once(' '), last.split_once(' ')) {
        (Some((date, _)), Some((same, clock))) if date == same => format!(" until {clock}"),
        _ => format!(" until {last}"),
    }
}

/// From the first record of a finding to its last.
fn seconds(finding: &Finding) -> Option<i64> {
    let read = |text: &Option<String>| -> Option<Time> { parse_time(text.as_deref()?.as_bytes()) };
    Some((read(&finding.last_time)? - read(&finding.first_time)?) / 1000)
}

/// `45 s`, `14 min 54 s`, `2 h 5 min`, `3 d 1 h`
fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let largest = UNITS.iter().position(|(unit, _)| seconds >= *unit).unwrap_or(UNITS.len() - 1);
    let (unit, name) = UNITS[largest];
    let rest = UNITS.get(largest + 1).map(|(smaller, name)| (seconds % unit / smaller, name));
    match rest {
        Some((rest @ 1.., smaller)) => format!("{} {name} {rest} {smaller}", seconds / unit),
        _ => format!("{} {name}", seconds / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(minute: u32, user: &str, outcome: &str) -> Told {
        let time = format!("2025-09-16T02:{minute:02}:09Z");
        serde_json::from_value(serde_json::json!({
            "type": "attempt", "outcome": outcome, "reason": null, "principal": "iam_user",
            "mfa": "not_used", "user_exists": "yes", "account": "111122223333",
            "principal_id": format!("AIDA{user}"), "user": user, "source_ip": "203.0.113.66",
            "first_time": time, "last_time": time, "events": ["e"], "failures_before": 0,
            "flags": [], "rules": ["plain", "worth-it"],
        }))
        .unwrap()
    }

    fn finding(minute: u32) -> Told {
        serde_json::from_value(serde_json::json!({
            "type": "finding", "rule": "brute-force", "severity": "high",
            "key": {"account": "111122223333", "principal_id": "AIDAbruno"}, "count": 20,
            "first_time": "2025-09-16T02:00:00Z",
            "last_time": format!("2025-09-16T02:{minute:02}:09Z"), "events": ["e"],
        }))
        .unwrap()
    }

    fn timeline(live: bool, told: Vec<Told>) -> Vec<String> {
        let plain = HashSet::from(["plain".to_owned()]);
        let mut timeline = Timeline::new(Palette::default(), None, live, plain);
        let mut text: String = told.into_iter().map(|told| timeline.push(told)).collect();
        text += &timeline.end().0;
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_attempt_is_a_row_and_a_finding_a_sentence() {
        let lines = timeline(false, vec![attempt(1, "bruno", "failure"), finding(1)]);
        let expected = [
            "TIME                 USER   SOURCE IP     OUTCOME  REASON  PRINCIPAL  MFA       RECORDS  BEFORE  NOTES",
            "2025-09-16 02:01:09  bruno  203.0.113.66  failure  -       iam_user   not_used  1        -       worth-it",
            "2025-09-16 02:01:09  ▲ high brute-force: 20 in 1 min 9 s, account 111122223333, principal_id AIDAbruno (bruno)",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn many_alike_are_folded() {
        let mut told: Vec<Told> =
            (1..=4).map(|minute| attempt(minute, "bruno", "failure")).collect();
        told.extend([finding(2), finding(3), finding(4), attempt(5, "bruno", "success")]);
        let lines = timeline(false, told.clone());
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(lines[1].starts_with("2025-09-16 02:01:09  bruno  203.0.113.66  failure"));
        assert_eq!(lines[2].trim_start(), "… 3 more failures until 02:04:09");
        assert!(lines[3].starts_with("2025-09-16 02:02:09  ▲ high brute-force: 20 in 2 min 9 s, "));
        assert!(lines[3].ends_with("; 2 more times until 02:04:09"), "{}", lines[3]);
        assert!(lines[4].starts_with("2025-09-16 02:05:09  bruno  203.0.113.66  success"));
        // What is shown as it comes cannot be folded.
        assert_eq!(timeline(true, told).len(), 9);
    }

    #[test]
    fn a_few_alike_are_shown_one_by_one() {
        let told = vec![
            attempt(3, "bruno", "failure"),
            attempt(1, "bruno", "failure"),
            finding(2),
            attempt(2, "bruno", "failure"),
            attempt(4, "akemi", "failure"),
        ];
        let lines = timeline(false, told);
        let minutes: Vec<&str> = lines[1..].iter().map(|line| &line[14..16]).collect();
        assert_eq!(minutes, ["01", "02", "02", "03", "04"]);
    }

    #[test]
    fn spans() {
        for (seconds, text) in [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (894, "14 min 54 s"),
            (3600, "1 h"),
            (7500, "2 h 5 min"),
            (86400 * 3 + 3600, "3 d 1 h"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }
}
