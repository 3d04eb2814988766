//! The tables of attempts, line by line, over a whole stream at once.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::arrival::process;
use crate::identity::{account, identity, lower_case, name, user};
use crate::time;
use crate::verdict::Verdict;

/// How long a failure counts.
const HOUR_MS: i64 = 3_600_000;
/// The highest `failures_before`.
const MAX_FAILURES: usize = 100;

/// How far apart the records of an attempt can be, and how late they can arrive.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(default, deny_unknown_fields)]
pub struct AttemptSettings {
    /// The most seconds from a record to one that joins it.
    pub window_seconds: u32,
    /// The most seconds that a record can be older than the latest before it. [`attempts`] ignores
    /// this, because it has the whole stream.
    pub lateness_seconds: u32,
}

impl Default for AttemptSettings {
    fn default() -> Self {
        Self { window_seconds: 180, lateness_seconds: 600 }
    }
}

/// A record of an attempt.
struct Observation<'a> {
    record: &'a Value,
    verdict: Verdict,
    time_ms: i64,
    event_id: Option<&'a str>,
    /// The form of the key and the fields of that form.
    key: Vec<Option<&'a str>>,
    /// The number of observations before it.
    place: usize,
}

struct Attempt<'a> {
    /// Sorted by [`sort_key`].
    observations: Vec<&'a Observation<'a>>,
    verdict: Verdict,
    /// `None` if no single record decided.
    decided_by: Option<&'a Observation<'a>>,
    flags: &'static [&'static str],
}

/// The attempts in all records of a stream: one line each, in the order in which a host emits them.
///
/// The stream must be within limits: no record is late, and no key is evicted.
///
/// # Panics
/// If a record of an attempt has no readable `eventTime`, which makes it late.
pub fn attempts(records: &[Value], settings: AttemptSettings) -> Vec<Value> {
    let observations = sorted_observations(records);
    let mut grouped: Vec<Vec<&Observation>> = Vec::new();
    for next in &observations {
        match grouped.iter().rposition(|attempt| joins(next, attempt, settings)) {
            Some(latest) => grouped[latest].push(next),
            None => grouped.push(vec![next]),
        }
    }
    let attempts: Vec<Attempt> = grouped.into_iter().map(evaluate).collect();
    let mut emitted: Vec<&Attempt> = attempts.iter().collect();
    // A stable sort: of those with the same last time, the one that began first comes first.
    emitted.sort_by_key(|attempt| attempt.last().time_ms);
    let line = |attempt: &&Attempt| {
        let failures_before = failures_before(attempt, &attempts);
        line(attempt, failures_before, follows(attempt, &attempts, settings))
    };
    emitted.iter().map(line).collect()
}

/// All records of attempts without duplicates, sorted.
fn sorted_observations(records: &[Value]) -> Vec<Observation<'_>> {
    let mut observations: Vec<Observation> = Vec::new();
    for new in records.iter().filter_map(observation) {
        let is_known = observations.iter().any(|known| {
            known.event_id.is_some()
                && (known.event_id, known.time_ms) == (new.event_id, new.time_ms)
        });
        if !is_known {
            observations.push(new);
        }
    }
    observations.sort_by_key(sort_key);
    for (place, observation) in observations.iter_mut().enumerate() {
        observation.place = place;
    }
    observations
}

fn observation(record: &Value) -> Option<Observation<'_>> {
    let verdict = process(record.to_string().as_bytes()).ok()??;
    rank(verdict.kind)?;
    let key = key(record, &verdict);
    let time_ms = time::read(record).expect("a readable eventTime");
    let event_id = text(record, "/eventID");
    Some(Observation { record, verdict, time_ms, event_id, key, place: 0 })
}

/// Observations without an eventID stay in order of arrival, because the sort is stable.
fn sort_key<'a>(observation: &Observation<'a>) -> (i64, Option<u8>, Option<(bool, &'a str)>) {
    let event_id = observation.event_id.map(|text| (!is_uuid(text), text));
    (observation.time_ms, rank(observation.verdict.kind), event_id)
}

fn is_uuid(text: &str) -> bool {
    let is_group = |(group, length): (&str, usize)| {
        group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    text.split('-').count() == 5 && text.split('-').zip([8, 4, 4, 4, 12]).all(is_group)
}

/// The position of a kind within a sign-in; `None` for kinds that are part of no attempt.
fn rank(kind: &str) -> Option<u8> {
    match kind {
        "mfa_check" | "idc_challenge" => Some(0),
        "idc_verification" => Some(1),
        "console_login" | "external_idp_login" => Some(2),
        "idc_authentication" => Some(3),
        _ => None,
    }
}

fn text<'a>(record: &'a Value, pointer: &str) -> Option<&'a str> {
    record.pointer(pointer)?.as_str()
}

