//! Events of the Elastic Common Schema, version 9.

use core::net::IpAddr;

use alloc::vec::Vec;

use sekisho_signin::{Outcome, Reason};

use crate::details::{AttemptDetails, Details, FindingDetails, MatchedIds};
use crate::flow::Flow;
use crate::json::Json;

/// The top-level members that an event may have.
pub const ECS_MEMBERS: [&str; 12] = [
    "@timestamp",
    "ecs",
    "event",
    "user",
    "source",
    "user_agent",
    "cloud",
    "error",
    "related",
    "rule",
    "threat",
    "labels",
];

const VERSION: &[u8] = br#"{"version":"9.0.0"}"#;

/// Appends the event of a record.
#[inline(never)]
pub fn write_ecs(details: &Details<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    let flow = Flow::of(&details.verdict, details.event_name);
    json.raw(b"{");
    json.string("@timestamp", details.time.map(|time| time.text));
    json.member("ecs", VERSION);
    event(details, flow, &mut json);
    user(details, flow, &mut json);
    source(details.source, &mut json);
    let agent = json.open("user_agent");
    json.text("original", details.user_agent);
    json.close(agent);
    cloud(details, &mut json);
    let error = json.open("error");
    json.text("code", details.error_code);
    json.text("message", details.error_message);
    json.close(error);
    let role = details.role.filter(|_| details.enters_role);
    related(details.source, [details.user, details.identity, role], &mut json);
    rule(details.rules, &mut json);
    let verdict = &details.verdict;
    let labels = json.open("labels");
    for (key, name) in [
        ("kind", verdict.kind.name()),
        ("outcome", verdict.outcome.name()),
        ("principal", verdict.principal.name()),
        ("mfa", verdict.mfa.name()),
        ("user_exists", verdict.user_exists.name()),
    ] {
        json.name(key, name);
    }
    json.string("factor", details.factor);
    json.string("through", details.through);
    silenced(details.rules, &mut json);
    json.close(labels);
    json.raw(b"}");
}

fn event(details: &Details<'_>, flow: Flow, json: &mut Json<'_>) {
    let (category, types) = match flow {
        Flow::Start | Flow::Enter => ("[\"authentication\"]", "[\"start\"]"),
        Flow::End | Flow::Leave => ("[\"authentication\"]", "[\"end\"]"),
        Flow::Step | Flow::Info => ("[\"authentication\"]", "[\"info\"]"),
        Flow::Change => ("[\"iam\"]", "[\"user\",\"change\"]"),
        Flow::Request => ("[\"iam\"]", "[\"user\",\"info\"]"),
        Flow::Other => ("[\"api\"]", "[\"info\"]"),
    };
    let event = json.open("event");
    json.name("kind", "event");
    if details.has_record() {
        json.member("category", category.as_bytes());
    }
    json.member("type", types.as_bytes());
    json.text("action", details.event_name);
    outcome(details.verdict.outcome, details.verdict.reason, json);
    json.text("provider", details.event_source);
    json.text("id", details.event_id);
    json.close(event);
}

fn outcome(outcome: Outcome, reason: Option<Reason>, json: &mut Json<'_>) {
    json.name(
        "outcome",
        match outcome {
            Outcome::Success => "success",
            Outcome::Failure | Outcome::Denied => "failure",
            _ => "unknown",
        },
    );
    if let Some(reason) = reason {
        json.name("reason", reason.name());
    }
}

fn user(details: &Details<'_>, flow: Flow, json: &mut Json<'_>) {
    let user = json.open("user");
    json.string("id", details.identity);
    json.string("name", details.user);
    let is_changed = matches!(flow, Flow::Change | Flow::Request);
    if is_changed {
        // These events are about the user who makes them.
        let target = json.open("target");
        json.string("id", details.identity);
        json.string("name", details.user);
        json.close(target);
    }
    if let Some(role) = details.role {
        if details.enters_role {
            let effective = json.open("effective");
            json.string("name", Some(role));
            json.close(effective);
        } else {
            let roles = json.open_array("roles");
            json.value(role);
            json.close_array(roles);
        }
    }
    json.close(user);
}

fn source(source: Option<&str>, json: &mut Json<'_>) {
    let Some(source) = source else { return };
    let object = json.open("source");
    json.string("address", Some(source));
    if is_address(source) {
        json.string("ip", Some(source));
    } else if is_host(source) {
        json.string("domain", Some(source));
    }
    json.close(object);
}

fn cloud(details: &Details<'_>, json: &mut Json<'_>) {
    if !details.has_record() {
        return;
    }
    let cloud = json.open("cloud");
    json.name("provider", "aws");
    account(details.account, json);
    json.text("region", details.region);
    let target = json.open("target");
    account(details.role_account, json);
    json.close(target);
    json.close(cloud);
}

