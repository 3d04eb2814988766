//! What only an authentication has.

use sekisho_signin::{Kind, Principal, Verdict};

use super::parts::is_mfa;
use crate::details::Details;
use crate::event_buffer::Piece;
use crate::factor::factors;
use crate::json::Json;

/// Appends the service, the protocol and the factors.
pub(crate) fn authentication(details: &Details<'_>, json: &mut Json<'_>) {
    let verdict = &details.verdict;
    // A sign-in is known by its source, so there is one.
    if let Some(source) = details.event_source.filter(|source| !source.is_empty()) {
        json.piece(service(verdict));
        json.text_between("", Some(source), "\"},");
    }
    if let Some(protocol) = protocol(verdict) {
        json.piece(protocol);
    }
    auth_factors(details.factor, json);
    is_mfa(verdict.mfa, json);
}

/// What was signed in to.
fn service(verdict: &Verdict) -> &'static Piece<64> {
    match (verdict.principal, verdict.kind) {
        (Principal::DirectoryUser, _) => {
            const { &Piece::new(r#""service":{"name":"Amazon WorkSpaces","uid":""#) }
        }
        (
            _,
            Kind::IdcChallenge
            | Kind::IdcVerification
            | Kind::IdcAuthentication
            | Kind::ExternalIdpLogin
            | Kind::PortalSession
            | Kind::PortalToken
            | Kind::PortalRefresh
            | Kind::RoleCredentials,
        ) => const { &Piece::new(r#""service":{"name":"AWS IAM Identity Center","uid":""#) },
        (_, Kind::OauthAuthorization | Kind::OauthToken | Kind::OauthRefresh) => {
            const { &Piece::new(r#""service":{"name":"AWS CLI","uid":""#) }
        }
        (_, Kind::OtherSignin) => {
            const { &Piece::new(r#""service":{"name":"AWS Sign-In","uid":""#) }
        }
        _ => const { &Piece::new(r#""service":{"name":"AWS Management Console","uid":""#) },
    }
}

fn protocol(verdict: &Verdict) -> Option<&'static Piece<64>> {
    match (verdict.kind, verdict.principal) {
        (
            Kind::OauthAuthorization
            | Kind::OauthToken
            | Kind::OauthRefresh
            | Kind::PortalToken
            | Kind::PortalRefresh,
            _,
        ) => Some(const { &Piece::new(r#""auth_protocol_id":6,"auth_protocol":"OAUTH 2.0","#) }),
        (_, Principal::SamlRole) => {
            Some(const { &Piece::new(r#""auth_protocol_id":5,"auth_protocol":"SAML","#) })
        }
        (_, Principal::WebIdentity) => {
            Some(const { &Piece::new(r#""auth_protocol_id":4,"auth_protocol":"OpenID","#) })
        }
        _ => None,
    }
}

fn auth_factors(factor: Option<&[u8]>, json: &mut Json<'_>) {
    let Some(factor) = factor else { return };
    let array = json.open(r#""auth_factors":["#);
    for factor in factors(factor) {
        match factor {
            Ok(element) => json.one_of_several(element),
            Err(text) => {
                let before = r#"{"factor_type_id":99,"factor_type":""#;
                json.string_between(before, Some(text), "\"},");
            }
        }
    }
    json.close_array(array);
}