fn principal_id(record: &Value) -> Option<&str> {
    let identity = text(record, "/userIdentity/principalId");
    identity.or(text(record, "/userIdentity/onBehalfOf/userId"))
}

fn key<'a>(record: &'a Value, verdict: &Verdict) -> Vec<Option<&'a str>> {
    let account = account(record);
    let principal_id = text(record, "/userIdentity/principalId");
    let address = text(record, "/sourceIPAddress");
    let agent = text(record, "/userAgent");
    let workflow = text(record, "/additionalEventData/AuthWorkflowID");
    let is_console = matches!(verdict.kind, "mfa_check" | "console_login");
    if is_console && verdict.reason == Some("unknown_user") {
        vec![Some("unknown user"), account, address, agent]
    } else if is_identity_center(verdict) && workflow.is_some() {
        vec![Some("workflow"), account, workflow]
    } else if is_identity_center(verdict) {
        vec![Some("no workflow"), account, principal_id, address, agent]
    } else {
        vec![Some("login"), account, principal_id, address, agent]
    }
}

fn is_identity_center(verdict: &Verdict) -> bool {
    matches!(verdict.kind, "idc_challenge" | "idc_verification" | "idc_authentication")
}

fn is_refusal(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, "failure" | "denied")
}

fn joins(next: &Observation, attempt: &[&Observation], settings: AttemptSettings) -> bool {
    let window_ms = i64::from(settings.window_seconds) * 1000;
    let in_reach =
        |last: &&Observation| last.key == next.key && next.time_ms - last.time_ms <= window_ms;
    if !attempt.last().is_some_and(in_reach) {
        return false;
    }
    let kinds: Vec<&str> = attempt.iter().map(|observation| observation.verdict.kind).collect();
    match next.verdict.kind {
        "mfa_check" if next.verdict.reason == Some("unknown_user") => kinds == ["console_login"],
        "console_login" if next.verdict.reason == Some("unknown_user") => kinds == ["mfa_check"],
        "console_login" => kinds == ["mfa_check"] && attempt[0].verdict.outcome == "challenged",
        "idc_challenge" | "idc_verification" | "idc_authentication" => {
            is_identity_center(&attempt[0].verdict) && !kinds.contains(&"idc_authentication")
        }
        _ => false,
    }
}

fn evaluate<'a>(observations: Vec<&'a Observation<'a>>) -> Attempt<'a> {
    let first = observations[0];
    if is_identity_center(&first.verdict) {
        return identity_center(observations);
    }
    // Both records of an unknown user have the same verdict.
    let is_unknown_user = first.verdict.reason == Some("unknown_user");
    let (verdict, decided_by, flags): (_, _, &[_]) = match observations.as_slice() {
        [check, login] if !is_unknown_user => {
            let inconsistent = login.verdict.mfa == "not_used";
            let flags: &[_] = if inconsistent { &["inconsistent"] } else { &[] };
            (merge(&check.verdict, &login.verdict), *login, flags)
        }
        [check] if check.verdict.kind == "mfa_check" && check.verdict.outcome == "challenged" => {
            let (outcome, mfa, user_exists) = ("unknown", "pending", "yes");
            let verdict = Verdict { outcome, mfa, user_exists, ..check.verdict.clone() };
            (verdict, *check, &["abandoned_at_mfa"])
        }
        _ => (first.verdict.clone(), first, &[]),
    };
    Attempt { observations, verdict, decided_by: Some(decided_by), flags }
}

/// The login's verdict, completed from the check's.
fn merge(check: &Verdict, login: &Verdict) -> Verdict {
    let mut verdict = login.clone();
    if login.mfa == "unknown" {
        verdict.mfa = "used";
        if login.reason == Some("bad_password") {
            verdict.reason = Some("bad_password_or_mfa");
        }
    }
    if login.principal == "unknown" {
        verdict.principal = check.principal;
    }
    if login.user_exists == "unknown" {
        verdict.user_exists = check.user_exists;
    }
    verdict
}

