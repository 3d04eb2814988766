//! Parts that several events of OCSF have.

use sekisho_signin::{Mfa, Outcome, Principal, Reason};

use crate::attribute::Attribute;
use crate::endpoint::EndpointKind;
use crate::json::Json;
use crate::technique::Technique;

/// The severity of what is no finding, and the key of its time.
pub(crate) const SEVERITY_AND_TIME: &str = r#""severity_id":1,"severity":"Informational","time":"#;

/// The metadata of what sekisho makes of several records, without its end.
pub(crate) const OWN_METADATA: &str =
    r#""metadata":{"version":"1.8.0","product":{"name":"sekisho"},"#;

/// The profiles of an event, which has attacks only if it says that it is of a security control.
pub(crate) fn profiles(has_techniques: bool, json: &mut Json<'_>) {
    json.raw(match has_techniques {
        false => r#""profiles":["cloud"],"#,
        true => r#""profiles":["cloud","security_control"],"#,
    });
}

/// The techniques that rules name.
#[inline(never)]
pub(crate) fn attacks(techniques: &[Technique], json: &mut Json<'_>) {
    let attacks = json.open(r#""attacks":["#);
    for technique in techniques {
        let attack = json.open("{");
        let main = json.open(r#""technique":{"#);
        json.name(r#""uid":""#, technique.id());
        json.close(main);
        let sub = json.open(r#""sub_technique":{"#);
        technique.subtechnique().into_iter().for_each(|id| json.name(r#""uid":""#, id));
        json.close(sub);
        json.close(attack);
    }
    json.close_array(attacks);
}

/// The start of a user of whom nothing is known. A required attribute that cannot be filled has OCSF's
/// default, `Unknown`.
pub(crate) const UNKNOWN_USER: &str = r#""user":{"name":"Unknown","#;

/// The operation of an API Activity, likewise.
pub(crate) const UNKNOWN_OPERATION: &str = r#""operation":"Unknown","#;

/// The source of an API Activity, likewise.
pub(crate) const UNKNOWN_ENDPOINT: &str = r#""src_endpoint":{"svc_name":"Unknown"},"#;

/// How an event ended, and why.
pub(crate) fn status(outcome: Outcome, reason: Option<Reason>, json: &mut Json<'_>) {
    json.raw(match outcome {
        Outcome::Success => r#""status_id":1,"status":"Success","#,
        Outcome::Failure | Outcome::Denied => r#""status_id":2,"status":"Failure","#,
        Outcome::Unknown => r#""status_id":0,"status":"Unknown","#,
        Outcome::Challenged => r#""status_id":99,"status":"challenged","#,
        _ => r#""status_id":99,"status":"Other","#,
    });
    json.text(r#""status_code":""#, Attribute::ErrorCode);
    if let Some(reason) = reason {
        json.name(r#""status_detail":""#, reason.name());
    }
}

/// The cloud of an event.
pub(crate) fn cloud(json: &mut Json<'_>) {
    json.raw(r#""cloud":{"provider":"AWS","#);
    account(Attribute::Account, json);
    json.text(r#""region":""#, Attribute::Region);
    json.end();
}

/// An account, if it is known.
pub(crate) fn account(id: Attribute, json: &mut Json<'_>) {
    json.text_between(r#""account":{"uid":""#, id, r#"","type_id":10,"type":"AWS Account"},"#);
}

/// The type of a user.
pub(crate) fn user_type(principal: Principal, json: &mut Json<'_>) {
    json.raw(match principal {
        Principal::Root => r#""type_id":2,"type":"Admin","#,
        Principal::IamUser
        | Principal::IdentityCenterUser
        | Principal::DirectoryUser
        | Principal::FederatedUser
        | Principal::WebIdentity => r#""type_id":1,"type":"User","#,
        Principal::SsoRole
        | Principal::SamlRole
        | Principal::AssumedRole
        | Principal::AwsAccount => {
            json.raw(r#""type_id":99,"#);
            // What CloudTrail calls it.
            match json.has(Attribute::IdentityType) {
                true => json.text(r#""type":""#, Attribute::IdentityType),
                false => json.name(r#""type":""#, principal.name()),
            }
            return;
        }
        _ => r#""type_id":0,"type":"Unknown","#,
    });
}

/// The source of an event.
pub(crate) fn endpoint(kind: Option<EndpointKind>, json: &mut Json<'_>) {
    let before = match kind {
        Some(EndpointKind::Address) => r#""src_endpoint":{"ip":""#,
        Some(EndpointKind::Host) => r#""src_endpoint":{"hostname":""#,
        Some(EndpointKind::Other) => r#""src_endpoint":{"svc_name":""#,
        None => return,
    };
    json.text_between(before, Attribute::Source, "\"},");
}

/// Whether there was a second factor, if that is known. AWS is always remote.
pub(crate) fn is_mfa(mfa: Mfa, json: &mut Json<'_>) {
    json.raw(match mfa {
        Mfa::Used => r#""is_mfa":true,"is_remote":true,"#,
        Mfa::NotUsed => r#""is_mfa":false,"is_remote":true,"#,
        _ => r#""is_remote":true,"#,
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
pub(crate) fn observables(
    names: &ObservableNames,
    kind: Option<EndpointKind>,
    json: &mut Json<'_>,
) {
    let array = json.open(r#""observables":["#);
    json.text_between(names.user, Attribute::User, "\"},");
    json.text_between(names.identity, Attribute::Identity, "\"},");
    match kind {
        Some(EndpointKind::Address) => {
            json.text_between(names.address, Attribute::Source, "\"},");
        }
        Some(EndpointKind::Host) => json.text_between(names.host, Attribute::Source, "\"},"),
        Some(EndpointKind::Other) | None => {}
    }
    json.close_array(array);
}
