//! Events of ECS.

use serde_json::{Value, json};

use super::facts::Signin;
use super::matched::Matched;
use super::parts::{each_once, pruned, source_kind, techniques, text};
use crate::verdict::Verdict;

/// The event of ECS of the record of a sign-in, with the rules that match.
pub fn ecs_event(record: &Value, verdict: &Verdict, rules: &Matched) -> Value {
    let signin = Signin::new(record, verdict);
    let (category, types) = match signin.flow() {
        "start" | "enter" => (json!(["authentication"]), json!(["start"])),
        "end" | "leave" => (json!(["authentication"]), json!(["end"])),
        "change" => (json!(["iam"]), json!(["user", "change"])),
        "request" => (json!(["iam"]), json!(["user", "info"])),
        _ => (json!(["authentication"]), json!(["info"])),
    };
    let (id, name) = (signin.identity(), signin.user());
    let is_iam = category == json!(["iam"]);
    let entered = signin.entered_role();
    let roles = signin.session_role().filter(|_| entered.is_none()).map(|role| vec![role]);
    let from = signin.text("/sourceIPAddress");
    pruned(json!({
        "@timestamp": signin.time().map(|(_, text)| text),
        "ecs": {"version": "9.0.0"},
        "event": {
            "kind": "event",
            "category": category,
            "type": types,
            "action": signin.text("/eventName"),
            "outcome": outcome(verdict.outcome),
            "reason": verdict.reason,
            "provider": signin.text("/eventSource"),
            "id": signin.text("/eventID"),
        },
        "user": {
            "id": id,
            "name": name,
            "target": if is_iam { json!({"id": id, "name": name}) } else { Value::Null },
            "effective": {"name": entered},
            "roles": roles,
        },
        "source": source(from),
        "user_agent": {"original": signin.text("/userAgent")},
        "cloud": {
            "provider": "aws",
            "account": {"id": signin.account()},
            "region": signin.text("/awsRegion"),
            "target": {"account": {"id": signin.role_account()}},
        },
        "error": {"code": signin.text("/errorCode"), "message": signin.text("/errorMessage")},
        "related": related(from, &[name, id.as_deref(), entered.as_deref()]),
        "rule": {"id": one_or_several(&json!(rules.ids))},
        "threat": threat(&rules.tags),
        "labels": {
            "kind": verdict.kind,
            "outcome": verdict.outcome,
            "principal": verdict.principal,
            "mfa": verdict.mfa,
            "user_exists": verdict.user_exists,
            "factor": signin.factor(),
            "through": signin.through(),
            "silenced": rules.silenced,
        },
    }))
}

/// The event of ECS of a line: an attempt, or a finding with this id. `tags` are those of the rules that
/// match the attempt, or of the rule of the finding.
pub fn ecs_line(line: &Value, id: &str, tags: &[Value]) -> Value {
    if line["type"] == "attempt" { attempt(line, tags) } else { finding(line, id, tags) }
}

fn attempt(line: &Value, tags: &[Value]) -> Value {
    pruned(json!({
        "@timestamp": line["last_time"],
        "ecs": {"version": "9.0.0"},
        "event": {
            "kind": "event",
            "category": ["authentication"],
            "type": ["start"],
            "action": "signin_attempt",
            "outcome": outcome(line["outcome"].as_str().expect("an outcome")),
            "reason": line["reason"],
            "id": one_or_several(&line["events"]),
            "start": line["first_time"],
            "end": line["last_time"],
        },
        "user": {"id": text(line, "identity"), "name": text(line, "user")},
        "source": source(text(line, "source_ip")),
        "cloud": {"provider": "aws", "account": {"id": text(line, "account")}},
        "related": related(text(line, "source_ip"), &[text(line, "user"), text(line, "identity")]),
        "rule": {"id": one_or_several(&line["rules"])},
        "threat": threat(tags),
        "labels": {
            "outcome": line["outcome"],
            "principal": line["principal"],
            "mfa": line["mfa"],
            "user_exists": line["user_exists"],
            "flags": line["flags"],
            "silenced": line["silenced"],
        },
    }))
}

fn finding(line: &Value, id: &str, tags: &[Value]) -> Value {
    let key = &line["key"];
    let identity = text(key, "identity").or(text(key, "principal_id"));
    pruned(json!({
        "@timestamp": line["last_time"],
        "ecs": {"version": "9.0.0"},
        "event": {
            "kind": "alert",
            "category": ["authentication"],
            "type": ["info"],
            "action": if line["state"] == "closed" { "finding_closed" } else { "finding_opened" },
            "id": id,
            "start": line["first_time"],
            "end": line["last_time"],
        },
        "user": {"id": identity, "name": text(key, "user")},
        "source": source(text(key, "source_ip")),
        "cloud": {"provider": "aws", "account": {"id": text(key, "account")}},
        "related": related(text(key, "source_ip"), &[text(key, "user"), identity]),
        "rule": {"id": line["rule"]},
        "threat": threat(tags),
        "labels": {"severity": line["severity"].as_str(), "count": line["count"].to_string()},
    }))
}

fn threat(tags: &[Value]) -> Value {
    let techniques = techniques(tags);
    let main: Vec<_> = techniques.iter().map(|(main, _)| Some(main.as_str())).collect();
    let sub: Vec<_> = techniques.iter().filter_map(|(_, sub)| sub.as_deref()).collect();
    json!({
        "framework": (!main.is_empty()).then_some("MITRE ATT&CK"),
        "technique": {"id": each_once(&main), "subtechnique": {"id": sub}},
    })
}

fn outcome(outcome: &str) -> &'static str {
    match outcome {
        "success" => "success",
        "failure" | "denied" => "failure",
        _ => "unknown",
    }
}

fn source(source: Option<&str>) -> Value {
    let kind = source.map_or("", source_kind);
    json!({
        "address": source,
        "ip": source.filter(|_| kind == "ip"),
        "domain": source.filter(|_| kind == "host"),
    })
}

fn related(source: Option<&str>, users: &[Option<&str>]) -> Value {
    let kind = source.map_or("", source_kind);
    json!({
        "ip": source.filter(|_| kind == "ip").map(|ip| [ip]),
        "hosts": source.filter(|_| kind == "host").map(|host| [host]),
        "user": each_once(users),
    })
}

/// One of a list is that, several are the list.
fn one_or_several(list: &Value) -> Value {
    match list.as_array().map(Vec::as_slice) {
        Some([one]) => one.clone(),
        _ => list.clone(),
    }
}
