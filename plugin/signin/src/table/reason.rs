//! The `reason` table: why the step failed or was denied.

use super::decision::{Decided, because, is_hidden, is_present, is_word};
use crate::condition::Test;
use crate::field_source::FieldSource;
use crate::fields::Field;
use crate::verdict::{Kind, Outcome, Reason};

pub(super) fn reason<D: Decided<Option<Reason>>>(
    fields: FieldSource<'_, '_>,
    kind: Kind,
    outcome: Outcome,
) -> D {
    match outcome {
        Outcome::Failure => {}
        Outcome::Denied => return denial(fields),
        _ => return because(None, "the outcome is neither failure nor denied", &[]),
    }
    if kind == Kind::MfaCheck {
        return because(
            Some(Reason::UnknownUser),
            "CheckMfa fails only for a user who does not exist",
            &[Field::EventName, Field::ResponseElements],
        );
    }
    if fields.is(Field::ErrorMessage, Test::NoSuchUser) {
        return because(
            Some(Reason::UnknownUser),
            "errorMessage begins `No username found`",
            &[Field::ErrorMessage],
        );
    }
    match kind {
        Kind::IdcVerification if is_hidden(fields, Field::UserName) => because(
            Some(Reason::UnknownUser),
            "a failed CredentialVerification with a hidden UserName",
            &[Field::EventName, Field::ServiceEventDetails, Field::UserName],
        ),
        Kind::IdcVerification => because(
            Some(Reason::BadFactor),
            "a failed CredentialVerification",
            &[Field::EventName, Field::ServiceEventDetails],
        ),
        Kind::ExternalIdpLogin => because(
            Some(Reason::ExternalIdpError),
            "a failed ExternalIdPDirectoryLogin",
            &[Field::EventName, Field::ResponseElements],
        ),
        Kind::ConsoleLogin
            if identity_is(fields, "Root", "IAMUser")
                && (fields.is(Field::ErrorMessage, Test::FailedAuthentication)
                    || !is_present(fields, Field::ErrorMessage)) =>
        {
            const FIELDS: &[Field] = &[Field::IdentityType, Field::ErrorMessage, Field::MfaUsed];
            if is_word(fields, Field::MfaUsed, "Yes") {
                because(
                    Some(Reason::BadPasswordOrMfa),
                    "a failed ConsoleLogin of an IAM user or root with MFAUsed Yes",
                    FIELDS,
                )
            } else {
                because(
                    Some(Reason::BadPassword),
                    "a failed ConsoleLogin of an IAM user or root without MFAUsed Yes",
                    FIELDS,
                )
            }
        }
        _ => because(
            Some(Reason::Other),
            "none of the known reasons",
            &[Field::EventName, Field::IdentityType, Field::ErrorMessage],
        ),
    }
}

/// The kind of policy that denied access.
fn denial<D: Decided<Option<Reason>>>(fields: FieldSource<'_, '_>) -> D {
    const FIELDS: &[Field] = &[Field::ErrorCode, Field::ErrorMessage];
    if fields.is(Field::ErrorMessage, Test::ResourcePolicy) {
        return because(
            Some(Reason::ResourcePolicy),
            "the outcome is denied, and errorMessage names a resource-based policy",
            FIELDS,
        );
    }
    if fields.is(Field::ErrorMessage, Test::ResourceControlPolicy) {
        return because(
            Some(Reason::ResourceControlPolicy),
            "the outcome is denied, and errorMessage names a resource control policy",
            FIELDS,
        );
    }
    because(Some(Reason::AccessDenied), "the outcome is denied", &[Field::ErrorCode])
}

/// Whether `userIdentity.type` is one of two types.
fn identity_is(fields: FieldSource<'_, '_>, one: &str, other: &str) -> bool {
    fields.text(Field::IdentityType).is_some_and(|identity| identity == one || identity == other)
}
