//! The `kind` table: which step of which sign-in flow was recorded.

use sekisho_scan::Text;

use super::decision::{Decision, because};
use crate::fields::{Field, Fields};
use crate::verdict::Kind;

const SIGNIN: &str = "signin.amazonaws.com";
const SSO: &str = "sso.amazonaws.com";

/// Whether a record with this `eventSource` can be a sign-in at all.
#[inline]
#[must_use]
pub fn may_be_signin(event_source: Text<'_>) -> bool {
    event_source == SIGNIN || event_source == SSO
}

/// Whether [`kind`] returns a kind.
pub(super) fn is_signin(fields: &Fields<'_>) -> bool {
    let is_signin_service = fields.text(Field::EventSource).is_some_and(|source| source == SIGNIN);
    is_signin_service || kind(fields).is_some()
}

pub(super) fn kind(fields: &Fields<'_>) -> Option<Decision<Kind>> {
    const NAMED: &[(&str, Kind)] = &[
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
    ];
    const FIELDS: &[Field] = &[Field::EventSource, Field::EventName];
    let source = fields.text(Field::EventSource)?;
    let name = fields.text(Field::EventName);
    if source == SIGNIN {
        let named = NAMED.iter().find(|(known, _)| name.is_some_and(|name| name == *known));
        return Some(match named {
            Some((_, kind)) => because(*kind, "the event name, of signin.amazonaws.com", FIELDS),
            None => {
                because(Kind::OtherSignin, "any other event name of signin.amazonaws.com", FIELDS)
            }
        });
    }
    if source == SSO
        && name.is_some_and(|n| n == "Authenticate" || n == "Federate" || n == "Logout")
    {
        let line = "Authenticate, Federate or Logout of sso.amazonaws.com";
        return Some(because(Kind::PortalSession, line, FIELDS));
    }
    None
}
