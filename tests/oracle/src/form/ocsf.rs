//! Events of OCSF.

use serde_json::{Value, json};

use super::facts::Signin;
use super::matched::Matched;
use super::parts::{pruned, source_kind, techniques, text};
use crate::time;
use crate::verdict::Verdict;

/// The event of OCSF of the record of a sign-in, with the rules that match.
pub fn ocsf_event(record: &Value, verdict: &Verdict, rules: &Matched) -> Value {
    let signin = Signin::new(record, verdict);
    let action = signin.text("/eventName").unwrap_or("Other");
    let (class, activity, name) = match (signin.flow(), action) {
        ("start", _) => (3002, 1, "Logon"),
        ("end", _) => (3002, 2, "Logoff"),
        ("step", _) => (3002, 6, "Preauth"),
        ("enter" | "leave", _) => (3002, 7, "Account Switch"),
        ("change", _) if verdict.kind == "password_recovery" => (3001, 4, "Password Reset"),
        ("change", "PasswordUpdated") => (3001, 3, "Password Change"),
        ("change" | "request", name) => (3001, 99, name),
        (_, name) => (3002, 99, name),
    };
    let from = signin.text("/sourceIPAddress");
    let (identity, name_of_user) = (signin.identity(), signin.user());
    let time = signin.time();
    let actor = user(
        signin.identity(),
        signin.user(),
        user_type(verdict.principal, signin.text("/userIdentity/type")),
        signin.text("/userIdentity/accountId").or(signin.account()),
    );
    let entered = signin.entered_role().map(|role| {
        json!({
            "name": role,
            "type_id": 99,
            "type": "Role",
            "account": account(signin.role_account()),
        })
    });
    let mut event = merged(&[
        head(class, activity, name),
        json!({
            "severity_id": 1,
            "severity": "Informational",
            "time": time.map_or(0, |(milliseconds, _)| milliseconds),
            "status_code": signin.text("/errorCode"),
            "status_detail": verdict.reason,
            "message": signin.text("/errorMessage"),
            "metadata": {
                "version": "1.8.0",
                "product": {"name": "CloudTrail", "vendor_name": "AWS"},
                "profiles": profiles(&rules.tags),
                "uid": signin.text("/eventID"),
                "event_code": signin.text("/eventName"),
                "log_provider": signin.text("/eventSource"),
                "correlation_uid": signin.text("/additionalEventData/AuthWorkflowID"),
                "original_time": time.map(|(_, text)| text),
            },
            "cloud": {
                "provider": "AWS",
                "account": account(signin.account()),
                "region": signin.text("/awsRegion"),
            },
            "actor": {
                "user": actor,
                "session": {
                    "issuer": signin.text("/userIdentity/sessionContext/sessionIssuer/arn"),
                },
            },
            "user": entered.unwrap_or(actor),
            "src_endpoint": source(from),
            "http_request": {"user_agent": signin.text("/userAgent")},
            "attacks": attacks(&rules.tags),
            "observables": observables("", from, name_of_user, identity.as_deref()),
        }),
        status(verdict.outcome),
        if class == 3002 { authentication(&signin) } else { json!({}) },
    ]);
    event["unmapped"] = json!({"signin": verdict});
    if let Some(ids) = &rules.ids {
        event["unmapped"]["signin"]["rules"] = json!(ids);
    }
    if !rules.silenced.is_empty() {
        event["unmapped"]["signin"]["silenced"] = json!(rules.silenced);
    }
    if let Some(through) = signin.through() {
        event["unmapped"]["through"] = through.into();
    }
    if time.is_none() {
        event["unmapped"]["eventTime"] = signin.text("/eventTime").into();
    }
    event
}

/// What only an Authentication has.
fn authentication(signin: &Signin<'_>) -> Value {
    let (kind, principal) = (signin.verdict.kind, signin.verdict.principal);
    let is_identity_center = kind.starts_with("idc_")
        || kind.starts_with("portal_")
        || ["role_credentials", "external_idp_login"].contains(&kind);
    let service = match kind {
        _ if principal == "directory_user" => "Amazon WorkSpaces",
        _ if is_identity_center => "AWS IAM Identity Center",
        _ if kind.starts_with("oauth_") => "AWS CLI",
        "other_signin" => "AWS Sign-In",
        _ => "AWS Management Console",
    };
    let protocol = match principal {
        _ if kind.starts_with("oauth_") => Some((6, "OAUTH 2.0")),
        _ if ["portal_token", "portal_refresh"].contains(&kind) => Some((6, "OAUTH 2.0")),
        "saml_role" => Some((5, "SAML")),
        "web_identity" => Some((4, "OpenID")),
        _ => None,
    };
    let parts = signin.factor().unwrap_or("").split(',').map(str::trim);
    let factors: Vec<_> = parts.filter(|part| !part.is_empty()).map(factor).collect();
    json!({
        "service": {"name": service, "uid": signin.text("/eventSource")},
        "auth_protocol_id": protocol.map(|(id, _)| id),
        "auth_protocol": protocol.map(|(_, name)| name),
        "auth_factors": factors,
        "is_mfa": is_mfa(signin.verdict.mfa),
        "is_remote": true,
    })
}

