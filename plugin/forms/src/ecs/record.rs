//! The event of a record.

use super::parts::{HEAD, account, outcome, related, rule, silenced, source};
use crate::details::Details;
use crate::endpoint::Endpoint;
use crate::event_buffer::{EventBuffer, Piece};
use crate::flow::Flow;
use crate::json::{Json, key};

/// Appends the event of a record.
#[inline(never)]
pub fn write_ecs(details: &Details<'_>, output: &mut EventBuffer) {
    let mut json = Json::new(output, details.is_plain);
    json.raw("{");
    let flow = Flow::of(&details.verdict, details.event_name);
    if let Some(time) = details.time {
        json.quoted(key!(r#""@timestamp":""#), time.text);
    }
    event(details, flow, &mut json);
    user(details, flow, &mut json);
    let endpoint = details.source.map(Endpoint::new);
    source(endpoint, &mut json);
    json.text_between(r#""user_agent":{"original":""#, details.user_agent, "\"},");
    cloud(details, &mut json);
    if details.error_code.or(details.error_message).is_some() {
        error(details, &mut json);
    }
    let role = details.role.filter(|_| details.enters_role);
    related(endpoint, [details.user, details.identity, role], &mut json);
    rule(details.rules, &mut json);
    labels(details, &mut json);
    json.finish();
}

fn event(details: &Details<'_>, flow: Flow, json: &mut Json<'_>) {
    json.raw(HEAD);
    json.piece::<80>(match flow {
        Flow::Start | Flow::Enter => {
            const { &Piece::new(r#""kind":"event","category":["authentication"],"type":["start"],"#) }
        }
        Flow::End | Flow::Leave => {
            const { &Piece::new(r#""kind":"event","category":["authentication"],"type":["end"],"#) }
        }
        Flow::Step | Flow::Info => {
            const { &Piece::new(r#""kind":"event","category":["authentication"],"type":["info"],"#) }
        }
        Flow::Change => const { &Piece::new(r#""kind":"event","category":["iam"],"type":["user","change"],"#) },
        Flow::Request => const { &Piece::new(r#""kind":"event","category":["iam"],"type":["user","info"],"#) },
        Flow::Other if details.has_record() => {
            const { &Piece::new(r#""kind":"event","category":["api"],"type":["info"],"#) }
        }
        Flow::Other => const { &Piece::new(r#""kind":"event","type":["info"],"#) },
    });
    json.text(key!(r#""action":""#), details.event_name);
    outcome(details.verdict.outcome, details.verdict.reason, json);
    json.text(key!(r#""provider":""#), details.event_source);
    json.text(key!(r#""id":""#), details.event_id);
    json.end();
}

fn user(details: &Details<'_>, flow: Flow, json: &mut Json<'_>) {
    let user = json.open(r#""user":{"#);
    id_and_name(details, json);
    if matches!(flow, Flow::Change | Flow::Request) {
        // These events are about the user who makes them.
        let target = json.open(r#""target":{"#);
        id_and_name(details, json);
        json.close(target);
    }
    if let Some(role) = details.role {
        if details.enters_role {
            json.string_between(r#""effective":{"name":""#, Some(role), "\"},");
        } else {
            json.string_between(r#""roles":[""#, Some(role), "\"],");
        }
    }
    json.close(user);
}

fn id_and_name(details: &Details<'_>, json: &mut Json<'_>) {
    json.string(key!(r#""id":""#), details.identity);
    json.string(key!(r#""name":""#), details.user);
}

// What few events have is not inlined: an interpreter counts it for all.
#[inline(never)]
fn error(details: &Details<'_>, json: &mut Json<'_>) {
    let error = json.open(r#""error":{"#);
    json.text(key!(r#""code":""#), details.error_code);
    json.text(key!(r#""message":""#), details.error_message);
    json.close(error);
}

fn cloud(details: &Details<'_>, json: &mut Json<'_>) {
    if !details.has_record() {
        return;
    }
    json.raw(r#""cloud":{"provider":"aws","#);
    account(details.account, json);
    json.text(key!(r#""region":""#), details.region);
    json.string_between(r#""target":{"account":{"id":""#, details.role_account, "\"}},");
    json.end();
}

fn labels(details: &Details<'_>, json: &mut Json<'_>) {
    let verdict = &details.verdict;
    json.raw(r#""labels":{"#);
    json.name(key!(r#""kind":""#), verdict.kind.name());
    json.name(key!(r#""outcome":""#), verdict.outcome.name());
    json.name(key!(r#""principal":""#), verdict.principal.name());
    json.name(key!(r#""mfa":""#), verdict.mfa.name());
    json.name(key!(r#""user_exists":""#), verdict.user_exists.name());
    json.string(key!(r#""factor":""#), details.factor);
    if let Some(through) = details.through {
        json.name(key!(r#""through":""#), through);
    }
    silenced(details.rules, json);
    json.end();
}
