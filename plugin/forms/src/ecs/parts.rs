//! Parts that several events of ECS have.

use sekisho_signin::{Outcome, Reason};

use crate::details::MatchedIds;
use crate::endpoint::{Endpoint, EndpointKind};
use crate::event_buffer::Piece;
use crate::json::{Json, key};
use crate::technique::Technique;

/// Begins an event after its time, up to the members of `event`.
pub(crate) const HEAD: &str = r#""ecs":{"version":"9.0.0"},"event":{"#;

/// How an event ended, and why.
pub(crate) fn outcome(outcome: Outcome, reason: Option<Reason>, json: &mut Json<'_>) {
    json.piece::<32>(match outcome {
        Outcome::Success => const { &Piece::new(r#""outcome":"success","#) },
        Outcome::Failure | Outcome::Denied => const { &Piece::new(r#""outcome":"failure","#) },
        _ => const { &Piece::new(r#""outcome":"unknown","#) },
    });
    if let Some(reason) = reason {
        json.name(key!(r#""reason":""#), reason.name());
    }
}

/// The source of an event.
pub(crate) fn source(endpoint: Option<Endpoint<'_>>, json: &mut Json<'_>) {
    let Some(Endpoint { text, kind }) = endpoint else { return };
    json.raw(r#""source":{"#);
    json.string(key!(r#""address":""#), Some(text));
    match kind {
        EndpointKind::Address => json.string(key!(r#""ip":""#), Some(text)),
        EndpointKind::Host => json.string(key!(r#""domain":""#), Some(text)),
        EndpointKind::Other => {}
    }
    json.end();
}

/// An account, in `cloud`.
pub(crate) fn account(id: Option<&[u8]>, json: &mut Json<'_>) {
    json.string_between(r#""account":{"id":""#, id, "\"},");
}

/// All addresses, hosts and users of an event, each once.
pub(crate) fn related(
    endpoint: Option<Endpoint<'_>>,
    users: [Option<&[u8]>; 3],
    json: &mut Json<'_>,
) {
    let related = json.open(r#""related":{"#);
    if let Some(Endpoint { text, kind }) = endpoint
        && kind != EndpointKind::Other
    {
        json.piece::<16>(match kind == EndpointKind::Address {
            true => const { &Piece::new(r#""ip":[""#) },
            false => const { &Piece::new(r#""hosts":[""#) },
        });
        json.string_between("", Some(text), "\"],");
    }
    let array = json.open(r#""user":["#);
    for (index, user) in users.iter().enumerate() {
        if !users[..index].contains(user) {
            json.string(key!("\""), *user);
        }
    }
    json.close_array(array);
    json.close(related);
}

/// The rules that match, and the techniques that they name. One id is a string, several are an array.
pub(crate) fn rule(rules: Option<MatchedIds<'_>>, json: &mut Json<'_>) {
    let Some(rules) = rules.filter(|rules| rules.count > 0) else { return };
    json.raw(r#""rule":{"#);
    ids(rules.ids, rules.count, json);
    json.end();
    threat(rules.techniques, json);
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
            json.name(key!("\""), technique.id());
        }
    }
    json.close_array(ids);
    let sub = json.open(r#""subtechnique":{"#);
    let ids = json.open(r#""id":["#);
    for id in techniques.iter().filter_map(Technique::subtechnique) {
        json.name(key!("\""), id);
    }
    json.close_array(ids);
    json.close(sub);
    json.close(technique);
    json.close(threat);
}

/// One id is a string, several are an array.
pub(crate) fn ids(ids: &[u8], count: usize, json: &mut Json<'_>) {
    match count {
        0 => {}
        1 => json.member(r#""id":"#, ids),
        _ => json.array(r#""id":["#, ids),
    }
}

/// The rules for which an event is silenced.
pub(crate) fn silenced(rules: Option<MatchedIds<'_>>, json: &mut Json<'_>) {
    if let Some(rules) = rules {
        json.array(r#""silenced":["#, rules.silenced);
    }
}

/// Who and from where.
pub(crate) fn person(
    identity: Option<&[u8]>,
    name: Option<&[u8]>,
    account_id: Option<&[u8]>,
    from: Option<&[u8]>,
    json: &mut Json<'_>,
) {
    let user = json.open(r#""user":{"#);
    json.string(key!(r#""id":""#), identity);
    json.string(key!(r#""name":""#), name);
    json.close(user);
    let endpoint = from.map(Endpoint::new);
    source(endpoint, json);
    json.raw(r#""cloud":{"provider":"aws","#);
    account(account_id, json);
    json.end();
    related(endpoint, [name, identity, None], json);
}