fn factor(text: &str) -> Value {
    let (id, name) = match text {
        "PASSWORD" => (11, "Password"),
        "TOTP" | "RESYNC_TOTP" | "Virtual MFA" | "virtual" => (7, "OTP"),
        "WEBAUTHN" => (10, "WebAuthn"),
        "EMAIL_OTP" => (8, "Email"),
        "SMS MFA" => (1, "SMS"),
        "SMARTCARD" => (6, "Hardware Token"),
        "U2F MFA" | "key" => (9, "U2F"),
        other => (99, other),
    };
    json!({
        "factor_type_id": id,
        "factor_type": name,
        "is_totp": (id == 7).then_some(true),
    })
}

/// The event of OCSF of a line: an attempt, or a finding with this id. `tags` are those of the rules
/// that match the attempt, or of the rule of the finding.
pub fn ocsf_line(line: &Value, id: &str, tags: &[Value]) -> Value {
    if line["type"] == "attempt" { attempt(line, tags) } else { finding(line, id, tags) }
}

fn attempt(line: &Value, tags: &[Value]) -> Value {
    let value = |key| text(line, key);
    let last_event = line["events"].as_array().and_then(|events| events.last());
    let user = user(
        value("identity").map(str::to_owned),
        value("user"),
        user_type(value("principal").unwrap_or(""), None),
        value("account"),
    );
    let mut event = merged(&[
        head(3002, 1, "Logon"),
        json!({
            "severity_id": 1,
            "severity": "Informational",
            "time": milliseconds(line, "last_time").unwrap_or(0),
            "start_time": milliseconds(line, "first_time"),
            "end_time": milliseconds(line, "last_time"),
            "status_detail": line["reason"],
            "metadata": {
                "version": "1.8.0",
                "product": {"name": "sekisho"},
                "profiles": profiles(tags),
                "uid": last_event,
            },
            "cloud": {"provider": "AWS", "account": account(value("account"))},
            "actor": {"user": user},
            "user": user,
            "src_endpoint": source(value("source_ip")),
            "service": {"name": "AWS Sign-In"},
            "is_mfa": is_mfa(value("mfa").unwrap_or("")),
            "is_remote": true,
            "attacks": attacks(tags),
            "observables": observables("", value("source_ip"), value("user"), value("identity")),
        }),
        status(value("outcome").unwrap_or("")),
    ]);
    event["unmapped"] = json!({"attempt": line});
    if line["last_time"].is_null() {
        event["unmapped"]["eventTime"] = Value::Null;
    }
    event
}

fn finding(line: &Value, id: &str, tags: &[Value]) -> Value {
    let key = |name| text(&line["key"], name);
    let identity = key("identity").or(key("principal_id"));
    let (activity, name, status_id, status) = match line["state"].as_str() {
        Some("closed") => (3, "Close", 4, "Resolved"),
        _ => (1, "Create", 1, "New"),
    };
    let severity = line["severity"].as_str().map(str::to_ascii_lowercase);
    let (severity_id, severity) = match severity.as_deref() {
        Some("informational" | "info") => (1, "Informational"),
        Some("low") => (2, "Low"),
        Some("medium") => (3, "Medium"),
        Some("high") => (4, "High"),
        Some("critical") => (5, "Critical"),
        Some("fatal") => (6, "Fatal"),
        _ => (0, "Unknown"),
    };
    let events = line["events"].as_array().into_iter().flatten();
    let events: Vec<_> = events.map(|uid| json!({"uid": uid})).collect();
    let (first, last) = (milliseconds(line, "first_time"), milliseconds(line, "last_time"));
    let mut event = merged(&[
        head(2004, activity, name),
        json!({
            "severity_id": severity_id,
            "severity": severity,
            "time": last,
            "start_time": first,
            "end_time": last,
            "status_id": status_id,
            "status": status,
            "count": line["count"],
            "metadata": {
                "version": "1.8.0",
                "product": {"name": "sekisho"},
                "profiles": ["cloud"],
            },
            "cloud": {"provider": "AWS", "account": account(key("account"))},
            "finding_info": {
                "uid": id,
                "title": line["rule"],
                "analytic": {"uid": line["rule"], "type_id": 1, "type": "Rule"},
                "attacks": attacks(tags),
                "first_seen_time": first,
                "last_seen_time": last,
                "related_events": events,
            },
            "evidences": [{
                "user": {"uid": identity, "name": key("user")},
                "src_endpoint": source(key("source_ip")),
            }],
            "observables": observables("evidences[0].", key("source_ip"), key("user"), identity),
        }),
    ]);
    event["unmapped"] = json!({"finding": line});
    event
}

