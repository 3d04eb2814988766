//! The `reason` table: why the step failed or was denied.

use super::decision::{Decision, because, is_word};
use crate::fields::{Field, Fields};
use crate::verdict::{Kind, Outcome, Reason};

pub(super) fn reason(
    fields: &Fields<'_>,
    kind: Kind,
    outcome: Outcome,
) -> Decision<Option<Reason>> {
    let message = fields.text(Field::ErrorMessage).filter(|message| !message.is_empty());
    match outcome {
        Outcome::Failure => {}
        Outcome::Denied => {
            return because(
                Some(Reason::AccessDenied),
                "the outcome is denied",
                &[Field::ErrorCode],
            );
        }
        _ => return because(None, "the outcome is neither failure nor denied", &[]),
    }
    if kind == Kind::MfaCheck {
        return because(
            Some(Reason::UnknownUser),
            "CheckMfa fails only for a user who does not exist",
            &[Field::EventName, Field::ResponseElements],
        );
    }
    if message.is_some_and(|message| message.starts_with("No username found")) {
        return because(
            Some(Reason::UnknownUser),
            "errorMessage begins `No username found`",
            &[Field::ErrorMessage],
        );
    }
    match kind {
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
                && message.is_none_or(|message| message == "Failed authentication") =>
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

/// Whether `userIdentity.type` is one of two types.
fn identity_is(fields: &Fields<'_>, one: &str, other: &str) -> bool {
    fields.text(Field::IdentityType).is_some_and(|identity| identity == one || identity == other)
}
