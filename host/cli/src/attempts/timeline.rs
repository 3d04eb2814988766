//! Attempts and findings in the order of time, as a table for people.

use std::collections::{HashMap, HashSet};

use super::emitted::{Emitted, Finding};
use super::rows::{COLUMNS, Rows};
use crate::color::Palette;
use crate::output::columns::{Row, Table};
use crate::zone::Zone;

/// Up to this many equal attempts in a row are shown one by one; more are folded into two rows.
const MAX_REPETITIONS: usize = 3;

/// Formats attempts and findings as a table.
#[derive(Debug)]
pub(crate) struct Timeline {
    table: Table,
    rows: Rows,
    /// Everything so far, to be sorted at the end; `None` if each line is shown at once.
    buffered: Option<Vec<Emitted>>,
}

impl Timeline {
    /// Creates an empty timeline for a terminal of `width` columns, or of any width. With `live`,
    /// each line is shown at once, in the order of the calls. Times are in `zone`. The notes omit `informational_rules`.
    pub(crate) fn new(
        palette: Palette,
        width: Option<usize>,
        live: bool,
        zone: Zone,
        informational_rules: HashSet<String>,
    ) -> Self {
        let table = Table::new(&COLUMNS, |_| true, palette, width);
        Self {
            table: table.with_first_title(zone.title()),
            rows: Rows::new(palette, zone, informational_rules),
            buffered: (!live).then(Vec::new),
        }
    }

    /// Adds a line. Returns the text that is complete.
    pub(crate) fn push(&mut self, emitted: Emitted) -> String {
        self.rows.remember_name(&emitted);
        match &mut self.buffered {
            Some(buffered) => {
                buffered.push(emitted);
                String::new()
            }
            None => {
                let row = self.rows.row(&emitted);
                self.table.push(row.into_iter().collect()) + &self.table.flush(true)
            }
        }
    }

    /// Returns the rest of the text, and the titles of the columns that did not fit.
    pub(crate) fn end(&mut self) -> (String, Vec<&'static str>) {
        let mut buffered = with_totals(self.buffered.take().unwrap_or_default());
        // The module emits findings at once, but attempts only when no record can join them.
        buffered.sort_by_key(Emitted::time);
        let mut rows = Vec::new();
        let mut rest = &buffered[..];
        while !rest.is_empty() {
            let (group, after) = rest.split_at(repetitions(rest));
            rest = after;
            self.push_group(group, &mut rows);
        }
        let text = self.table.push(rows) + &self.table.flush(false);
        (text, self.table.hidden())
    }

    /// Adds the rows of attempts that repeat each other, and of the findings among them.
    fn push_group(&self, group: &[Emitted], rows: &mut Vec<Row>) {
        let attempts = group.iter().filter_map(|emitted| match emitted {
            Emitted::Attempt(attempt) => Some(attempt),
            _ => None,
        });
        match &attempts.collect::<Vec<_>>()[..] {
            attempts @ [first, .., last] if attempts.len() > MAX_REPETITIONS => {
                rows.push(self.rows.attempt(first));
                rows.push(self.rows.repetitions(attempts.len(), first, last));
                self.push_findings(group, rows);
            }
            _ => rows.extend(group.iter().filter_map(|emitted| self.rows.row(emitted))),
        }
    }

    /// Adds the rows of findings, one for each rule and key.
    fn push_findings(&self, group: &[Emitted], rows: &mut Vec<Row>) {
        let mut findings: Vec<Vec<&Finding>> = Vec::new();
        for emitted in group {
            let Emitted::Finding(finding) = emitted else { continue };
            let same = |others: &&mut Vec<&Finding>| {
                others[0].rule == finding.rule && others[0].key == finding.key
            };
            match findings.iter_mut().find(same) {
                Some(others) => others.push(finding),
                None => findings.push(vec![finding]),
            }
        }
        rows.extend(findings.iter().map(|same| self.rows.finding(same[0], &same[1..])));
    }
}

/// Adds the totals of a finding, which come when it closes, to the line with which it opened.
fn with_totals(lines: Vec<Emitted>) -> Vec<Emitted> {
    let mut merged: Vec<Emitted> = Vec::with_capacity(lines.len());
    let mut opened = HashMap::new();
    for line in lines {
        if let Emitted::Finding(Finding { id: Some(id), .. }) = &line {
            match opened.remove(id).map(|index: usize| &mut merged[index]) {
                Some(Emitted::Finding(finding)) => {
                    if let Emitted::Finding(closed) = line {
                        finding.close(closed);
                    }
                    continue;
                }
                _ => opened.insert(id.clone(), merged.len()),
            };
        }
        merged.push(line);
    }
    merged
}

