//! The data of a report, which its page reads: `data.ts` of the page describes it.
//!
//! Attempts are columns, and each text is written once: a million attempts take some 50 MB.

use std::collections::{BTreeMap, HashMap};

use sekisho_attempts::parse_time;
use serde::Serialize;
use serde_json::Value;

use super::names::Names;
use crate::attempts::{Attempt, Emitted, Finding};

/// What a time is that is not known.
const NO_TIME: i64 = -1;
/// The index of a text that is absent.
const NO_TEXT: i64 = -1;

/// Attempts and findings.
#[derive(Default, Serialize)]
pub(super) struct Columns {
    texts: Vec<String>,
    attempts: AttemptColumns,
    findings: Vec<FindingLine>,
    #[serde(skip)]
    places: HashMap<String, i64>,
}

/// A number for each attempt: a time in seconds, a count, or the index of a text.
#[derive(Default, Serialize)]
struct AttemptColumns {
    first: Vec<i64>,
    last: Vec<i64>,
    outcome: Vec<i64>,
    reason: Vec<i64>,
    principal: Vec<i64>,
    mfa: Vec<i64>,
    user_exists: Vec<i64>,
    account: Vec<i64>,
    principal_id: Vec<i64>,
    user: Vec<i64>,
    source_ip: Vec<i64>,
    identity: Vec<i64>,
    flags: Vec<i64>,
    rules: Vec<i64>,
    silenced: Vec<i64>,
    records: Vec<usize>,
    failures_before: Vec<u64>,
}

#[derive(Serialize)]
struct FindingLine {
    rule: String,
    severity: Option<String>,
    key: BTreeMap<String, String>,
    count: u64,
    first: i64,
    last: i64,
    id: Option<String>,
    state: Option<String>,
    matches: Option<u64>,
}

impl Columns {
    /// Takes what the module emitted, under the names that are shown.
    pub(super) fn new(emitted: Vec<Emitted>, names: &Names) -> Self {
        let mut columns = Self::default();
        for line in emitted {
            match line {
                Emitted::Attempt(attempt) => columns.add_attempt(&attempt, names),
                Emitted::Finding(finding) => columns.findings.push(finding_line(finding, names)),
                Emitted::Other => {}
            }
        }
        columns
    }

    fn add_attempt(&mut self, attempt: &Attempt, names: &Names) {
        let mut shown = |field: &str, value: &Option<String>| {
            let value = value.as_deref().map(|value| names.shown(field, value));
            value.map_or(NO_TEXT, |value| self.place(&value))
        };
        let account = shown("account", &attempt.account);
        let principal_id = shown("principal_id", &attempt.principal_id);
        let user = shown("user", &attempt.user);
        let source_ip = shown("source_ip", &attempt.source_ip);
        let identity = shown("identity", &attempt.identity);
        let outcome = self.place(&attempt.outcome);
        let reason = attempt.reason.as_deref().map_or(NO_TEXT, |reason| self.place(reason));
        let principal = self.place(&attempt.principal);
        let mfa = self.place(&attempt.mfa);
        let user_exists = self.place(&attempt.user_exists);
        let flags = self.list(&attempt.flags);
        let rules = self.list(&attempt.rules);
        let silenced = self.list(&attempt.silenced);
        let columns = &mut self.attempts;
        columns.first.push(seconds(&attempt.first_time));
        columns.last.push(seconds(&attempt.last_time));
        columns.outcome.push(outcome);
        columns.reason.push(reason);
        columns.principal.push(principal);
        columns.mfa.push(mfa);
        columns.user_exists.push(user_exists);
        columns.account.push(account);
        columns.principal_id.push(principal_id);
        columns.user.push(user);
        columns.source_ip.push(source_ip);
        columns.identity.push(identity);
        columns.flags.push(flags);
        columns.rules.push(rules);
        columns.silenced.push(silenced);
        columns.records.push(attempt.events.len());
        columns.failures_before.push(attempt.failures_before);
    }

    /// The index of names, joined by spaces; an empty list is absent.
    fn list(&mut self, names: &[String]) -> i64 {
        if names.is_empty() { NO_TEXT } else { self.place(&names.join(" ")) }
    }

    /// The index of a text.
    fn place(&mut self, text: &str) -> i64 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.texts.len() as i64;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }
}

fn finding_line(finding: Finding, names: &Names) -> FindingLine {
    let shown = |(field, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (field.clone(), names.shown(field, &value))
    };
    FindingLine {
        key: finding.key.iter().map(shown).collect(),
        rule: finding.rule,
        severity: finding.severity,
        count: finding.count,
        first: seconds(&finding.first_time),
        last: seconds(&finding.last_time),
        id: finding.id,
        state: finding.state,
        matches: finding.matches,
    }
}

/// Seconds since 1970.
fn seconds(time: &Option<String>) -> i64 {
    let milliseconds = time.as_deref().and_then(|time| parse_time(time.as_bytes()));
    milliseconds.map_or(NO_TIME, |time| (time / 1000).max(NO_TIME))
}
