//! The event of an attempt.

use super::activity::{Activity, Class};
use super::parts::{
    ACTOR, OWN_METADATA, SEVERITY_AND_TIME, UNKNOWN_USER, account, attacks, cloud, endpoint,
    is_mfa, observables, profiles, status, user_type,
};
use crate::attribute::Attribute;
use crate::details::AttemptDetails;
use crate::endpoint::EndpointKind;
use crate::event_buffer::EventBuffer;
use crate::json::Json;

/// Writes the event of an attempt.
#[cold]
#[inline(never)]
pub fn write_ocsf_attempt(attempt: &AttemptDetails<'_>, buffer: &mut EventBuffer) {
    let (texts, output) = buffer.start(attempt.texts());
    let json = &mut Json::new(output, &texts);
    json.raw(Class::Authentication.start());
    Activity::Logon.write(json);
    json.number(SEVERITY_AND_TIME, attempt.times.map_or(0, |(_, last)| last.milliseconds));
    if let Some((first, last)) = attempt.times {
        json.number(r#""start_time":"#, first.milliseconds);
        json.number(r#""end_time":"#, last.milliseconds);
    }
    status(attempt.outcome, attempt.reason, json);
    let techniques = attempt.rules.map_or(&[][..], |rules| rules.techniques);
    let metadata = json.open(OWN_METADATA);
    profiles(!techniques.is_empty(), json);
    if !attempt.last_event.is_empty() {
        json.member(r#""uid":"#, attempt.last_event);
    }
    json.close(metadata);
    cloud(json);
    json.raw(r#""actor":{"#);
    user(attempt, json);
    json.end();
    user(attempt, json);
    let source = EndpointKind::of_source(&texts);
    endpoint(source, json);
    json.raw(r#""service":{"name":"AWS Sign-In"},"#);
    is_mfa(attempt.mfa, json);
    attacks(techniques, json);
    observables(&ACTOR, source, json);
    let unmapped = json.open(r#""unmapped":{"#);
    json.member(r#""attempt":"#, attempt.line);
    if attempt.times.is_none() {
        json.raw(r#""eventTime":null,"#);
    }
    json.close(unmapped);
    json.finish();
}

fn user(attempt: &AttemptDetails<'_>, json: &mut Json<'_>) {
    let known = [Attribute::Identity, Attribute::User, Attribute::Account];
    let is_known = known.iter().any(|attribute| json.has(*attribute));
    json.raw(if is_known { r#""user":{"# } else { UNKNOWN_USER });
    json.text(r#""uid":""#, Attribute::Identity);
    json.text(r#""name":""#, Attribute::User);
    user_type(attempt.principal, json);
    account(Attribute::Account, json);
    json.end();
}
