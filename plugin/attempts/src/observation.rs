//! What is known of one record.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_signin::{Kind, Outcome, Reason, Verdict};

use crate::event_id::EventId;
use crate::identity::Identity;
use crate::key::Key;
use crate::snapshot::{Snapshot, StateError, StateReader};
use crate::time::Time;

/// A record that is part of an attempt, or that a counted rule asks for, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Its eventTime; `None` if that is missing or cannot be read.
    pub time: Option<Time>,
    /// Its eventID.
    pub event_id: Option<EventId>,
    /// Who it was.
    pub identity: Identity,
    /// Its verdict, and the key that records of the same attempt have; `None` for a record that
    /// [`is_part_of_attempt`] leaves out.
    pub signin: Option<(Verdict, Key)>,
    /// The keys of the rules that match it and that counted rules ask for.
    pub rules: Box<[Key]>,
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

/// How a record takes part in an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The check for MFA was passed: a login may follow.
    Check,
    /// The end of a console sign-in.
    Login,
    /// One of the two records that a user who does not exist may leave.
    UnknownUser,
    /// A step of a sign-in to Identity Center.
    Workflow,
    /// An attempt of its own.
    Alone,
}

impl Part {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        match verdict.kind {
            Kind::MfaCheck | Kind::ConsoleLogin if verdict.reason == Some(Reason::UnknownUser) => {
                Part::UnknownUser
            }
            Kind::MfaCheck if verdict.outcome == Outcome::Challenged => Part::Check,
            Kind::ConsoleLogin => Part::Login,
            kind if kind.is_identity_center() => Part::Workflow,
            _ => Part::Alone,
        }
    }
}

/// The order in which one sign-in leaves its records, for those of the same second.
pub(crate) fn rank(verdict: Option<&Verdict>) -> u8 {
    match verdict.map(|verdict| verdict.kind) {
        Some(Kind::MfaCheck | Kind::IdcChallenge) => 0,
        Some(Kind::IdcVerification) => 1,
        Some(Kind::ConsoleLogin | Kind::ExternalIdpLogin) => 2,
        Some(Kind::IdcAuthentication) => 3,
        _ => 4,
    }
}

impl Snapshot for Observation {
    fn encode(&self, to: &mut Vec<u8>) {
        self.time.encode(to);
        self.event_id.encode(to);
        self.identity.encode(to);
        self.signin.encode(to);
        self.rules.encode(to);
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Observation {
            time: Option::decode(from)?,
            event_id: Option::decode(from)?,
            identity: Identity::decode(from)?,
            signin: Option::decode(from)?,
            rules: Box::decode(from)?,
        })
    }
}
