//! The input: what is known of one record.

use alloc::boxed::Box;

use sekisho_identity::{EventId, Identity, Key, Time};
use sekisho_signin::{Kind, Outcome, Reason, Verdict};

use crate::state::impl_snapshot;

/// A record that is part of an attempt, that correlation rules count, or both.
///
/// ```
/// use sekisho_attempts::{EventId, Identity, Key, Observation, is_part_of_attempt, parse_time};
/// use sekisho_signin::{Kind, Mfa, Outcome, Principal, UserExists, Verdict};
///
/// let verdict = Verdict {
///     kind: Kind::ConsoleLogin,
///     outcome: Outcome::Success,
///     reason: None,
///     principal: Principal::IamUser,
///     mfa: Mfa::Used,
///     user_exists: UserExists::Yes,
/// };
/// // The fields that records of the same attempt have in common: see `README.md`.
/// let key = Key::new(0, &[Some("111122223333"), Some("AIDAEXAMPLE"), Some("192.0.2.10"), None]);
/// let observation = Observation {
///     time: parse_time(b"2025-03-29T11:10:09Z"),
///     event_id: Some(EventId::new("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9")),
///     identity: Identity::new([
///         Some("111122223333"),
///         Some("AIDAEXAMPLE"),
///         Some("anaya"),
///         Some("192.0.2.10"),
///         Some("AIDAEXAMPLE"),
///     ]),
///     signin: is_part_of_attempt(verdict.kind).then_some((verdict, key)),
///     rules: Box::new([]),
///     user_agents: Box::new([]),
/// };
/// assert!(observation.signin.is_some());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// The record's eventTime; `None` if it is missing or not a valid time.
    pub time: Option<Time>,
    /// The record's eventID.
    pub event_id: Option<EventId>,
    /// Who signed in.
    pub identity: Identity,
    /// The verdict, and the key that all records of the attempt have; `None` for a record that is
    /// not [part of an attempt](is_part_of_attempt).
    pub signin: Option<(Verdict, Key)>,
    /// The keys of the rules that match the record and that correlation rules refer to.
    pub rules: Box<[Key]>,
    /// The keys of the user agents that the record's is one of, of those that the caller looks for.
    pub user_agents: Box<[Key]>,
}

/// Whether records of this kind are part of attempts.
#[must_use]
pub fn is_part_of_attempt(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ConsoleLogin
            | Kind::MfaCheck
            | Kind::ExternalIdpLogin
            | Kind::IdcChallenge
            | Kind::IdcVerification
            | Kind::IdcAuthentication
    )
}

/// The role of a record in an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A check for MFA, after which a login may follow.
    Check,
    /// The end of a console sign-in.
    Login,
    /// One of the two records of a user that does not exist.
    UnknownUser,
    /// A step of a sign-in to Identity Center.
    Step,
    /// The only record of its attempt.
    Single,
}

impl Role {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        match verdict.kind {
            Kind::MfaCheck | Kind::ConsoleLogin if verdict.reason == Some(Reason::UnknownUser) => {
                Role::UnknownUser
            }
            Kind::MfaCheck if verdict.outcome == Outcome::Challenged => Role::Check,
            Kind::ConsoleLogin => Role::Login,
            kind if kind.is_identity_center() => Role::Step,
            _ => Role::Single,
        }
    }
}

/// The order of records with the same time: the order in which one sign-in writes them.
pub(crate) fn rank(verdict: Option<&Verdict>) -> u8 {
    match verdict.map(|verdict| verdict.kind) {
        Some(Kind::MfaCheck | Kind::IdcChallenge) => 0,
        Some(Kind::IdcVerification) => 1,
        Some(Kind::ConsoleLogin | Kind::ExternalIdpLogin) => 2,
        Some(Kind::IdcAuthentication) => 3,
        _ => 4,
    }
}

impl_snapshot! { struct Observation { time, event_id, identity, signin, rules; since 2: user_agents } }
