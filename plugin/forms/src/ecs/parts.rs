//! Parts that several events of ECS have.

use sekisho_signin::{Outcome, Reason};

use crate::attribute::Attribute;
use crate::endpoint::EndpointKind;
use crate::facts::{Names, Number};
use crate::json::Json;
use crate::technique::Technique;
use crate::texts::Texts;

/// Begins an event after its time, up to the members of `event`.
pub(crate) const HEAD: &str = r#""ecs":{"version":"9.0.0"},"event":{"#;

/// How an event ended, and why.
pub(crate) fn outcome(outcome: Outcome, reason: Option<Reason>, json: &mut Json<'_>) {
    json.raw(match outcome {
        Outcome::Success => r#""outcome":"success","#,
        Outcome::Failure | Outcome::Denied => r#""outcome":"failure","#,
        _ => r#""outcome":"unknown","#,
    });
    if let Some(reason) = reason {
        json.name(r#""reason":""#, reason.name());
    }
}

/// The source of an event.
pub(crate) fn source(kind: Option<EndpointKind>, json: &mut Json<'_>) {
    let Some(kind) = kind else { return };
    json.raw(r#""source":{"#);
    json.text(r#""address":""#, Attribute::Source);
    match kind {
        EndpointKind::Address => json.text(r#""ip":""#, Attribute::Source),
        EndpointKind::Host => json.text(r#""domain":""#, Attribute::Source),
        EndpointKind::Other => {}
    }
    json.end();
}

/// The account, in `cloud`.
pub(crate) fn account(json: &mut Json<'_>) {
    json.text_between(r#""account":{"id":""#, Attribute::Account, "\"},");
}

/// All addresses, hosts and users of an event, each once.
pub(crate) fn related(kind: Option<EndpointKind>, names: Names, json: &mut Json<'_>) {
    let related = json.open(r#""related":{"#);
    match kind {
        Some(EndpointKind::Address) => {
            json.text_between(r#""ip":[""#, Attribute::Source, "\"],");
        }
        Some(EndpointKind::Host) => {
            json.text_between(r#""hosts":[""#, Attribute::Source, "\"],");
        }
        Some(EndpointKind::Other) | None => {}
    }
    let array = json.open(r#""user":["#);
    json.text("\"", Attribute::User);
    if names.identity {
        json.text("\"", Attribute::Identity);
    }
    if names.role {
        json.text("\"", Attribute::Role);
    }
    json.close_array(array);
    json.close(related);
}

/// The rules that match. One id is a string, several are an array.
pub(crate) fn rule(rules: Option<Number>, json: &mut Json<'_>) {
    match rules {
        None | Some(Number::None) => {}
        Some(Number::One) => json.text_between(r#""rule":{"id":"#, Attribute::Rules, "},"),
        Some(Number::Several) => json.text_between(r#""rule":{"id":["#, Attribute::Rules, "]},"),
    }
}

/// The techniques that rules name.
pub(crate) fn threat(techniques: &[Technique], json: &mut Json<'_>) {
    if techniques.is_empty() {
        return;
    }
    let threat = json.open(r#""threat":{"framework":"MITRE ATT&CK","#);
    let technique = json.open(r#""technique":{"#);
    let ids = json.open(r#""id":["#);
    for (index, technique) in techniques.iter().enumerate() {
        // Two sub-techniques may be of one technique.
        if !techniques[..index].iter().any(|earlier| earlier.id() == technique.id()) {
            json.name("\"", technique.id());
        }
    }
    json.close_array(ids);
    let sub = json.open(r#""subtechnique":{"#);
    let ids = json.open(r#""id":["#);
    for id in techniques.iter().filter_map(Technique::subtechnique) {
        json.name("\"", id);
    }
    json.close_array(ids);
    json.close(sub);
    json.close(technique);
    json.close(threat);
}

/// The rules for which an event is silenced.
pub(crate) fn silenced(json: &mut Json<'_>) {
    json.text_between(r#""silenced":["#, Attribute::Silenced, "],");
}

/// Who and from where.
pub(crate) fn person(texts: &Texts<'_>, json: &mut Json<'_>) {
    let user = json.open(r#""user":{"#);
    json.text(r#""id":""#, Attribute::Identity);
    json.text(r#""name":""#, Attribute::User);
    json.close(user);
    let kind = EndpointKind::of_source(texts);
    source(kind, json);
    json.raw(r#""cloud":{"provider":"aws","#);
    account(json);
    json.end();
    related(kind, Names::of(texts, false), json);
}
