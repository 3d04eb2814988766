//! The event of an attempt.

use super::parts::{HEAD, outcome, person, rule, silenced, threat};
use crate::details::AttemptDetails;
use crate::event_buffer::EventBuffer;
use crate::facts::Number;
use crate::json::Json;

/// Writes the event of an attempt.
#[cold]
#[inline(never)]
pub fn write_ecs_attempt(attempt: &AttemptDetails<'_>, buffer: &mut EventBuffer) {
    let (texts, output) = buffer.start(attempt.texts());
    let json = &mut Json::new(output, &texts);
    json.raw("{");
    if let Some((_, last)) = attempt.times {
        json.quoted(r#""@timestamp":""#, last.text);
    }
    let event = json.open(HEAD);
    json.raw(
        r#""kind":"event","category":["authentication"],"type":["start"],"action":"signin_attempt","#,
    );
    outcome(attempt.outcome, attempt.reason, json);
    match attempt.event_count {
        0 => {}
        1 => json.member(r#""id":"#, attempt.events),
        _ => json.array(r#""id":["#, attempt.events),
    }
    if let Some((first, last)) = attempt.times {
        json.quoted(r#""start":""#, first.text);
        json.quoted(r#""end":""#, last.text);
    }
    json.close(event);
    person(&texts, json);
    if let Some(rules) = attempt.rules {
        rule(Some(Number::of(rules.count)), json);
        threat(rules.techniques, json);
    }
    let labels = json.open(r#""labels":{"#);
    json.name(r#""outcome":""#, attempt.outcome.name());
    json.name(r#""principal":""#, attempt.principal.name());
    json.name(r#""mfa":""#, attempt.mfa.name());
    json.name(r#""user_exists":""#, attempt.user_exists.name());
    json.array(r#""flags":["#, attempt.flags);
    silenced(json);
    json.close(labels);
    json.finish();
}
