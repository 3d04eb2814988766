//! The event of a record.

use super::parts::{HEAD, account, outcome, related, rule, silenced, source, threat};
use crate::attribute::Attribute;
use crate::details::Details;
use crate::event_buffer::EventBuffer;
use crate::facts::{Facts, Standard};
use crate::flow::Flow;
use crate::json::Json;

/// Writes the event of a record.
#[inline(never)]
pub fn write_ecs<'a>(mut details: Details<'a>, buffer: &'a mut EventBuffer) {
    buffer.clear();
    let EventBuffer { event, techniques, escaped, .. } = buffer;
    details.set_techniques(threat, techniques);
    details.escape(escaped);
    event.write(Standard::Ecs, &details, write);
}

// Events of a kind are written once, and then with their template.
#[cold]
#[inline(never)]
fn write(facts: &Facts, json: &mut Json<'_>) {
    json.raw("{");
    json.text(r#""@timestamp":""#, Attribute::Time);
    event(facts, json);
    user(facts, json);
    source(facts.endpoint, json);
    json.text_between(r#""user_agent":{"original":""#, Attribute::UserAgent, "\"},");
    if facts.flow != Flow::NoRecord {
        cloud(json);
    }
    let error = json.open(r#""error":{"#);
    json.text(r#""code":""#, Attribute::ErrorCode);
    json.text(r#""message":""#, Attribute::ErrorMessage);
    json.close(error);
    related(facts.endpoint, facts.names, json);
    rule(facts.rules, json);
    json.text_between("", Attribute::Techniques, ",");
    labels(facts, json);
    json.finish();
}

fn event(facts: &Facts, json: &mut Json<'_>) {
    json.raw(HEAD);
    json.raw(match facts.flow {
        Flow::Start | Flow::Enter => {
            r#""kind":"event","category":["authentication"],"type":["start"],"#
        }
        Flow::End | Flow::Leave => {
            r#""kind":"event","category":["authentication"],"type":["end"],"#
        }
        Flow::Step | Flow::Info => {
            r#""kind":"event","category":["authentication"],"type":["info"],"#
        }
        Flow::PasswordChange | Flow::PasswordReset | Flow::Change => {
            r#""kind":"event","category":["iam"],"type":["user","change"],"#
        }
        Flow::Request => r#""kind":"event","category":["iam"],"type":["user","info"],"#,
        Flow::Other => r#""kind":"event","category":["api"],"type":["info"],"#,
        Flow::NoRecord => r#""kind":"event","type":["info"],"#,
    });
    json.text(r#""action":""#, Attribute::EventName);
    outcome(facts.verdict.outcome, facts.verdict.reason, json);
    json.text(r#""provider":""#, Attribute::EventSource);
    json.text(r#""id":""#, Attribute::EventId);
    json.end();
}

fn user(facts: &Facts, json: &mut Json<'_>) {
    let user = json.open(r#""user":{"#);
    id_and_name(json);
    if matches!(
        facts.flow,
        Flow::PasswordChange | Flow::PasswordReset | Flow::Change | Flow::Request
    ) {
        // These events are about the user who makes them.
        let target = json.open(r#""target":{"#);
        id_and_name(json);
        json.close(target);
    }
    match facts.enters_role {
        true => json.text_between(r#""effective":{"name":""#, Attribute::Role, "\"},"),
        false => json.text_between(r#""roles":[""#, Attribute::Role, "\"],"),
    }
    json.close(user);
}

fn id_and_name(json: &mut Json<'_>) {
    json.text(r#""id":""#, Attribute::Identity);
    json.text(r#""name":""#, Attribute::User);
}

fn cloud(json: &mut Json<'_>) {
    json.raw(r#""cloud":{"provider":"aws","#);
    account(json);
    json.text(r#""region":""#, Attribute::Region);
    json.text_between(r#""target":{"account":{"id":""#, Attribute::RoleAccount, "\"}},");
    json.end();
}

fn labels(facts: &Facts, json: &mut Json<'_>) {
    let verdict = &facts.verdict;
    json.raw(r#""labels":{"#);
    json.name(r#""kind":""#, verdict.kind.name());
    json.name(r#""outcome":""#, verdict.outcome.name());
    json.name(r#""principal":""#, verdict.principal.name());
    json.name(r#""mfa":""#, verdict.mfa.name());
    json.name(r#""user_exists":""#, verdict.user_exists.name());
    json.text(r#""factor":""#, Attribute::Factor);
    json.text(r#""through":""#, Attribute::Through);
    silenced(json);
    json.end();
}
