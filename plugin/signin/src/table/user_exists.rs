//! The `user_exists` table: whether the named user exists.

use super::decision::{Decided, because, is_hidden, is_present};
use crate::condition::Test;
use crate::field_source::FieldSource;
use crate::fields::Field;
use crate::verdict::{Kind, Outcome, Principal, Reason, UserExists};

pub(super) fn user_exists<D: Decided<UserExists>>(
    fields: FieldSource<'_, '_>,
    kind: Kind,
    outcome: impl Decided<Outcome>,
    reason: impl Decided<Option<Reason>>,
    principal: impl Decided<Principal>,
) -> D {
    if reason.value() == Some(Reason::UnknownUser) {
        return because(UserExists::No, "the reason is unknown_user", reason.fields());
    }
    if kind == Kind::IdcChallenge && is_hidden(fields, Field::UserName) {
        let line = "a CredentialChallenge with a hidden UserName";
        return because(UserExists::No, line, &[Field::EventName, Field::UserName]);
    }
    if outcome.value() == Outcome::Success {
        return because(UserExists::Yes, "the outcome is success", outcome.fields());
    }
    if outcome.value() == Outcome::Challenged && kind != Kind::IdcChallenge {
        return because(
            UserExists::Yes,
            "CheckMfa or CredentialVerification passed, which is for known users only",
            outcome.fields(),
        );
    }
    if kind == Kind::ExternalIdpLogin {
        let line = "ExternalIdPDirectoryLogin, which says nothing of users until it succeeds";
        return because(UserExists::Unknown, line, &[Field::EventName]);
    }
    if principal.value() == Principal::Root {
        return because(UserExists::Yes, "the principal is root", principal.fields());
    }
    if fields.is(Field::PrincipalId, Test::UserId) {
        let line = "principalId begins AIDA, as those of IAM users do";
        return because(UserExists::Yes, line, &[Field::PrincipalId]);
    }
    if is_present(fields, Field::OnBehalfOfUserId) {
        let line = "onBehalfOf has a userId";
        return because(UserExists::Yes, line, &[Field::OnBehalfOfUserId]);
    }
    match reason.value() {
        Some(Reason::BadPassword | Reason::BadPasswordOrMfa) => {
            because(UserExists::Yes, "the reason is a wrong password", reason.fields())
        }
        Some(Reason::BadFactor) => bad_factor(fields),
        _ => because(UserExists::Unknown, "the record does not say", &[]),
    }
}

/// A wrong factor is one of a user who exists only if the record names them.
fn bad_factor<D: Decided<UserExists>>(fields: FieldSource<'_, '_>) -> D {
    const NAMES: &[Field] = &[Field::IdentityUserName, Field::UserName];
    let is_name = |field: &Field| is_present(fields, *field) && !is_hidden(fields, *field);
    if NAMES.iter().any(is_name) {
        because(UserExists::Yes, "the reason is a wrong factor of a user with a name", NAMES)
    } else {
        because(UserExists::Unknown, "a wrong factor, but the record names nobody", NAMES)
    }
}
