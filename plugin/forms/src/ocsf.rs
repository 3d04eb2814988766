//! Events of the Open Cybersecurity Schema Framework, version 1.8.

use alloc::vec::Vec;

use sekisho_scan::Text;
use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, Verdict};

use crate::details::{AttemptDetails, Details, FindingDetails, MatchedIds};
use crate::ecs::{is_address, is_host};
use crate::factor::factors;
use crate::flow::Flow;
use crate::json::Json;
use crate::severity::severity;

/// A class of events.
struct Class {
    category: i64,
    uid: i64,
    category_name: &'static str,
    name: &'static str,
}

const ACCOUNT_CHANGE: Class = Class {
    category: 3,
    uid: 3001,
    category_name: "Identity & Access Management",
    name: "Account Change",
};
const AUTHENTICATION: Class = Class {
    category: 3,
    uid: 3002,
    category_name: "Identity & Access Management",
    name: "Authentication",
};
const API_ACTIVITY: Class =
    Class { category: 6, uid: 6003, category_name: "Application Activity", name: "API Activity" };
const BASE_EVENT: Class =
    Class { category: 0, uid: 0, category_name: "Uncategorized", name: "Base Event" };
const DETECTION_FINDING: Class =
    Class { category: 2, uid: 2004, category_name: "Findings", name: "Detection Finding" };

