//! The events of ECS and OCSF of one record, and who it was: `plugin/forms/README.md`, line by line.

use serde_json::{Map, Value, json};

use crate::identity;
use crate::time;
use crate::verdict::Verdict;

/// A record in which the members that may be JSON text are objects, and its verdict.
struct Signin<'a> {
    record: &'a Value,
    verdict: &'a Verdict,
}

/// The object `identity` of the record of a sign-in.
pub fn identity_object(record: &Value, verdict: &Verdict) -> Value {
    let record = &with_objects(record);
    let signin = Signin { record, verdict };
    json!({
        "identity": identity::identity(record, verdict),
        "user": identity::user(record, verdict),
        "role": signin.entered_role().or(signin.session_role()),
        "account": signin.account(),
        "role_account": signin.role_account(),
        "source_ip": signin.text("/sourceIPAddress"),
        "factor": signin.factor(),
        "through": signin.through(),
    })
}

/// The event of ECS of the record of a sign-in, without rules.
pub fn ecs_event(record: &Value, verdict: &Verdict) -> Value {
    let record = &with_objects(record);
    let signin = Signin { record, verdict };
    let (category, types) = match signin.flow() {
        "start" | "enter" => (json!(["authentication"]), json!(["start"])),
        "end" | "leave" => (json!(["authentication"]), json!(["end"])),
        "change" => (json!(["iam"]), json!(["user", "change"])),
        "request" => (json!(["iam"]), json!(["user", "info"])),
        _ => (json!(["authentication"]), json!(["info"])),
    };
    let (id, name) = (identity::identity(record, verdict), identity::user(record, verdict));
    let is_iam = category == json!(["iam"]);
    let entered = signin.entered_role();
    let source = signin.text("/sourceIPAddress");
    let kind = source.map_or("", source_kind);
    let mut users = Vec::new();
    for user in [name.map(str::to_owned), id.clone(), entered.clone()].into_iter().flatten() {
        if !users.contains(&user) {
            users.push(user);
        }
    }
    let roles = signin.session_role().filter(|_| entered.is_none()).map(|role| vec![role]);
    pruned(json!({
        "@timestamp": signin.time().map(|(_, text)| text),
        "ecs": {"version": "9.0.0"},
        "event": {
            "kind": "event",
            "category": category,
            "type": types,
            "action": signin.text("/eventName"),
            "outcome": match verdict.outcome {
                "success" => "success",
                "failure" | "denied" => "failure",
                _ => "unknown",
            },
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
        "source": {
            "address": source,
            "ip": source.filter(|_| kind == "ip"),
            "domain": source.filter(|_| kind == "host"),
        },
        "user_agent": {"original": signin.text("/userAgent")},
        "cloud": {
            "provider": "aws",
            "account": {"id": signin.account()},
            "region": signin.text("/awsRegion"),
            "target": {"account": {"id": signin.role_account()}},
        },
        "error": {"code": signin.text("/errorCode"), "message": signin.text("/errorMessage")},
        "related": {
            "ip": source.filter(|_| kind == "ip").map(|ip| vec![ip]),
            "hosts": source.filter(|_| kind == "host").map(|host| vec![host]),
            "user": if users.is_empty() { Value::Null } else { json!(users) },
        },
        "labels": {
            "kind": verdict.kind,
            "outcome": verdict.outcome,
            "principal": verdict.principal,
            "mfa": verdict.mfa,
            "user_exists": verdict.user_exists,
            "factor": signin.factor(),
            "through": signin.through(),
        },
    }))
}

/// The record with objects where its members are JSON text.
fn with_objects(record: &Value) -> Value {
    let mut record = record.clone();
    for key in
        ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"]
    {
        let text = record[key].as_str().filter(|text| text.starts_with('{'));
        if let Some(object) = text.and_then(|text| serde_json::from_str(text).ok()) {
            record[key] = object;
        }
    }
    record
}

/// Without nulls, and without the objects that have nothing else.
fn pruned(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let members = members.into_iter().map(|(key, value)| (key, pruned(value)));
    let is_something = |value: &Value| match value {
        Value::Null => false,
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    Value::Object(members.filter(|(_, value)| is_something(value)).collect::<Map<_, _>>())
}

/// `ip`, `host`, or nothing.
fn source_kind(source: &str) -> &'static str {
    let is_of_host = |one: char| one.is_ascii_alphanumeric() || ".-_".contains(one);
    if source.parse::<std::net::IpAddr>().is_ok() {
        "ip"
    } else if source.contains('.')
        && source.chars().any(|one| one.is_ascii_alphabetic())
        && source.chars().all(is_of_host)
    {
        "host"
    } else {
        ""
    }
}

impl Signin<'_> {
    /// A string that is not empty.
    fn text(&self, pointer: &str) -> Option<&str> {
        self.record.pointer(pointer)?.as_str().filter(|text| !text.is_empty())
    }

    fn account(&self) -> Option<&str> {
        identity::account(self.record).filter(|account| !account.is_empty())
    }

    fn time(&self) -> Option<(i64, &str)> {
        let text = self.text("/eventTime")?;
        Some((time::parse(text)?, text))
    }

    fn flow(&self) -> &'static str {
        match (self.verdict.kind, self.text("/eventName").unwrap_or("")) {
            ("portal_session", "Logout") => "end",
            (
                "console_login" | "idc_authentication" | "external_idp_login" | "portal_token"
                | "role_credentials" | "oauth_token" | "portal_session",
                _,
            ) => "start",
            ("role_switch", _) => "enter",
            ("role_exit", _) => "leave",
            ("password_recovery", "PasswordRecoveryRequested") => "request",
            ("password_recovery" | "account_change", _) => "change",
            _ => "info",
        }
    }

    fn entered(&self, camel: &str, snake: &str) -> Option<&str> {
        let enters = ["role_switch", "portal_session", "role_credentials"];
        if !enters.contains(&self.verdict.kind) {
            return None;
        }
        self.text(&format!("/requestParameters/{camel}"))
            .or(self.text(&format!("/requestParameters/{snake}")))
            .or(self.text(&format!("/serviceEventDetails/{snake}")))
            .or(self.text("/additionalEventData/SwitchTo"))
    }

    fn entered_role(&self) -> Option<String> {
        let role = self.entered("roleName", "role_name")?;
        Some(role.rsplit('/').next().unwrap_or(role).to_owned())
    }

    fn session_role(&self) -> Option<String> {
        self.text("/userIdentity/sessionContext/sessionIssuer/userName").map(str::to_owned)
    }

    fn role_account(&self) -> Option<&str> {
        let account = self.entered("accountId", "account_id")?;
        let account = match account.strip_prefix("arn:") {
            Some(arn) => arn.split(':').nth(3)?,
            None => account,
        };
        Some(account).filter(|account| !account.is_empty())
    }

    fn factor(&self) -> Option<&str> {
        let device = self.text("/additionalEventData/MFAIdentifier").unwrap_or("");
        let of_device = match device {
            _ if device.contains(":mfa/") => Some("virtual"),
            _ if device.contains(":u2f/") => Some("key"),
            _ => None,
        };
        self.text("/additionalEventData/CredentialType")
            .or(self.text("/additionalEventData/MfaType"))
            .or(of_device)
    }

    fn through(&self) -> Option<&'static str> {
        let text = |pointer| self.text(pointer).unwrap_or("");
        let kind = self.verdict.kind;
        if text("/requestParameters/client_id").contains("external-client") {
            Some("agent")
        } else if text("/userAgent").starts_with("aws-cli") {
            Some("cli")
        } else if text("/additionalEventData/MobileVersion").eq_ignore_ascii_case("yes") {
            Some("mobile")
        } else if kind.starts_with("oauth_")
            || ["portal_token", "portal_refresh", "role_credentials"].contains(&kind)
        {
            Some("cli")
        } else if kind.starts_with("role_")
            || ["console_login", "mfa_check", "signin_token", "password_recovery"].contains(&kind)
            || ["account_change", "portal_session"].contains(&kind)
        {
            Some("console")
        } else {
            None
        }
    }
}
