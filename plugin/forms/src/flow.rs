//! What an event begins, ends or only tells.

use sekisho_scan::Text;
use sekisho_signin::{Kind, Verdict};

/// What an event is in the life of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// A session begins, or was to begin.
    Start,
    /// A session ends.
    End,
    /// Somebody enters a role.
    Enter,
    /// Somebody leaves a role.
    Leave,
    /// A step before a session begins.
    Step,
    /// Something of a session or a user is renewed or said.
    Info,
    /// A user is changed.
    Change,
    /// A user asks for a change.
    Request,
    /// The record is no sign-in.
    Other,
}

impl Flow {
    pub(crate) fn of(verdict: &Verdict, event_name: Option<Text<'_>>) -> Self {
        let is_named = |name: &str| event_name.is_some_and(|event| event == name);
        match verdict.kind {
            Kind::ConsoleLogin
            | Kind::IdcAuthentication
            | Kind::ExternalIdpLogin
            | Kind::PortalToken
            | Kind::RoleCredentials
            | Kind::OauthToken => Flow::Start,
            Kind::PortalSession if is_named("Logout") => Flow::End,
            Kind::PortalSession => Flow::Start,
            Kind::RoleSwitch => Flow::Enter,
            Kind::RoleExit => Flow::Leave,
            Kind::MfaCheck | Kind::IdcChallenge | Kind::IdcVerification => Flow::Step,
            Kind::PasswordRecovery if is_named("PasswordRecoveryRequested") => Flow::Request,
            Kind::PasswordRecovery | Kind::AccountChange => Flow::Change,
            Kind::NotSignin => Flow::Other,
            _ => Flow::Info,
        }
    }
}
