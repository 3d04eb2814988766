//! The event of a record.

use sekisho_scan::Text;
use sekisho_signin::JsonBuffer;

use super::activity::{Activity, Class};
use super::authentication::authentication;
use super::parts::{
    ACTOR, OWN_METADATA, SEVERITY_AND_TIME, UNKNOWN_ENDPOINT, UNKNOWN_OPERATION, UNKNOWN_USER,
    account, attacks, cloud, endpoint, observables, profiles, status, techniques, user_type,
};
use crate::details::{Details, MatchedIds};
use crate::endpoint::Endpoint;
use crate::event_buffer::EventBuffer;
use crate::json::{Json, key};

/// Appends the event of a record.
#[inline(never)]
pub fn write_ocsf(details: &Details<'_>, output: &mut EventBuffer) {
    let activity = Activity::of(details);
    let class = activity.class();
    let mut json = Json::new(output, details.is_plain);
    let json = &mut json;
    json.piece(class.start());
    let source = details.source.map(Endpoint::new);
    activity.write(details.event_name, json);
    json.number(SEVERITY_AND_TIME, details.time.map_or(0, |time| time.milliseconds));
    status(details.verdict.outcome, details.verdict.reason, details.error_code, json);
    json.text(key!(r#""message":""#), details.error_message);
    if class == Class::BaseEvent {
        base_metadata(details, json);
    } else {
        metadata(details, json);
        cloud(details.account, details.region, json);
        if class == Class::ApiActivity {
            api(details, json);
        }
        people(details, class, json);
        if source.is_none() && class == Class::ApiActivity {
            json.one_of_several(UNKNOWN_ENDPOINT);
        }
        endpoint(source, json);
        json.text_between(r#""http_request":{"user_agent":""#, details.user_agent, "\"},");
    }
    if class == Class::Authentication {
        authentication(details, json);
    }
    if !techniques(details.rules).is_empty() {
        attacks(techniques(details.rules), json);
    }
    observables(&ACTOR, details.user, details.identity, source, json);
    unmapped(details, json);
    json.finish();
}

// What few events have is not inlined: an interpreter counts it for all.
#[inline(never)]
fn base_metadata(details: &Details<'_>, json: &mut Json<'_>) {
    let metadata = json.open(OWN_METADATA);
    if !techniques(details.rules).is_empty() {
        json.raw(r#""profiles":["security_control"],"#);
    }
    json.close(metadata);
}

fn metadata(details: &Details<'_>, json: &mut Json<'_>) {
    json.raw(
        r#""metadata":{"version":"1.8.0","product":{"name":"CloudTrail","vendor_name":"AWS"},"#,
    );
    profiles(techniques(details.rules), json);
    json.text(key!(r#""uid":""#), details.event_id);
    json.text(key!(r#""event_code":""#), details.event_name);
    json.text(key!(r#""log_provider":""#), details.event_source);
    json.text(key!(r#""correlation_uid":""#), details.workflow);
    if let Some(time) = details.time {
        json.quoted(key!(r#""original_time":""#), time.text);
    }
    json.end();
}

#[inline(never)]
fn api(details: &Details<'_>, json: &mut Json<'_>) {
    let api = json.open(r#""api":{"#);
    match details.event_name.filter(|name| !name.is_empty()) {
        Some(_) => json.text(key!(r#""operation":""#), details.event_name),
        None => json.raw(UNKNOWN_OPERATION),
    }
    let service = json.open(r#""service":{"#);
    json.text(key!(r#""name":""#), details.event_source);
    json.close(service);
    json.close(api);
}

/// Who did it, and who was signed in or changed.
fn people(details: &Details<'_>, class: Class, json: &mut Json<'_>) {
    json.raw(r#""actor":{"#);
    let user_start = json.here();
    user(details, json);
    let user_end = json.here();
    json.text_between(r#""session":{"issuer":""#, details.issuer, "\"},");
    json.end();
    if class == Class::ApiActivity {
        return;
    }
    match details.role.filter(|_| details.enters_role) {
        // The same as the actor.
        None => json.repeat(user_start, user_end),
        Some(role) => entered_role(role, details.role_account, json),
    }
}

#[inline(never)]
fn entered_role(role: &[u8], account_id: Option<&[u8]>, json: &mut Json<'_>) {
    json.raw(r#""user":{"#);
    json.string(key!(r#""name":""#), Some(role));
    json.raw(r#""type_id":99,"type":"Role","#);
    account(account_id, json);
    json.end();
}

fn user(details: &Details<'_>, json: &mut Json<'_>) {
    let account_id = details.user_account.or(details.account);
    match (details.identity, details.user.or(account_id)) {
        (Some(_), _) => json.string(key!(r#""user":{"uid":""#), details.identity),
        (None, Some(_)) => json.raw(r#""user":{"#),
        (None, None) => json.raw(UNKNOWN_USER),
    }
    json.string(key!(r#""name":""#), details.user);
    user_type(details.verdict.principal, details.identity_type, json);
    account(account_id, json);
    json.end();
}

/// What OCSF has no place for: the verdict, and an eventTime that is missing or none.
fn unmapped(details: &Details<'_>, json: &mut Json<'_>) {
    let mut verdict = JsonBuffer::default();
    json.object(r#""unmapped":{"signin":"#, verdict.format(&details.verdict));
    if let Some(rules) = details.rules {
        matched(rules, json);
    }
    json.end();
    if let Some(through) = details.through {
        json.name(key!(r#""through":""#), through);
    }
    if details.time.is_none() {
        invalid_time(details.invalid_time, json);
    }
    json.end();
}

#[inline(never)]
fn matched(rules: MatchedIds<'_>, json: &mut Json<'_>) {
    json.list(r#""rules":["#, rules.ids);
    json.array(r#""silenced":["#, rules.silenced);
}

#[inline(never)]
fn invalid_time(time: Option<Text<'_>>, json: &mut Json<'_>) {
    match time.filter(|text| !text.is_empty()) {
        Some(_) => json.text(key!(r#""eventTime":""#), time),
        None => json.raw(r#""eventTime":null,"#),
    }
}
