//! What only an authentication has.

use sekisho_signin::{Kind, Principal, Verdict};

use super::parts::is_mfa;
use crate::attribute::Attribute;
use crate::factor::{factor, factors};
use crate::json::Json;
use crate::output::Output;
use crate::texts::NO_TEXTS;

/// Appends the service, the protocol and the factors.
pub(crate) fn authentication(verdict: &Verdict, json: &mut Json<'_>) {
    // A sign-in is known by its source, so there is one.
    json.text_between(service(verdict), Attribute::EventSource, "\"},");
    json.raw(protocol(verdict));
    json.text_between(r#""auth_factors":["#, Attribute::AuthFactors, "],");
    is_mfa(verdict.mfa, json);
}

/// What was signed in to.
fn service(verdict: &Verdict) -> &'static str {
    match (verdict.principal, verdict.kind) {
        (Principal::DirectoryUser, _) => r#""service":{"name":"Amazon WorkSpaces","uid":""#,
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
        ) => r#""service":{"name":"AWS IAM Identity Center","uid":""#,
        (_, Kind::OauthAuthorization | Kind::OauthToken | Kind::OauthRefresh) => {
            r#""service":{"name":"AWS CLI","uid":""#
        }
        (_, Kind::OtherSignin) => r#""service":{"name":"AWS Sign-In","uid":""#,
        _ => r#""service":{"name":"AWS Management Console","uid":""#,
    }
}

fn protocol(verdict: &Verdict) -> &'static str {
    match (verdict.kind, verdict.principal) {
        (
            Kind::OauthAuthorization
            | Kind::OauthToken
            | Kind::OauthRefresh
            | Kind::PortalToken
            | Kind::PortalRefresh,
            _,
        ) => r#""auth_protocol_id":6,"auth_protocol":"OAUTH 2.0","#,
        (_, Principal::SamlRole) => r#""auth_protocol_id":5,"auth_protocol":"SAML","#,
        (_, Principal::WebIdentity) => r#""auth_protocol_id":4,"auth_protocol":"OpenID","#,
        _ => "",
    }
}

/// The factors in a text, as the elements of `auth_factors`. They are written to `output` unless it is one
/// that OCSF has a number for, as most are.
pub(crate) fn auth_factors<'o>(text: &[u8], output: &'o mut Output) -> &'o [u8] {
    match factor(text) {
        Some(element) => element.as_bytes(),
        None if text.is_empty() => b"",
        None => write_factors(text, output),
    }
}

#[inline(never)]
fn write_factors<'o>(text: &[u8], output: &'o mut Output) -> &'o [u8] {
    let json = &mut Json::new(output, &NO_TEXTS);
    for text in factors(text) {
        match factor(text) {
            Some(element) => json.member("", element.as_bytes()),
            None => {
                json.string_between(r#"{"factor_type_id":99,"factor_type":""#, text, "\"},");
            }
        }
    }
    output.list()
}
