//! The `kind` table: which step of which sign-in flow was recorded.

use sekisho_scan::{Text, ValueKind};

use super::decision::{Decided, because, is_present, is_text, look_up};
use crate::field_source::FieldSource;
use crate::fields::Field;
use crate::verdict::Kind;

const SIGNIN: &str = "signin.amazonaws.com";
const SSO: &str = "sso.amazonaws.com";

/// Whether a record with this `eventSource` can be a sign-in at all.
#[inline]
#[must_use]
pub fn may_be_signin(event_source: Text<'_>) -> bool {
    event_source == SIGNIN || event_source == SSO
}

/// Whether an event of sso.amazonaws.com is a sign-in event.
#[inline(never)]
fn is_portal_event(name: Text<'_>) -> bool {
    ["Authenticate", "Federate", "Logout", "CreateToken", "GetRoleCredentials"]
        .iter()
        .any(|known| name == *known)
}

/// Whether [`kind`] returns a kind. Unlike that, it does not read parts that may be JSON text.
pub(super) fn is_signin(fields: FieldSource<'_, '_>) -> bool {
    let Some(source) = fields.text(Field::EventSource) else { return false };
    source == SIGNIN || source == SSO && is_portal_signin(fields)
}

pub(super) fn kind<D: Decided<Kind>>(fields: FieldSource<'_, '_>) -> Option<D> {
    let source = fields.text(Field::EventSource)?;
    if source == SIGNIN {
        return Some(signin_kind(fields));
    }
    (source == SSO && is_portal_signin(fields)).then(|| portal_kind(fields))
}

/// The kind of an event of signin.amazonaws.com.
fn signin_kind<D: Decided<Kind>>(fields: FieldSource<'_, '_>) -> D {
    const FIELDS: &[Field] = &[Field::EventSource, Field::EventName];
    let name = fields.text(Field::EventName);
    match name.and_then(|name| look_up(name, KINDS)) {
        Some(Kind::OauthToken) => oauth_token(fields),
        Some(kind) => because(kind, "the event name, of signin.amazonaws.com", FIELDS),
        None => because(Kind::OtherSignin, "any other event name of signin.amazonaws.com", FIELDS),
    }
}

const KINDS: &[(&str, Kind)] = &[
    ("ConsoleLogin", Kind::ConsoleLogin),
    ("CheckMfa", Kind::MfaCheck),
    ("SwitchRole", Kind::RoleSwitch),
    ("ExitRole", Kind::RoleExit),
    ("RenewRole", Kind::RoleRenew),
    ("GetSigninToken", Kind::SigninToken),
    ("PasswordRecoveryRequested", Kind::PasswordRecovery),
    ("PasswordRecoveryCompleted", Kind::PasswordRecovery),
    ("PasswordUpdated", Kind::AccountChange),
    ("EmailUpdated", Kind::AccountChange),
    ("AccountNameUpdated", Kind::AccountChange),
    ("ExternalIdPDirectoryLogin", Kind::ExternalIdpLogin),
    ("CredentialChallenge", Kind::IdcChallenge),
    ("CredentialVerification", Kind::IdcVerification),
    ("UserAuthentication", Kind::IdcAuthentication),
    ("AuthorizeOAuth2Access", Kind::OauthAuthorization),
    ("CreateOAuth2Token", Kind::OauthToken),
];

/// The kind of a CreateOAuth2Token.
fn oauth_token<D: Decided<Kind>>(fields: FieldSource<'_, '_>) -> D {
    const FIELDS: &[Field] =
        &[Field::EventSource, Field::EventName, Field::GrantType, Field::RequestGrantType];
    let is_refresh = [Field::GrantType, Field::RequestGrantType]
        .iter()
        .any(|field| is_text(fields, *field, "refresh_token"));
    if is_refresh {
        because(Kind::OauthRefresh, "CreateOAuth2Token with grant_type refresh_token", FIELDS)
    } else {
        because(Kind::OauthToken, "any other CreateOAuth2Token", FIELDS)
    }
}

/// The kind of a sign-in event of sso.amazonaws.com.
fn portal_kind<D: Decided<Kind>>(fields: FieldSource<'_, '_>) -> D {
    const FIELDS: &[Field] = &[Field::EventSource, Field::EventName];
    const TOKEN_FIELDS: &[Field] = &[Field::EventSource, Field::EventName, Field::PortalGrantType];
    if is_text(fields, Field::EventName, "CreateToken") {
        return if is_text(fields, Field::PortalGrantType, "refresh_token") {
            because(Kind::PortalRefresh, "CreateToken with grantType refresh_token", TOKEN_FIELDS)
        } else {
            because(Kind::PortalToken, "any other CreateToken of sso.amazonaws.com", TOKEN_FIELDS)
        };
    }
    if is_text(fields, Field::EventName, "GetRoleCredentials") {
        let line = "GetRoleCredentials of sso.amazonaws.com";
        return because(Kind::RoleCredentials, line, FIELDS);
    }
    let line = "Authenticate, Federate or Logout of sso.amazonaws.com";
    because(Kind::PortalSession, line, FIELDS)
}

/// Whether a record of sso.amazonaws.com is a sign-in.
fn is_portal_signin(fields: FieldSource<'_, '_>) -> bool {
    fields
        .text(Field::EventName)
        .is_some_and(|name| is_portal_event(name) && !(name == "CreateToken" && is_waiting(fields)))
}

/// Whether a CreateToken only found out that the person has not signed in yet. A program asks every
/// few seconds.
fn is_waiting(fields: FieldSource<'_, '_>) -> bool {
    let response = fields.get(Field::ResponseElements);
    let has_error = is_present(fields, Field::ErrorCode) || is_present(fields, Field::ErrorMessage);
    let code_says =
        |part: &str| fields.text(Field::ErrorCode).is_some_and(|code| code.contains(part));
    code_says("AuthorizationPending")
        || code_says("SlowDown")
        || !has_error && response.is_none_or(|value| value.kind == ValueKind::Null)
}
