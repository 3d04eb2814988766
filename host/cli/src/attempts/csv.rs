//! Attempts and findings as CSV.

use serde_json::Value;

use super::emitted::{Attempt, Emitted, Finding};
use crate::csv_row::write_csv_row;

/// The column names.
const HEADER: [&str; 25] = [
    "type",
    "first_time",
    "last_time",
    "outcome",
    "reason",
    "principal",
    "mfa",
    "user_exists",
    "account",
    "principal_id",
    "user",
    "source_ip",
    "failures_before",
    "flags",
    "rules",
    "severity",
    "count",
    "events",
    "identity",
    "follows",
    "silenced",
    "id",
    "state",
    "matches",
    "values",
];

/// The header row.
pub(crate) fn header() -> Vec<u8> {
    row(HEADER)
}

/// The row of an attempt or a finding; empty for other types.
pub(crate) fn encode(emitted: &Emitted) -> Vec<u8> {
    match emitted {
        Emitted::Attempt(attempt) => encode_attempt(attempt),
        Emitted::Finding(finding) => encode_finding(finding),
        Emitted::Other => Vec::new(),
    }
}

fn encode_attempt(attempt: &Attempt) -> Vec<u8> {
    row([
        "attempt",
        text(&attempt.first_time),
        text(&attempt.last_time),
        &attempt.outcome,
        text(&attempt.reason),
        &attempt.principal,
        &attempt.mfa,
        &attempt.user_exists,
        text(&attempt.account),
        text(&attempt.principal_id),
        text(&attempt.user),
        text(&attempt.source_ip),
        &attempt.failures_before.to_string(),
        &attempt.flags.join(" "),
        &attempt.rules.join(" "),
        "",
        "",
        &attempt.events.join(" "),
        text(&attempt.identity),
        text(&attempt.follows),
        &attempt.silenced.join(" "),
        "",
        "",
        "",
        "",
    ])
}

/// The fields that a finding groups by are in the columns of the same name.
fn encode_finding(finding: &Finding) -> Vec<u8> {
    let key = |field| finding.key.get(field).and_then(Value::as_str).unwrap_or_default();
    row([
        "finding",
        text(&finding.first_time),
        text(&finding.last_time),
        "",
        "",
        "",
        "",
        "",
        key("account"),
        key("principal_id"),
        key("user"),
        key("source_ip"),
        "",
        "",
        &finding.rule,
        text(&finding.severity),
        &finding.count.to_string(),
        &finding.events.join(" "),
        key("identity"),
        "",
        "",
        text(&finding.id),
        text(&finding.state),
        &number(finding.matches),
        &number(finding.values),
    ])
}

fn number(number: Option<u64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn text(text: &Option<String>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn row(cells: [&str; HEADER.len()]) -> Vec<u8> {
    let mut row = Vec::new();
    write_csv_row(&cells, &mut row);
    row
}