fn account(id: Option<&str>, json: &mut Json<'_>) {
    let account = json.open("account");
    json.string("id", id);
    json.close(account);
}

/// All addresses, hosts and users of an event, each once.
fn related(source: Option<&str>, users: [Option<&str>; 3], json: &mut Json<'_>) {
    let related = json.open("related");
    if let Some(source) = source.filter(|text| is_address(text) || is_host(text)) {
        let key = if is_address(source) { "ip" } else { "hosts" };
        let sources = json.open_array(key);
        json.value(source);
        json.close_array(sources);
    }
    let array = json.open_array("user");
    for (index, user) in users.iter().enumerate() {
        if let Some(user) = user
            && !users[..index].contains(&Some(user))
        {
            json.separate();
            json.value(user);
        }
    }
    json.close_array(array);
    json.close(related);
}

/// One id is a string, several are an array.
fn rule(rules: Option<MatchedIds<'_>>, json: &mut Json<'_>) {
    let Some(rules) = rules.filter(|rules| rules.count > 0) else { return };
    let rule = json.open("rule");
    ids("id", rules.ids, rules.count, json);
    json.close(rule);
}

fn ids(key: &str, ids: &[u8], count: usize, json: &mut Json<'_>) {
    match count {
        0 => {}
        1 => json.member(key, ids),
        _ => json.array(key, ids),
    }
}

fn silenced(rules: Option<MatchedIds<'_>>, json: &mut Json<'_>) {
    if let Some(rules) = rules {
        json.array("silenced", rules.silenced);
    }
}

/// Whether a text is an IP address, as Elasticsearch reads it.
pub(crate) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// Whether a text that is no address is the name of a host, as of a service of AWS. `AWS Internal` is
/// neither.
pub(crate) fn is_host(text: &str) -> bool {
    let is_of_host = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let has_letter = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    text.contains('.') && has_letter && text.bytes().all(is_of_host)
}

/// Appends the event of an attempt.
#[inline(never)]
pub fn write_ecs_attempt(attempt: &AttemptDetails<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    json.raw(b"{");
    let last = attempt.times.map(|(_, last)| last.text);
    json.string("@timestamp", last);
    json.member("ecs", VERSION);
    let event = json.open("event");
    json.name("kind", "event");
    json.member("category", b"[\"authentication\"]");
    json.member("type", b"[\"start\"]");
    json.name("action", "signin_attempt");
    outcome(attempt.outcome, attempt.reason, &mut json);
    ids("id", attempt.events, attempt.event_count, &mut json);
    json.string("start", attempt.times.map(|(first, _)| first.text));
    json.string("end", last);
    json.close(event);
    person(attempt.identity, attempt.user, attempt.account, attempt.source, &mut json);
    rule(attempt.rules, &mut json);
    let labels = json.open("labels");
    for (key, name) in [
        ("outcome", attempt.outcome.name()),
        ("principal", attempt.principal.name()),
        ("mfa", attempt.mfa.name()),
        ("user_exists", attempt.user_exists.name()),
    ] {
        json.name(key, name);
    }
    json.array("flags", attempt.flags);
    silenced(attempt.rules, &mut json);
    json.close(labels);
    json.raw(b"}");
}

/// Appends the event of a finding.
#[inline(never)]
pub fn write_ecs_finding(finding: &FindingDetails<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    json.raw(b"{");
    json.string("@timestamp", Some(finding.last_time.text));
    json.member("ecs", VERSION);
    let event = json.open("event");
    json.name("kind", "alert");
    json.member("category", b"[\"authentication\"]");
    json.member("type", b"[\"info\"]");
    json.name("action", if finding.is_closed { "finding_closed" } else { "finding_opened" });
    json.name("id", finding.id);
    json.string("start", Some(finding.first_time.text));
    json.string("end", Some(finding.last_time.text));
    json.close(event);
    person(finding.identity, finding.user, finding.account, finding.source, &mut json);
    let rule = json.open("rule");
    json.member("id", finding.rule);
    json.close(rule);
    let labels = json.open("labels");
    if let Some(severity) = finding.severity.filter(|severity| severity.starts_with('"')) {
        json.member("severity", severity.as_bytes());
    }
    json.number_text("count", finding.count.into());
    json.close(labels);
    json.raw(b"}");
}

fn person(
    identity: Option<&str>,
    name: Option<&str>,
    account_id: Option<&str>,
    from: Option<&str>,
    json: &mut Json<'_>,
) {
    let user = json.open("user");
    json.string("id", identity);
    json.string("name", name);
    json.close(user);
    source(from, json);
    let cloud = json.open("cloud");
    json.name("provider", "aws");
    account(account_id, json);
    json.close(cloud);
    related(from, [name, identity, None], json);
}