/// What an event of a class does. The name of 99, other, is that of the record.
type Activity = (i64, &'static str);

const OTHER: Activity = (99, "Other");
const LOGON: Activity = (1, "Logon");

/// Appends the event of a record.
#[inline(never)]
pub fn write_ocsf(details: &Details<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    let verdict = &details.verdict;
    let (class, activity) = class_of(details);
    json.raw(b"{");
    head(&class, activity, details.event_name, &mut json);
    json.raw(br#","severity_id":1,"severity":"Informational""#);
    json.number("time", details.time.map_or(0, |time| time.milliseconds));
    status(verdict.outcome, verdict.reason, details.error_code, &mut json);
    json.text("message", details.error_message);
    if class.uid == BASE_EVENT.uid {
        json.member("metadata", BASE_METADATA);
    } else {
        metadata(details, &mut json);
        cloud(details.account, details.region, &mut json);
        if class.uid == API_ACTIVITY.uid {
            api(details, &mut json);
        }
        people(details, &class, &mut json);
        endpoint(details.source, &mut json);
        let request = json.open("http_request");
        json.text("user_agent", details.user_agent);
        json.close(request);
    }
    if class.uid == AUTHENTICATION.uid {
        authentication(details, &mut json);
    }
    observables(details, &mut json);
    unmapped(details, &mut json);
    json.raw(b"}");
}

fn class_of(details: &Details<'_>) -> (Class, Activity) {
    match Flow::of(&details.verdict, details.event_name) {
        Flow::Start => (AUTHENTICATION, LOGON),
        Flow::End => (AUTHENTICATION, (2, "Logoff")),
        Flow::Step => (AUTHENTICATION, (6, "Preauth")),
        Flow::Enter | Flow::Leave => (AUTHENTICATION, (7, "Account Switch")),
        Flow::Info => (AUTHENTICATION, OTHER),
        Flow::Request => (ACCOUNT_CHANGE, OTHER),
        Flow::Change => (ACCOUNT_CHANGE, change(details)),
        Flow::Other if details.has_record() => (API_ACTIVITY, OTHER),
        Flow::Other => (BASE_EVENT, (0, "Unknown")),
    }
}

fn change(details: &Details<'_>) -> Activity {
    let is_named = |name: &str| details.event_name.is_some_and(|event| event == name);
    if details.verdict.kind == Kind::PasswordRecovery {
        (4, "Password Reset")
    } else if is_named("PasswordUpdated") {
        (3, "Password Change")
    } else {
        OTHER
    }
}

/// The class, and what the event does. `name` is that of an event that does something else.
fn head(class: &Class, activity: Activity, name: Option<Text<'_>>, json: &mut Json<'_>) {
    json.number("category_uid", class.category);
    json.name("category_name", class.category_name);
    json.number("class_uid", class.uid);
    json.name("class_name", class.name);
    json.number("activity_id", activity.0);
    match name {
        Some(_) if activity.0 == OTHER.0 => json.text("activity_name", name),
        _ => json.name("activity_name", activity.1),
    }
    json.number("type_uid", class.uid * 100 + activity.0);
}

fn status(outcome: Outcome, reason: Option<Reason>, code: Option<Text<'_>>, json: &mut Json<'_>) {
    let (id, name) = match outcome {
        Outcome::Success => (1, "Success"),
        Outcome::Failure | Outcome::Denied => (2, "Failure"),
        Outcome::Unknown => (0, "Unknown"),
        other => (99, other.name()),
    };
    json.number("status_id", id);
    json.name("status", name);
    json.text("status_code", code);
    if let Some(reason) = reason {
        json.name("status_detail", reason.name());
    }
}

/// The metadata of what is no record.
const BASE_METADATA: &[u8] = br#"{"version":"1.8.0","product":{"name":"sekisho"}}"#;

fn metadata(details: &Details<'_>, json: &mut Json<'_>) {
    let metadata = json.open("metadata");
    json.raw(
        br#""version":"1.8.0","product":{"name":"CloudTrail","vendor_name":"AWS"},"profiles":["cloud"]"#,
    );
    json.text("uid", details.event_id);
    json.text("event_code", details.event_name);
    json.text("log_provider", details.event_source);
    json.text("correlation_uid", details.workflow);
    json.string("original_time", details.time.map(|time| time.text));
    json.close(metadata);
}

fn cloud(account_id: Option<&str>, region: Option<Text<'_>>, json: &mut Json<'_>) {
    let cloud = json.open("cloud");
    json.name("provider", "AWS");
    account(account_id, json);
    json.text("region", region);
    json.close(cloud);
}

fn account(id: Option<&str>, json: &mut Json<'_>) {
    if id.is_some() {
        let account = json.open("account");
        json.string("uid", id);
        json.raw(br#","type_id":10,"type":"AWS Account""#);
        json.close(account);
    }
}

fn api(details: &Details<'_>, json: &mut Json<'_>) {
    let api = json.open("api");
    json.text("operation", details.event_name);
    let service = json.open("service");
    json.text("name", details.event_source);
    json.close(service);
    json.close(api);
}

/// Who did it, and who was signed in or changed.
fn people(details: &Details<'_>, class: &Class, json: &mut Json<'_>) {
    let actor = json.open("actor");
    user("user", details, json);
    let session = json.open("session");
    json.text("issuer", details.issuer);
    json.close(session);
    json.close(actor);
    if class.uid == API_ACTIVITY.uid {
        return;
    }
    match details.role.filter(|_| details.enters_role) {
        None => user("user", details, json),
        Some(role) => {
            let user = json.open("user");
            json.string("name", Some(role));
            json.raw(br#","type_id":99,"type":"Role""#);
            account(details.role_account, json);
            json.close(user);
        }
    }
}

fn user(key: &str, details: &Details<'_>, json: &mut Json<'_>) {
    let account_id = details.user_account.or(details.account);
    if details.identity.or(details.user).or(account_id).is_none() {
        return;
    }
    let user = json.open(key);
    json.string("uid", details.identity);
    json.string("name", details.user);
    user_type(details.verdict.principal, details.identity_type, json);
    account(account_id, json);
    json.close(user);
}

fn user_type(principal: Principal, source_type: Option<Text<'_>>, json: &mut Json<'_>) {
    let (id, name) = match principal {
        Principal::Root => (2, "Admin"),
        Principal::IamUser
        | Principal::IdentityCenterUser
        | Principal::DirectoryUser
        | Principal::FederatedUser
        | Principal::WebIdentity => (1, "User"),
        Principal::SsoRole
        | Principal::SamlRole
        | Principal::AssumedRole
        | Principal::AwsAccount => (99, principal.name()),
        _ => (0, "Unknown"),
    };
    json.number("type_id", id);
    match source_type {
        Some(_) if id == 99 => json.text("type", source_type),
        _ => json.name("type", name),
    }
}

fn endpoint(source: Option<&str>, json: &mut Json<'_>) {
    let Some(source) = source else { return };
    let endpoint = json.open("src_endpoint");
    let key = match source {
        source if is_address(source) => "ip",
        source if is_host(source) => "hostname",
        _ => "svc_name",
    };
    json.string(key, Some(source));
    json.close(endpoint);
}

/// What only an authentication has.
fn authentication(details: &Details<'_>, json: &mut Json<'_>) {
    let verdict = &details.verdict;
    let service = json.open("service");
    json.name("name", service_name(verdict));
    json.text("uid", details.event_source);
    json.close(service);
    if let Some((id, name)) = protocol(verdict) {
        json.number("auth_protocol_id", id);
        json.name("auth_protocol", name);
    }
    auth_factors(details.factor, json);
    is_mfa(verdict.mfa, json);
    json.member("is_remote", b"true");
}

fn is_mfa(mfa: Mfa, json: &mut Json<'_>) {
    match mfa {
        Mfa::Used => json.member("is_mfa", b"true"),
        Mfa::NotUsed => json.member("is_mfa", b"false"),
        _ => {}
    }
}

/// What was signed in to.
fn service_name(verdict: &Verdict) -> &'static str {
    match (verdict.principal, verdict.kind) {
        (Principal::DirectoryUser, _) => "Amazon WorkSpaces",
        (
            _,
            Kind::IdcChallenge
            | Kind::IdcVerification
            | Kind::IdcAuthentication
            | Kind::ExternalIdpLogin
            | Kind::PortalSession
            | Kind::PortalToken
            | Kind::PortalRefresh
            | Kind::RoleCredentials,
        ) => "AWS IAM Identity Center",
        (_, Kind::OauthAuthorization | Kind::OauthToken | Kind::OauthRefresh) => "AWS CLI",
        (_, Kind::OtherSignin) => "AWS Sign-In",
        _ => "AWS Management Console",
    }
}

fn protocol(verdict: &Verdict) -> Option<(i64, &'static str)> {
    match (verdict.kind, verdict.principal) {
        (
            Kind::OauthAuthorization
            | Kind::OauthToken
            | Kind::OauthRefresh
            | Kind::PortalToken
            | Kind::PortalRefresh,
            _,
        ) => Some((6, "OAUTH 2.0")),
        (_, Principal::SamlRole) => Some((5, "SAML")),
        (_, Principal::WebIdentity) => Some((4, "OpenID")),
        _ => None,
    }
}

fn auth_factors(factor: Option<&str>, json: &mut Json<'_>) {
    let Some(factor) = factor else { return };
    let array = json.open_array("auth_factors");
    for (factor, text) in factors(factor) {
        json.separate();
        json.raw(b"{");
        json.number("factor_type_id", factor.id);
        json.string("factor_type", Some(factor.name.unwrap_or(text)));
        if factor.is_totp {
            json.member("is_totp", b"true");
        }
        json.raw(b"}");
    }
    json.close_array(array);
}

const ACTOR_NAMES: [&str; 2] = ["actor.user.name", "actor.user.uid"];
const ENDPOINT_NAMES: [&str; 2] = ["src_endpoint.ip", "src_endpoint.hostname"];

fn observables(details: &Details<'_>, json: &mut Json<'_>) {
    let array = json.open_array("observables");
    person_observables(ACTOR_NAMES, details.user, details.identity, json);
    source_observable(ENDPOINT_NAMES, details.source, json);
    json.close_array(array);
}

/// `names` are those of the attributes for the name and the id of a user.
fn person_observables(
    [name, uid]: [&str; 2],
    user: Option<&str>,
    identity: Option<&str>,
    json: &mut Json<'_>,
) {
    observable(name, (4, "User Name"), user, json);
    observable(uid, (31, "User Object: uid"), identity, json);
}

/// `names` are those of the attributes for an address and for the name of a host.
fn source_observable(names: [&str; 2], source: Option<&str>, json: &mut Json<'_>) {
    match source {
        Some(text) if is_address(text) => observable(names[0], (2, "IP Address"), source, json),
        Some(text) if is_host(text) => observable(names[1], (1, "Hostname"), source, json),
        _ => {}
    }
}

fn observable(name: &str, kind: (i64, &str), value: Option<&str>, json: &mut Json<'_>) {
    if value.is_none() {
        return;
    }
    json.separate();
    json.raw(b"{");
    json.name("name", name);
    json.number("type_id", kind.0);
    json.name("type", kind.1);
    json.string("value", value);
    json.raw(b"}");
}

/// What OCSF has no place for: the verdict, and an eventTime that is missing or none.
fn unmapped(details: &Details<'_>, json: &mut Json<'_>) {
    let verdict = &details.verdict;
    let unmapped = json.open("unmapped");
    let signin = json.open("signin");
    for (key, name) in [
        ("kind", Some(verdict.kind.name())),
        ("outcome", Some(verdict.outcome.name())),
        ("reason", verdict.reason.map(Reason::name)),
        ("principal", Some(verdict.principal.name())),
        ("mfa", Some(verdict.mfa.name())),
        ("user_exists", Some(verdict.user_exists.name())),
    ] {
        match name {
            Some(name) => json.name(key, name),
            None => json.member(key, b"null"),
        }
    }
    matched(details.rules, json);
    json.close(signin);
    json.string("through", details.through);
    if details.time.is_none() {
        match details.invalid_time {
            Some(_) => json.text("eventTime", details.invalid_time),
            None => json.member("eventTime", b"null"),
        }
    }
    json.close(unmapped);
}

fn matched(rules: Option<MatchedIds<'_>>, json: &mut Json<'_>) {
    let Some(rules) = rules else { return };
    json.key("rules");
    json.raw(b"[");
    json.raw(rules.ids);
    json.raw(b"]");
    json.array("silenced", rules.silenced);
}

/// The metadata of what sekisho makes of several records.
const OWN_METADATA: &[u8] =
    br#""version":"1.8.0","product":{"name":"sekisho"},"profiles":["cloud"]"#;

/// Appends the event of an attempt.
#[inline(never)]
pub fn write_ocsf_attempt(attempt: &AttemptDetails<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    json.raw(b"{");
    head(&AUTHENTICATION, LOGON, None, &mut json);
    json.raw(br#","severity_id":1,"severity":"Informational""#);
    json.number("time", attempt.times.map_or(0, |(_, last)| last.milliseconds));
    if let Some((first, last)) = attempt.times {
        json.number("start_time", first.milliseconds);
        json.number("end_time", last.milliseconds);
    }
    status(attempt.outcome, attempt.reason, None, &mut json);
    let metadata = json.open("metadata");
    json.raw(OWN_METADATA);
    if !attempt.last_event.is_empty() {
        json.member("uid", attempt.last_event);
    }
    json.close(metadata);
    cloud(attempt.account, None, &mut json);
    if attempt.identity.or(attempt.user).or(attempt.account).is_some() {
        let actor = json.open("actor");
        attempt_user(attempt, &mut json);
        json.close(actor);
        attempt_user(attempt, &mut json);
    }
    endpoint(attempt.source, &mut json);
    let service = json.open("service");
    json.name("name", "AWS Sign-In");
    json.close(service);
    is_mfa(attempt.mfa, &mut json);
    json.member("is_remote", b"true");
    let array = json.open_array("observables");
    person_observables(ACTOR_NAMES, attempt.user, attempt.identity, &mut json);
    source_observable(ENDPOINT_NAMES, attempt.source, &mut json);
    json.close_array(array);
    let unmapped = json.open("unmapped");
    json.member("attempt", attempt.line);
    if attempt.times.is_none() {
        json.member("eventTime", b"null");
    }
    json.close(unmapped);
    json.raw(b"}");
}

fn attempt_user(attempt: &AttemptDetails<'_>, json: &mut Json<'_>) {
    let user = json.open("user");
    json.string("uid", attempt.identity);
    json.string("name", attempt.user);
    user_type(attempt.principal, None, json);
    account(attempt.account, json);
    json.close(user);
}

/// Appends the event of a finding.
#[inline(never)]
pub fn write_ocsf_finding(finding: &FindingDetails<'_>, output: &mut Vec<u8>) {
    let mut json = Json(output);
    let (activity, status) = match finding.is_closed {
        false => ((1, "Create"), (1, "New")),
        true => ((3, "Close"), (4, "Resolved")),
    };
    json.raw(b"{");
    head(&DETECTION_FINDING, activity, None, &mut json);
    let (id, name) = severity(finding.severity);
    json.number("severity_id", id);
    json.name("severity", name);
    json.number("time", finding.last_time.milliseconds);
    json.number("start_time", finding.first_time.milliseconds);
    json.number("end_time", finding.last_time.milliseconds);
    json.number("status_id", status.0);
    json.name("status", status.1);
    json.number("count", i64::from(finding.count));
    let metadata = json.open("metadata");
    json.raw(OWN_METADATA);
    json.close(metadata);
    cloud(finding.account, None, &mut json);
    finding_info(finding, &mut json);
    evidence(finding, &mut json);
    let array = json.open_array("observables");
    let names = ["evidences[0].user.name", "evidences[0].user.uid"];
    person_observables(names, finding.user, finding.identity, &mut json);
    let names = ["evidences[0].src_endpoint.ip", "evidences[0].src_endpoint.hostname"];
    source_observable(names, finding.source, &mut json);
    json.close_array(array);
    let unmapped = json.open("unmapped");
    json.member("finding", finding.line);
    json.close(unmapped);
    json.raw(b"}");
}

fn finding_info(finding: &FindingDetails<'_>, json: &mut Json<'_>) {
    let info = json.open("finding_info");
    json.name("uid", finding.id);
    json.member("title", finding.rule);
    let analytic = json.open("analytic");
    json.member("uid", finding.rule);
    json.raw(br#","type_id":1,"type":"Rule""#);
    json.close(analytic);
    json.number("first_seen_time", finding.first_time.milliseconds);
    json.number("last_seen_time", finding.last_time.milliseconds);
    let events = json.open_array("related_events");
    for event in finding.events {
        json.separate();
        json.raw(b"{\"uid\":");
        json.raw(event);
        json.raw(b"}");
    }
    json.close_array(events);
    json.close(info);
}

/// Who and from where, if its matches have that in common.
fn evidence(finding: &FindingDetails<'_>, json: &mut Json<'_>) {
    let evidences = json.open_array("evidences");
    let has_user = finding.identity.or(finding.user).is_some();
    if has_user || finding.source.is_some() {
        json.raw(b"{");
        if has_user {
            let user = json.open("user");
            json.string("uid", finding.identity);
            json.string("name", finding.user);
            json.close(user);
        }
        endpoint(finding.source, json);
        json.raw(b"}");
    }
    json.close_array(evidences);
}
