//! The `user_exists` table: whether the named user exists.

use super::decision::{Decision, because};
use crate::fields::{Field, Fields};
use crate::verdict::{Kind, Outcome, Principal, Reason, UserExists};

pub(super) fn user_exists(
    fields: &Fields<'_>,
    kind: Kind,
    outcome: Decision<Outcome>,
    reason: Decision<Option<Reason>>,
    principal: Decision<Principal>,
) -> Decision<UserExists> {
    if reason.value == Some(Reason::UnknownUser) {
        return because(UserExists::No, "the reason is unknown_user", reason.fields);
    }
    if outcome.value == Outcome::Success {
        return because(UserExists::Yes, "the outcome is success", outcome.fields);
    }
    if outcome.value == Outcome::Challenged && kind != Kind::IdcChallenge {
        return because(
            UserExists::Yes,
            "CheckMfa or CredentialVerification passed, which is for known users only",
            outcome.fields,
        );
    }
    if principal.value == Principal::Root {
        return because(UserExists::Yes, "the principal is root", principal.fields);
    }
    if fields.text(Field::PrincipalId).is_some_and(|id| id.starts_with("AIDA")) {
        let line = "principalId begins AIDA, as those of IAM users do";
        return because(UserExists::Yes, line, &[Field::PrincipalId]);
    }
    match reason.value {
        Some(Reason::BadPassword | Reason::BadPasswordOrMfa | Reason::BadFactor) => {
            because(UserExists::Yes, "the reason is a wrong password or factor", reason.fields)
        }
        _ => because(UserExists::Unknown, "the record does not say", &[]),
    }
}
