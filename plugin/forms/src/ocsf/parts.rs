//! Parts that several events of OCSF have.

use sekisho_scan::Text;
use sekisho_signin::{Mfa, Outcome, Principal, Reason};

use crate::details::MatchedIds;
use crate::endpoint::{Endpoint, EndpointKind};
use crate::event_buffer::Piece;
use crate::json::{Json, key};
use crate::technique::Technique;

/// The severity of what is no finding, and the key of its time.
pub(crate) const SEVERITY_AND_TIME: &str = r#""severity_id":1,"severity":"Informational","time":"#;

/// The metadata of what sekisho makes of several records, without its end.
pub(crate) const OWN_METADATA: &str =
    r#""metadata":{"version":"1.8.0","product":{"name":"sekisho"},"#;

/// The profiles of an event, which has attacks only if it says that it is of a security control.
pub(crate) fn profiles(techniques: &[Technique], json: &mut Json<'_>) {
    json.piece::<48>(match techniques {
        [] => const { &Piece::new(r#""profiles":["cloud"],"#) },
        _ => const { &Piece::new(r#""profiles":["cloud","security_control"],"#) },
    });
}

/// The techniques that rules name.
#[inline(never)]
pub(crate) fn attacks(techniques: &[Technique], json: &mut Json<'_>) {
    let attacks = json.open(r#""attacks":["#);
    for technique in techniques {
        let attack = json.open("{");
        let main = json.open(r#""technique":{"#);
        json.name(key!(r#""uid":""#), technique.id());
        json.close(main);
        let sub = json.open(r#""sub_technique":{"#);
        technique.subtechnique().into_iter().for_each(|id| json.name(key!(r#""uid":""#), id));
        json.close(sub);
        json.close(attack);
    }
    json.close_array(attacks);
}

/// The techniques of rules that match.
pub(crate) fn techniques<'a>(rules: Option<MatchedIds<'a>>) -> &'a [Technique] {
    rules.map_or(&[], |rules| rules.techniques)
}

/// The start of a user of whom nothing is known. A required attribute that cannot be filled has OCSF's
/// default, `Unknown`.
pub(crate) const UNKNOWN_USER: &str = r#""user":{"name":"Unknown","#;

/// The operation of an API Activity, likewise.
pub(crate) const UNKNOWN_OPERATION: &str = r#""operation":"Unknown","#;

/// The source of an API Activity, likewise.
pub(crate) const UNKNOWN_ENDPOINT: &str = r#""src_endpoint":{"svc_name":"Unknown"},"#;

/// How an event ended, and why.
pub(crate) fn status(
    outcome: Outcome,
    reason: Option<Reason>,
    code: Option<Text<'_>>,
    json: &mut Json<'_>,
) {
    json.piece::<48>(match outcome {
        Outcome::Success => const { &Piece::new(r#""status_id":1,"status":"Success","#) },
        Outcome::Failure | Outcome::Denied => {
            const { &Piece::new(r#""status_id":2,"status":"Failure","#) }
        }
        Outcome::Unknown => const { &Piece::new(r#""status_id":0,"status":"Unknown","#) },
        Outcome::Challenged => const { &Piece::new(r#""status_id":99,"status":"challenged","#) },
        _ => const { &Piece::new(r#""status_id":99,"status":"Other","#) },
    });
    json.text(key!(r#""status_code":""#), code);
    if let Some(reason) = reason {
        json.name(key!(r#""status_detail":""#), reason.name());
    }
}

/// The cloud of an event.
pub(crate) fn cloud(account_id: Option<&[u8]>, region: Option<Text<'_>>, json: &mut Json<'_>) {
    json.raw(r#""cloud":{"provider":"AWS","#);
    account(account_id, json);
    json.text(key!(r#""region":""#), region);
    json.end();
}

/// An account, if it is known.
pub(crate) fn account(id: Option<&[u8]>, json: &mut Json<'_>) {
    json.string_between(r#""account":{"uid":""#, id, r#"","type_id":10,"type":"AWS Account"},"#);
}

/// The type of a user. `source_type` is what CloudTrail calls it.
pub(crate) fn user_type(principal: Principal, source_type: Option<Text<'_>>, json: &mut Json<'_>) {
    json.piece::<32>(match principal {
        Principal::Root => const { &Piece::new(r#""type_id":2,"type":"Admin","#) },
        Principal::IamUser
        | Principal::IdentityCenterUser
        | Principal::DirectoryUser
        | Principal::FederatedUser
        | Principal::WebIdentity => const { &Piece::new(r#""type_id":1,"type":"User","#) },
        Principal::SsoRole
        | Principal::SamlRole
        | Principal::AssumedRole
        | Principal::AwsAccount => {
            json.raw(r#""type_id":99,"#);
            match source_type {
                Some(_) => json.text(key!(r#""type":""#), source_type),
                None => json.name(key!(r#""type":""#), principal.name()),
            }
            return;
        }
        _ => const { &Piece::new(r#""type_id":0,"type":"Unknown","#) },
    });
}

/// The source of an event.
pub(crate) fn endpoint(endpoint: Option<Endpoint<'_>>, json: &mut Json<'_>) {
    let Some(Endpoint { text, kind }) = endpoint else { return };
    json.piece::<32>(match kind {
        EndpointKind::Address => const { &Piece::new(r#""src_endpoint":{"ip":""#) },
        EndpointKind::Host => const { &Piece::new(r#""src_endpoint":{"hostname":""#) },
        EndpointKind::Other => const { &Piece::new(r#""src_endpoint":{"svc_name":""#) },
    });
    json.string_between("", Some(text), "\"},");
}

/// Whether there was a second factor, if that is known. AWS is always remote.
pub(crate) fn is_mfa(mfa: Mfa, json: &mut Json<'_>) {
    json.piece::<48>(match mfa {
        Mfa::Used => const { &Piece::new(r#""is_mfa":true,"is_remote":true,"#) },
        Mfa::NotUsed => const { &Piece::new(r#""is_mfa":false,"is_remote":true,"#) },
        _ => const { &Piece::new(r#""is_remote":true,"#) },
    });
}

/// What is before the values of `observables`.
pub(crate) struct ObservableNames {
    user: &'static str,
    identity: &'static str,
    address: &'static str,
    host: &'static str,
}

/// Those of the actor.
pub(crate) const ACTOR: ObservableNames = ObservableNames {
    user: r#"{"name":"actor.user.name","type_id":4,"type":"User Name","value":""#,
    identity: r#"{"name":"actor.user.uid","type_id":31,"type":"User Object: uid","value":""#,
    address: r#"{"name":"src_endpoint.ip","type_id":2,"type":"IP Address","value":""#,
    host: r#"{"name":"src_endpoint.hostname","type_id":1,"type":"Hostname","value":""#,
};

/// Those of the first evidence.
pub(crate) const EVIDENCE: ObservableNames = ObservableNames {
    user: r#"{"name":"evidences[0].user.name","type_id":4,"type":"User Name","value":""#,
    identity: r#"{"name":"evidences[0].user.uid","type_id":31,"type":"User Object: uid","value":""#,
    address: r#"{"name":"evidences[0].src_endpoint.ip","type_id":2,"type":"IP Address","value":""#,
    host: r#"{"name":"evidences[0].src_endpoint.hostname","type_id":1,"type":"Hostname","value":""#,
};

/// What can be searched for.
// Inlined, so that the names are known where they are written.
#[inline(always)]
pub(crate) fn observables(
    names: &ObservableNames,
    user: Option<&[u8]>,
    identity: Option<&[u8]>,
    endpoint: Option<Endpoint<'_>>,
    json: &mut Json<'_>,
) {
    let array = json.open(r#""observables":["#);
    json.string_between(names.user, user, "\"},");
    json.string_between(names.identity, identity, "\"},");
    match endpoint {
        Some(Endpoint { text, kind: EndpointKind::Address }) => {
            json.string_between(names.address, Some(text), "\"},");
        }
        Some(Endpoint { text, kind: EndpointKind::Host }) => {
            json.string_between(names.host, Some(text), "\"},");
        }
        _ => {}
    }
    json.close_array(array);
}
