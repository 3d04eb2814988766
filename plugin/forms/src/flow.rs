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
    /// A password is changed by its user.
    PasswordChange,
    /// A password that was lost is replaced.
    PasswordReset,
    /// Something else of a user is changed.
    Change,
    /// A user asks for a change.
    Request,
    /// The record is no sign-in.
    Other,
    /// There is no record. A rule may match an input without one.
    NoRecord,
}

impl Flow {
    /// `event_name` is empty if nobody knows it; so is `event_source`.
    pub(crate) fn of(verdict: &Verdict, event_name: Text<'_>, event_source: &[u8]) -> Self {
        match verdict.kind {
            Kind::ConsoleLogin
            | Kind::IdcAuthentication
            | Kind::ExternalIdpLogin
            | Kind::PortalToken
            | Kind::RoleCredentials
            | Kind::OauthToken => Flow::Start,
            Kind::PortalSession if event_name == "Logout" => Flow::End,
            Kind::PortalSession => Flow::Start,
            Kind::RoleSwitch => Flow::Enter,
            Kind::RoleExit => Flow::Leave,
            Kind::MfaCheck | Kind::IdcChallenge | Kind::IdcVerification => Flow::Step,
            Kind::PasswordRecovery if event_name == "PasswordRecoveryRequested" => Flow::Request,
            Kind::PasswordRecovery => Flow::PasswordReset,
            Kind::AccountChange if event_name == "PasswordUpdated" => Flow::PasswordChange,
            Kind::AccountChange => Flow::Change,
            Kind::NotSignin if event_name.is_empty() && event_source.is_empty() => Flow::NoRecord,
            Kind::NotSignin => Flow::Other,
            _ => Flow::Info,
        }
    }
}
