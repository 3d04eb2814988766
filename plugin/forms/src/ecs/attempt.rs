//! The event of an attempt.

use super::parts::{HEAD, ids, outcome, person, rule, silenced};
use crate::details::AttemptDetails;
use crate::event_buffer::EventBuffer;
use crate::json::{Json, key};

/// Appends the event of an attempt.
#[inline(never)]
pub fn write_ecs_attempt(attempt: &AttemptDetails<'_>, output: &mut EventBuffer) {
    let mut json = Json::new(output, false);
    json.raw("{");
    if let Some((_, last)) = attempt.times {
        json.quoted(key!(r#""@timestamp":""#), last.text);
    }
    let event = json.open(HEAD);
    json.raw(
        r#""kind":"event","category":["authentication"],"type":["start"],"action":"signin_attempt","#,
    );
    outcome(attempt.outcome, attempt.reason, &mut json);
    ids(attempt.events, attempt.event_count, &mut json);
    if let Some((first, last)) = attempt.times {
        json.quoted(key!(r#""start":""#), first.text);
        json.quoted(key!(r#""end":""#), last.text);
    }
    json.close(event);
    person(attempt.identity, attempt.user, attempt.account, attempt.source, &mut json);
    rule(attempt.rules, &mut json);
    let labels = json.open(r#""labels":{"#);
    json.name(key!(r#""outcome":""#), attempt.outcome.name());
    json.name(key!(r#""principal":""#), attempt.principal.name());
    json.name(key!(r#""mfa":""#), attempt.mfa.name());
    json.name(key!(r#""user_exists":""#), attempt.user_exists.name());
    json.array(r#""flags":["#, attempt.flags);
    silenced(attempt.rules, &mut json);
    json.close(labels);
    json.finish();
}