/// All members of some objects, without nulls and what is empty.
fn merged(objects: &[Value]) -> Value {
    let members = objects.iter().filter_map(Value::as_object).flatten();
    pruned(Value::Object(members.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

fn head(class: u32, activity: u32, name: &str) -> Value {
    let (category_name, class_name) = match class {
        2004 => ("Findings", "Detection Finding"),
        3001 => ("Identity & Access Management", "Account Change"),
        _ => ("Identity & Access Management", "Authentication"),
    };
    json!({
        "category_uid": class / 1000,
        "category_name": category_name,
        "class_uid": class,
        "class_name": class_name,
        "activity_id": activity,
        "activity_name": name,
        "type_uid": class * 100 + activity,
    })
}

/// An event that has attacks is of a security control.
fn profiles(tags: &[Value]) -> Vec<&'static str> {
    if techniques(tags).is_empty() { vec!["cloud"] } else { vec!["cloud", "security_control"] }
}

fn attacks(tags: &[Value]) -> Vec<Value> {
    let attack = |(main, sub)| json!({"technique": {"uid": main}, "sub_technique": {"uid": sub}});
    techniques(tags).into_iter().map(attack).collect()
}

fn status(outcome: &str) -> Value {
    match outcome {
        "success" => json!({"status_id": 1, "status": "Success"}),
        "failure" | "denied" => json!({"status_id": 2, "status": "Failure"}),
        "challenged" => json!({"status_id": 99, "status": "challenged"}),
        _ => json!({"status_id": 0, "status": "Unknown"}),
    }
}

/// Who did it, by the id, the name, the type and the account. A user of whom nothing is known has the
/// name `Unknown`.
fn user(
    identity: Option<String>,
    name: Option<&str>,
    (type_id, type_name): (u32, &str),
    account_id: Option<&str>,
) -> Value {
    let is_known = identity.is_some() || name.is_some() || account_id.is_some();
    json!({
        "uid": identity,
        "name": if is_known { name } else { Some("Unknown") },
        "type_id": type_id,
        "type": type_name,
        "account": account(account_id),
    })
}

fn user_type<'a>(principal: &'a str, of_identity: Option<&'a str>) -> (u32, &'a str) {
    match principal {
        "root" => (2, "Admin"),
        "iam_user"
        | "identity_center_user"
        | "directory_user"
        | "federated_user"
        | "web_identity" => (1, "User"),
        "sso_role" | "saml_role" | "assumed_role" | "aws_account" => {
            (99, of_identity.unwrap_or(principal))
        }
        _ => (0, "Unknown"),
    }
}

fn account(id: Option<&str>) -> Value {
    match id {
        Some(id) => json!({"uid": id, "type_id": 10, "type": "AWS Account"}),
        None => Value::Null,
    }
}

fn source(source: Option<&str>) -> Value {
    match source.map(|source| (source, source_kind(source))) {
        Some((ip, "ip")) => json!({"ip": ip}),
        Some((host, "host")) => json!({"hostname": host}),
        Some((other, _)) => json!({"svc_name": other}),
        None => Value::Null,
    }
}

fn is_mfa(mfa: &str) -> Option<bool> {
    match mfa {
        "used" => Some(true),
        "not_used" => Some(false),
        _ => None,
    }
}

/// What can be searched for. `place` is what is before the names of `user` and `src_endpoint`; where
/// it is nothing, the user is that of the actor.
fn observables(
    place: &str,
    source: Option<&str>,
    user: Option<&str>,
    identity: Option<&str>,
) -> Vec<Value> {
    let of_user = if place.is_empty() { "actor.user" } else { &format!("{place}user") };
    let observable = |name: String, type_id, type_name, value: Option<&str>| {
        value.map(
            |value| json!({"name": name, "type_id": type_id, "type": type_name, "value": value}),
        )
    };
    let of_kind = |kind: &str| source.filter(|source| source_kind(source) == kind);
    let found = [
        observable(format!("{of_user}.name"), 4, "User Name", user),
        observable(format!("{of_user}.uid"), 31, "User Object: uid", identity),
        observable(format!("{place}src_endpoint.ip"), 2, "IP Address", of_kind("ip")),
        observable(format!("{place}src_endpoint.hostname"), 1, "Hostname", of_kind("host")),
    ];
    found.into_iter().flatten().collect()
}

fn milliseconds(line: &Value, key: &str) -> Option<i64> {
    time::parse(line[key].as_str()?)
}
