//! The `mfa` table: whether a second factor was used.

use super::decision::{Decided, because, is_word};
use super::factors::Factors;
use crate::field_source::FieldSource;
use crate::fields::Field;
use crate::verdict::{Kind, Mfa, Outcome, Principal, Reason};

pub(super) fn mfa<D: Decided<Mfa>>(
    fields: FieldSource<'_, '_>,
    kind: Kind,
    outcome: Outcome,
    reason: impl Decided<Option<Reason>>,
    principal: impl Decided<Principal>,
) -> D {
    if reason.value() == Some(Reason::UnknownUser) {
        return because(Mfa::Unknown, "the reason is unknown_user", reason.fields());
    }
    if outcome == Outcome::Denied {
        let line = "the outcome is denied: MFAUsed says nothing of one whom a policy stopped";
        return because(Mfa::Unknown, line, &[Field::ErrorCode]);
    }
    if kind == Kind::MfaCheck && outcome == Outcome::Challenged {
        return because(
            Mfa::Pending,
            "a CheckMfa that asked for the code",
            &[Field::EventName, Field::ResponseElements],
        );
    }
    if kind == Kind::IdcChallenge
        && let Some(decision) = challenge_mfa(fields, outcome)
    {
        return decision;
    }
    if outcome == Outcome::Success && is_word(fields, Field::SessionMfa, "true") {
        let line = "a success of a session with mfaAuthenticated true";
        return because(Mfa::Used, line, &[Field::SessionMfa]);
    }
    match principal.value() {
        Principal::SsoRole
        | Principal::SamlRole
        | Principal::AssumedRole
        | Principal::FederatedUser
        | Principal::WebIdentity => {
            let line = "a federated principal: MFAUsed says No for them and means nothing";
            return because(Mfa::External, line, principal.fields());
        }
        _ => {}
    }
    match kind {
        Kind::ConsoleLogin if matches!(principal.value(), Principal::Root | Principal::IamUser) => {
            const MFA_USED: &[Field] = &[Field::MfaUsed];
            if is_word(fields, Field::MfaUsed, "Yes") {
                because(Mfa::Used, "MFAUsed is Yes", MFA_USED)
            } else if is_word(fields, Field::MfaUsed, "No") {
                because(Mfa::NotUsed, "MFAUsed is No", MFA_USED)
            } else {
                because(Mfa::Unknown, "MFAUsed is absent or neither Yes nor No", MFA_USED)
            }
        }
        Kind::IdcAuthentication => authentication_mfa(fields),
        _ => because(Mfa::Unknown, "the record says nothing of MFA", &[]),
    }
}

/// The value for a challenge of IAM Identity Center, if its fields determine one.
fn challenge_mfa<D: Decided<Mfa>>(fields: FieldSource<'_, '_>, outcome: Outcome) -> Option<D> {
    const TYPE: &[Field] = &[Field::CredentialType];
    let factors = Factors::read(fields.text(Field::CredentialType));
    if factors.count == 1 && factors.has_external_idp {
        return Some(because(Mfa::External, "a challenge for EXTERNAL_IDP", TYPE));
    }
    if factors.count == 0 || factors.count == 1 && factors.has_password {
        return Some(because(Mfa::Unknown, "a challenge for PASSWORD or nothing named", TYPE));
    }
    (outcome == Outcome::Challenged)
        .then(|| because(Mfa::Pending, "a challenge for a factor other than PASSWORD", TYPE))
}

/// The value for a completed authentication of IAM Identity Center, by the factors it lists.
fn authentication_mfa<D: Decided<Mfa>>(fields: FieldSource<'_, '_>) -> D {
    const TYPE: &[Field] = &[Field::CredentialType];
    let factors = Factors::read(fields.text(Field::CredentialType));
    if factors.has_external_idp {
        because(Mfa::External, "the factors hold EXTERNAL_IDP", TYPE)
    } else if is_word(fields, Field::DeviceEnrollmentRequired, "true") {
        let line = "DeviceEnrollmentRequired is true: the user had to register a device and use it";
        because(Mfa::Used, line, &[Field::DeviceEnrollmentRequired])
    } else if factors.count >= 2 || factors.has_smartcard || factors.has_webauthn {
        because(Mfa::Used, "two or more factors, or SMARTCARD or WEBAUTHN", TYPE)
    } else if factors.count == 1 {
        because(Mfa::NotUsed, "one factor", TYPE)
    } else {
        because(Mfa::Unknown, "no factor named", TYPE)
    }
}