fn identity_center<'a>(observations: Vec<&'a Observation<'a>>) -> Attempt<'a> {
    let is_verified = |observation: &&Observation| {
        let Verdict { kind, outcome, .. } = observation.verdict;
        kind == "idc_verification" && outcome == "challenged"
    };
    let authentication =
        observations.iter().find(|observation| observation.verdict.kind == "idc_authentication");
    let last_refusal =
        observations.iter().rposition(|observation| is_refusal(&observation.verdict));
    let open_refusal =
        last_refusal.filter(|&index| !observations[index + 1..].iter().any(is_verified));
    let refusal = open_refusal.map(|index| &observations[index]);

    if let Some(&decided_by) = authentication.or(refusal) {
        let verdict = complete(&decided_by.verdict, &observations);
        return Attempt { observations, verdict, decided_by: Some(decided_by), flags: &[] };
    }
    let last = &observations[observations.len() - 1].verdict;
    let is_known = observations.iter().any(is_verified);
    let user_exists = if is_known { "yes" } else { last.user_exists };
    let verdict = Verdict { outcome: "unknown", reason: None, user_exists, ..last.clone() };
    let is_abandoned = last.kind == "idc_challenge" && last.mfa == "pending";
    let flags: &[_] = if is_abandoned { &["abandoned_at_mfa"] } else { &[] };
    let verdict = complete(&verdict, &observations);
    Attempt { observations, verdict, decided_by: None, flags }
}

/// The different names in the records of an attempt, in lower case, and "hidden" for one that no
/// user has. More than one contradict each other.
fn names(observations: &[&Observation]) -> BTreeSet<Option<String>> {
    let name_of = |one: &&Observation| match name(one.record) {
        Some(name) => Some(Some(lower_case(name).unwrap_or_default())),
        None => (one.verdict.user_exists == "no").then_some(None),
    };
    observations.iter().filter_map(name_of).collect()
}

/// What any record proves of the user holds for the whole attempt.
fn complete(verdict: &Verdict, observations: &[&Observation]) -> Verdict {
    let mut verdict = verdict.clone();
    let any = |is: &dyn Fn(&Verdict) -> bool| observations.iter().any(|one| is(&one.verdict));
    let known = |one: &&&Observation| !["unknown", "unknown_user"].contains(&one.verdict.principal);
    let last_known = observations.iter().rfind(known).map(|one| one.verdict.principal);
    if verdict.principal != "unknown_user" {
        verdict.principal = match last_known {
            _ if any(&|verdict| verdict.principal == "directory_user") => "directory_user",
            Some(principal) => principal,
            None => verdict.principal,
        };
    }
    let names = names(observations);
    let is_hidden = names.contains(&None);
    let exists = any(&|verdict| verdict.user_exists == "yes");
    if names.len() > 1 || (is_hidden && exists) {
        return verdict;
    }
    let is_bad_factor = verdict.reason == Some("bad_factor");
    if is_hidden && is_bad_factor {
        verdict.reason = Some("unknown_user");
        verdict.principal = "unknown_user";
        verdict.mfa = "unknown";
    }
    if verdict.user_exists == "unknown" && is_hidden {
        verdict.user_exists = "no";
    } else if verdict.user_exists == "unknown" && (exists || (is_bad_factor && !names.is_empty())) {
        verdict.user_exists = "yes";
    }
    verdict
}

/// The eventID of the record that ended the sign-in to Identity Center before a console sign-in
/// through its portal.
fn follows(attempt: &Attempt, all: &[Attempt], settings: AttemptSettings) -> Option<String> {
    let login = attempt.last();
    if (login.verdict.kind, login.verdict.principal) != ("console_login", "sso_role") {
        return None;
    }
    let window_ms = i64::from(settings.window_seconds) * 1000;
    let person = |attempt: &Attempt| {
        Some((lower_case(&attempt.user()?)?, attempt.text("/sourceIPAddress")?))
    };
    let who = person(attempt)?;
    let is_before = |other: &&Attempt| {
        let Observation { verdict, time_ms, place, .. } = other.last();
        (verdict.kind, verdict.outcome) == ("idc_authentication", "success")
            && other.verdict.principal != "directory_user"
            && *place < login.place
            && login.time_ms - time_ms <= window_ms
            && person(other).as_ref() == Some(&who)
    };
    let portal = all.iter().filter(is_before).max_by_key(|other| other.last().place)?;
    portal.last().event_id.map(str::to_owned)
}