/// The number of lines at the start of `timeline` whose attempts all repeat the first one.
fn repetitions(timeline: &[Emitted]) -> usize {
    let mut attempts = timeline.iter().enumerate().filter_map(|(index, emitted)| match emitted {
        Emitted::Attempt(attempt) => Some((index, attempt)),
        _ => None,
    });
    let Some((_, first)) = attempts.next() else { return timeline.len() };
    let different = attempts.find(|(_, attempt)| !first.is_repeated_by(attempt));
    different.map_or(timeline.len(), |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(minute: u32, user: &str, outcome: &str) -> Emitted {
        let time = format!("2025-09-16T02:{minute:02}:09Z");
        serde_json::from_value(serde_json::json!({
            "type": "attempt", "outcome": outcome, "reason": null, "principal": "iam_user",
            "mfa": "not_used", "user_exists": "yes", "account": "111122223333",
            "principal_id": format!("AIDA{user}"), "user": user, "source_ip": "203.0.113.66",
            "first_time": time, "last_time": time, "events": ["e"], "failures_before": 0,
            "flags": [], "rules": ["informational", "notable"],
        }))
        .unwrap()
    }

    fn finding(minute: u32) -> Emitted {
        serde_json::from_value(serde_json::json!({
            "type": "finding", "rule": "brute-force", "severity": "high",
            "key": {"account": "111122223333", "principal_id": "AIDAbruno"}, "count": 20,
            "first_time": "2025-09-16T02:00:00Z",
            "last_time": format!("2025-09-16T02:{minute:02}:09Z"), "events": ["e"],
        }))
        .unwrap()
    }

    fn timeline(live: bool, lines: Vec<Emitted>) -> Vec<String> {
        let informational = HashSet::from(["informational".to_owned()]);
        let mut timeline =
            Timeline::new(Palette::default(), None, live, Zone::default(), informational);
        let mut text: String = lines.into_iter().map(|line| timeline.push(line)).collect();
        text += &timeline.end().0;
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn attempts_and_findings_are_rows() {
        let lines = timeline(false, vec![attempt(1, "bruno", "failure"), finding(1)]);
        let expected = [
            "TIME                 USER   SOURCE IP     OUTCOME  REASON  PRINCIPAL  MFA       RECORDS  BEFORE  NOTES",
            "2025-09-16 02:01:09  bruno  203.0.113.66  failure  -       iam_user   not_used  1        -       notable",
            "2025-09-16 02:01:09  ▲ high brute-force: 20 in 1 min 9 s, account 111122223333, principal_id AIDAbruno (bruno)",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn a_finding_is_one_row_with_its_totals() {
        let state = |minute, state: &str, count: u64, values: Option<u64>| {
            let Emitted::Finding(mut finding) = finding(minute) else { unreachable!() };
            (finding.id, finding.state) = (Some("a".to_owned()), Some(state.to_owned()));
            (finding.count, finding.values) = (count, values);
            finding.matches = finding.is_closed().then_some(30);
            Emitted::Finding(finding)
        };
        let emitted = |values| {
            vec![
                state(2, "opened", 20, None),
                attempt(1, "bruno", "failure"),
                attempt(9, "bruno", "success"),
                state(7, "closed", 30, values),
            ]
        };
        let key = "account 111122223333, principal_id AIDAbruno (bruno)";
        let lines = timeline(false, emitted(None));
        assert_eq!(lines.len(), 4, "{lines:#?}");
        let expected = "2025-09-16 02:02:09  ▲ high brute-force: 30 in 7 min 9 s until 02:07:09, ";
        assert_eq!(lines[2], format!("{expected}{key}"));

        let lines = timeline(true, emitted(Some(7)));
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(lines[1].contains("▲ high brute-force: 20 in 2 min 9 s, account"), "{}", lines[1]);
        let expected =
            "2025-09-16 02:07:09  ▲ high brute-force closed: 7 values, 30 matches in 7 min 9 s, ";
        assert_eq!(lines[4], format!("{expected}{key}"));
    }

    #[test]
    fn repeated_attempts_are_folded() {
        let mut emitted: Vec<Emitted> =
            (1..=4).map(|minute| attempt(minute, "bruno", "failure")).collect();
        emitted.extend([finding(2), finding(3), finding(4), attempt(5, "bruno", "success")]);
        let lines = timeline(false, emitted.clone());
        assert_eq!(lines.len(), 5, "{lines:#?}");
        assert!(lines[1].starts_with("2025-09-16 02:01:09  bruno  203.0.113.66  failure"));
        assert_eq!(lines[2].trim_start(), "× 4 failures until 02:04:09");
        assert!(lines[3].starts_with("2025-09-16 02:02:09  ▲ high brute-force: 20 in 2 min 9 s, "));
        assert!(lines[3].ends_with("; 2 more times until 02:04:09"), "{}", lines[3]);
        assert!(lines[4].starts_with("2025-09-16 02:05:09  bruno  203.0.113.66  success"));
        // Lines that are shown at once cannot be folded.
        assert_eq!(timeline(true, emitted).len(), 9);
    }

    #[test]
    fn a_few_repeated_attempts_are_not_folded() {
        let emitted = vec![
            attempt(3, "bruno", "failure"),
            attempt(1, "bruno", "failure"),
            finding(2),
            attempt(2, "bruno", "failure"),
            attempt(4, "akemi", "failure"),
        ];
        let lines = timeline(false, emitted);
        let minutes: Vec<&str> = lines[1..].iter().map(|line| &line[14..16]).collect();
        assert_eq!(minutes, ["01", "02", "02", "03", "04"]);
    }
}
