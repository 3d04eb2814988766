//! The `mfa` table: whether a second factor was used.

use core::iter;

use sekisho_scan::Text;

use super::decision::{Decision, because, is_word};
use crate::fields::{Field, Fields};
use crate::verdict::{Kind, Mfa, Outcome, Principal, Reason};

pub(super) fn mfa(
    fields: &Fields<'_>,
    kind: Kind,
    outcome: Outcome,
    reason: Decision<Option<Reason>>,
    principal: Decision<Principal>,
) -> Decision<Mfa> {
    if reason.value == Some(Reason::UnknownUser) {
        return because(Mfa::Unknown, "the reason is unknown_user", reason.fields);
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
    match principal.value {
        Principal::SsoRole
        | Principal::SamlRole
        | Principal::AssumedRole
        | Principal::FederatedUser
        | Principal::WebIdentity => {
            let line = "a federated principal: MFAUsed says No for them and means nothing";
            return because(Mfa::External, line, principal.fields);
        }
        _ => {}
    }
    match kind {
        Kind::ConsoleLogin if matches!(principal.value, Principal::Root | Principal::IamUser) => {
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
fn challenge_mfa(fields: &Fields<'_>, outcome: Outcome) -> Option<Decision<Mfa>> {
    const TYPE: &[Field] = &[Field::CredentialType];
    let mut requested = fields.text(Field::CredentialType).into_iter().flat_map(factors);
    let (factor, more) = (requested.next(), requested.next().is_some());
    let only = |name| factor.clone().is_some_and(|factor| is_factor(factor, name)) && !more;
    if only("EXTERNAL_IDP") {
        return Some(because(Mfa::External, "a challenge for EXTERNAL_IDP", TYPE));
    }
    if only("PASSWORD") || factor.is_none() {
        return Some(because(Mfa::Unknown, "a challenge for PASSWORD or nothing named", TYPE));
    }
    (outcome == Outcome::Challenged)
        .then(|| because(Mfa::Pending, "a challenge for a factor other than PASSWORD", TYPE))
}

/// The value for a completed authentication of IAM Identity Center, by the factors it lists.
fn authentication_mfa(fields: &Fields<'_>) -> Decision<Mfa> {
    const TYPE: &[Field] = &[Field::CredentialType];
    let list = fields.text(Field::CredentialType);
    let count = list.map_or(0, |list| factors(list).count());
    let lists = |name| list.is_some_and(|list| factors(list).any(|factor| is_factor(factor, name)));
    if lists("EXTERNAL_IDP") {
        because(Mfa::External, "the factors hold EXTERNAL_IDP", TYPE)
    } else if count >= 2 || lists("SMARTCARD") || lists("WEBAUTHN") {
        because(Mfa::Used, "two or more factors, or SMARTCARD or WEBAUTHN", TYPE)
    } else if count == 1 {
        because(Mfa::NotUsed, "one factor", TYPE)
    } else {
        because(Mfa::Unknown, "no factor named", TYPE)
    }
}

/// The parts of a comma-separated list that are not blank.
fn factors(list: Text<'_>) -> impl Iterator<Item = impl Iterator<Item = char> + Clone> {
    let mut rest = Some(list.chars());
    iter::from_fn(move || {
        let mut after = rest.take()?;
        let factor = after.clone().take_while(|character| *character != ',');
        if after.any(|character| character == ',') {
            rest = Some(after);
        }
        Some(factor)
    })
    .filter(|factor| factor.clone().any(|character| character != ' '))
}

/// Whether a part of the list is this factor, ignoring spaces around it.
fn is_factor(factor: impl Iterator<Item = char>, name: &str) -> bool {
    let mut factor = factor.skip_while(|character| *character == ' ');
    name.chars().all(|character| factor.next() == Some(character))
        && factor.all(|character| character == ' ')
}
