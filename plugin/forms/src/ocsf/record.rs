//! The event of a record.

use sekisho_signin::JsonBuffer;

use super::activity::{Activity, Class};
use super::authentication::{auth_factors, authentication};
use super::parts::{
    ACTOR, OWN_METADATA, SEVERITY_AND_TIME, UNKNOWN_ENDPOINT, UNKNOWN_OPERATION, UNKNOWN_USER,
    account, attacks, cloud, endpoint, observables, profiles, status, user_type,
};
use crate::attribute::Attribute;
use crate::details::Details;
use crate::event_buffer::EventBuffer;
use crate::facts::{Facts, Standard};
use crate::json::Json;
use crate::number::Digits;

/// Writes the event of a record.
#[inline(never)]
pub fn write_ocsf<'a>(mut details: Details<'a>, buffer: &'a mut EventBuffer) {
    buffer.clear();
    let EventBuffer { event, digits, factors, techniques, escaped } = buffer;
    *digits = Digits::of(details.time.unwrap_or(0));
    details.set(Attribute::Milliseconds, digits.text());
    let factors = auth_factors(details.texts.get(Attribute::Factor), factors);
    details.set(Attribute::AuthFactors, factors);
    details.set_techniques(attacks, techniques);
    details.escape(escaped);
    event.write(Standard::Ocsf, &details, write);
}

// Events of a kind are written once, and then with their template.
#[cold]
#[inline(never)]
fn write(facts: &Facts, json: &mut Json<'_>) {
    let Facts { verdict, endpoint: source, .. } = facts;
    let activity = Activity::of(facts.flow);
    let class = activity.class();
    json.raw(class.start());
    activity.write(json);
    json.text_between(SEVERITY_AND_TIME, Attribute::Milliseconds, ",");
    status(verdict.outcome, verdict.reason, json);
    json.text(r#""message":""#, Attribute::ErrorMessage);
    if class == Class::BaseEvent {
        base_metadata(json);
    } else {
        metadata(json);
        cloud(json);
        if class == Class::ApiActivity {
            api(json);
        }
        people(facts, class, json);
        if source.is_none() && class == Class::ApiActivity {
            json.raw(UNKNOWN_ENDPOINT);
        }
        endpoint(*source, json);
        json.text_between(r#""http_request":{"user_agent":""#, Attribute::UserAgent, "\"},");
    }
    if class == Class::Authentication {
        authentication(verdict, json);
    }
    json.text_between("", Attribute::Techniques, ",");
    observables(&ACTOR, *source, json);
    unmapped(facts, json);
    json.finish();
}

fn base_metadata(json: &mut Json<'_>) {
    let metadata = json.open(OWN_METADATA);
    if json.has(Attribute::Techniques) {
        json.raw(r#""profiles":["security_control"],"#);
    }
    json.close(metadata);
}

fn metadata(json: &mut Json<'_>) {
    json.raw(
        r#""metadata":{"version":"1.8.0","product":{"name":"CloudTrail","vendor_name":"AWS"},"#,
    );
    profiles(json.has(Attribute::Techniques), json);
    json.text(r#""uid":""#, Attribute::EventId);
    json.text(r#""event_code":""#, Attribute::EventName);
    json.text(r#""log_provider":""#, Attribute::EventSource);
    json.text(r#""correlation_uid":""#, Attribute::Workflow);
    json.text(r#""original_time":""#, Attribute::Time);
    json.end();
}

fn api(json: &mut Json<'_>) {
    let api = json.open(r#""api":{"#);
    match json.has(Attribute::EventName) {
        true => json.text(r#""operation":""#, Attribute::EventName),
        false => json.raw(UNKNOWN_OPERATION),
    }
    json.text_between(r#""service":{"name":""#, Attribute::EventSource, "\"},");
    json.close(api);
}

/// Who did it, and who was signed in or changed.
fn people(facts: &Facts, class: Class, json: &mut Json<'_>) {
    json.raw(r#""actor":{"#);
    user(facts, json);
    json.text_between(r#""session":{"issuer":""#, Attribute::Issuer, "\"},");
    json.end();
    if class == Class::ApiActivity {
        return;
    }
    if facts.enters_role && json.has(Attribute::Role) {
        json.text(r#""user":{"name":""#, Attribute::Role);
        json.raw(r#""type_id":99,"type":"Role","#);
        account(Attribute::RoleAccount, json);
        json.end();
    } else {
        // The same as the actor.
        user(facts, json);
    }
}

fn user(facts: &Facts, json: &mut Json<'_>) {
    let account_id = match json.has(Attribute::UserAccount) {
        true => Attribute::UserAccount,
        false => Attribute::Account,
    };
    let is_known =
        [Attribute::Identity, Attribute::User, account_id].map(|attribute| json.has(attribute));
    json.raw(if is_known.contains(&true) { r#""user":{"# } else { UNKNOWN_USER });
    json.text(r#""uid":""#, Attribute::Identity);
    json.text(r#""name":""#, Attribute::User);
    user_type(facts.verdict.principal, json);
    account(account_id, json);
    json.end();
}

/// What OCSF has no place for: the verdict, and an eventTime that is missing or none.
fn unmapped(facts: &Facts, json: &mut Json<'_>) {
    let mut verdict = JsonBuffer::default();
    json.object(r#""unmapped":{"signin":"#, verdict.format(&facts.verdict));
    if facts.rules.is_some() {
        match json.has(Attribute::Rules) {
            true => json.text_between(r#""rules":["#, Attribute::Rules, "],"),
            false => json.raw(r#""rules":[],"#),
        }
        json.text_between(r#""silenced":["#, Attribute::Silenced, "],");
    }
    json.end();
    json.text(r#""through":""#, Attribute::Through);
    if !json.has(Attribute::Time) {
        match json.has(Attribute::InvalidTime) {
            true => json.text(r#""eventTime":""#, Attribute::InvalidTime),
            false => json.raw(r#""eventTime":null,"#),
        }
    }
    json.end();
}
