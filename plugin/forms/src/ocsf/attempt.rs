//! The event of an attempt.

use super::activity::Activity;
use super::parts::{
    ACTOR, OWN_METADATA, SEVERITY_AND_TIME, UNKNOWN_USER, account, attacks, cloud, endpoint,
    is_mfa, observables, profiles, status, techniques, user_type,
};
use crate::details::AttemptDetails;
use crate::endpoint::Endpoint;
use crate::event_buffer::EventBuffer;
use crate::json::{Json, Start, key};

/// Appends the event of an attempt.
#[inline(never)]
pub fn write_ocsf_attempt(attempt: &AttemptDetails<'_>, output: &mut EventBuffer) {
    let mut json = Json::new(output, false);
    let json = &mut json;
    json.piece(Activity::Logon.class().start());
    let source = attempt.source.map(Endpoint::new);
    Activity::Logon.write(None, json);
    json.number(SEVERITY_AND_TIME, attempt.times.map_or(0, |(_, last)| last.milliseconds));
    if let Some((first, last)) = attempt.times {
        json.number(r#""start_time":"#, first.milliseconds);
        json.number(r#""end_time":"#, last.milliseconds);
    }
    status(attempt.outcome, attempt.reason, None, json);
    let techniques = techniques(attempt.rules);
    let metadata = json.open(OWN_METADATA);
    profiles(techniques, json);
    if !attempt.last_event.is_empty() {
        json.member(r#""uid":"#, attempt.last_event);
    }
    json.close(metadata);
    cloud(attempt.account, None, json);
    let actor = json.open(r#""actor":{"#);
    let (start, end) = user(attempt, json);
    json.close(actor);
    json.repeat(start, end);
    endpoint(source, json);
    json.raw(r#""service":{"name":"AWS Sign-In"},"#);
    is_mfa(attempt.mfa, json);
    attacks(techniques, json);
    observables(&ACTOR, attempt.user, attempt.identity, source, json);
    let unmapped = json.open(r#""unmapped":{"#);
    json.member(r#""attempt":"#, attempt.line);
    if attempt.times.is_none() {
        json.raw(r#""eventTime":null,"#);
    }
    json.close(unmapped);
    json.finish();
}

/// Appends the user. Returns where it begins and ends.
fn user(attempt: &AttemptDetails<'_>, json: &mut Json<'_>) -> (Start, Start) {
    let is_known = attempt.identity.or(attempt.user).or(attempt.account).is_some();
    let user = json.here();
    json.one_of_several(if is_known { r#""user":{"# } else { UNKNOWN_USER });
    json.string(key!(r#""uid":""#), attempt.identity);
    json.string(key!(r#""name":""#), attempt.user);
    user_type(attempt.principal, None, json);
    account(attempt.account, json);
    json.close(user);
    (user, json.here())
}