fn failures_before(attempt: &Attempt, all: &[Attempt]) -> usize {
    let count = if is_identity_center(&attempt.verdict) {
        attempt.other_refusals()
    } else {
        attempt.decided_by.map_or(0, |decided_by| failures_of_key_before(decided_by, all))
    };
    count.min(MAX_FAILURES)
}

fn failures_of_key_before(now: &Observation, all: &[Attempt]) -> usize {
    let mut earlier: Vec<(&Observation, &Verdict)> = all
        .iter()
        .filter_map(|attempt| Some((attempt.decided_by?, &attempt.verdict)))
        .filter(|(by, _)| by.key == now.key && by.place < now.place)
        .collect();
    earlier.sort_by_key(|(by, _)| by.place);
    let since_success =
        earlier.iter().rev().take_while(|(_, verdict)| verdict.outcome != "success");
    since_success
        .filter(|(by, verdict)| is_refusal(verdict) && now.time_ms - by.time_ms <= HOUR_MS)
        .count()
}

impl Attempt<'_> {
    fn last(&self) -> &Observation<'_> {
        self.observations[self.observations.len() - 1]
    }

    fn other_refusals(&self) -> usize {
        let refusals = self.observations.iter().filter(|one| is_refusal(&one.verdict)).count();
        refusals - usize::from(is_refusal(&self.verdict))
    }

    /// The field of the last record that has it.
    fn latest<T>(&self, field: impl Fn(&Observation) -> Option<T>) -> Option<T> {
        self.observations.iter().rev().find_map(|observation| field(observation))
    }

    /// The text of the last record that has it.
    fn text(&self, pointer: &str) -> Option<String> {
        self.latest(|one| text(one.record, pointer).map(str::to_owned))
    }

    /// Whether its records have different names, so that only the last one of a complete
    /// authentication says who it was.
    fn is_contradictory(&self) -> bool {
        is_identity_center(&self.observations[0].verdict) && names(&self.observations).len() > 1
    }

    fn proof(&self) -> Option<&Observation<'_>> {
        Some(self.last()).filter(|last| last.verdict.kind == "idc_authentication")
    }

    fn user(&self) -> Option<String> {
        let user_of = |one: &Observation| user(one.record, &one.verdict).map(str::to_owned);
        if self.is_contradictory() { self.proof().and_then(user_of) } else { self.latest(user_of) }
    }

    fn identity(&self) -> Option<String> {
        let identity_of = |one: &Observation| identity(one.record, &one.verdict);
        if self.is_contradictory() {
            return self.proof().and_then(identity_of);
        }
        let name = self.latest(|one| name(one.record).map(str::to_owned));
        let name = name.as_deref().and_then(lower_case);
        let is_by_name = is_identity_center(&self.observations[0].verdict);
        name.filter(|_| is_by_name).or(self.latest(identity_of))
    }
}

fn line(attempt: &Attempt, failures_before: usize, follows: Option<String>) -> Value {
    let Verdict { outcome, reason, principal, mfa, user_exists, .. } = attempt.verdict;
    let observations = &attempt.observations;
    let mut line = json!({
        "type": "attempt",
        "outcome": outcome,
        "reason": reason,
        "principal": principal,
        "mfa": mfa,
        "user_exists": user_exists,
        "account": attempt.latest(|one| account(one.record).map(str::to_owned)),
        "principal_id": attempt.latest(|one| principal_id(one.record).map(str::to_owned)),
        "user": attempt.user(),
        "source_ip": attempt.text("/sourceIPAddress"),
        "first_time": time::format(observations[0].time_ms),
        "last_time": time::format(attempt.last().time_ms),
        "events": observations.iter().filter_map(|one| one.event_id).collect::<Vec<_>>(),
        "failures_before": failures_before,
        "flags": attempt.flags,
        "identity": attempt.identity(),
    });
    if let Some(follows) = follows {
        line["follows"] = follows.into();
    }
    line
}
