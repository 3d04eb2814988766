//! The `principal` table: who signed in or tried to.

use super::decision::{Decided, because, is_present, look_up};
use super::factors::Factors;
use crate::condition::Test;
use crate::field_source::FieldSource;
use crate::fields::Field;
use crate::verdict::{Kind, Principal, Reason};

pub(super) fn principal<D: Decided<Principal>>(
    fields: FieldSource<'_, '_>,
    kind: Kind,
    reason: impl Decided<Option<Reason>>,
) -> D {
    const TYPE: &[Field] = &[Field::IdentityType];
    const TYPE_AND_NAME: &[Field] = &[Field::IdentityType, Field::EventName];
    if reason.value() == Some(Reason::UnknownUser) {
        return because(Principal::UnknownUser, "the reason is unknown_user", reason.fields());
    }
    let identity = fields.text(Field::IdentityType).and_then(|name| look_up(name, IDENTITIES));
    match identity {
        Some(Identity::Known(Principal::Root)) if kind == Kind::ExternalIdpLogin => {
            return because(
                Principal::IdentityCenterUser,
                "type Root on ExternalIdPDirectoryLogin, which root does not use",
                TYPE_AND_NAME,
            );
        }
        Some(Identity::Known(principal)) => return because(principal, "userIdentity.type", TYPE),
        Some(Identity::AssumedRole) => return role(fields),
        Some(Identity::Unknown | Identity::AwsAccount) | None => {}
    }
    if is_present(fields, Field::IdentityStoreArn) {
        return because(
            Principal::IdentityCenterUser,
            "onBehalfOf has an identityStoreArn",
            &[Field::IdentityType, Field::IdentityStoreArn],
        );
    }
    if kind == Kind::ExternalIdpLogin {
        let line = "ExternalIdPDirectoryLogin, by which users of IAM Identity Center sign in";
        return because(Principal::IdentityCenterUser, line, TYPE_AND_NAME);
    }
    match identity {
        Some(Identity::Unknown) if kind.is_identity_center() => unknown_type(fields),
        Some(Identity::AwsAccount) => because(Principal::AwsAccount, "userIdentity.type", TYPE),
        _ => because(Principal::Unknown, "no or any other userIdentity.type", TYPE),
    }
}

/// What `userIdentity.type` says.
#[derive(Clone, Copy)]
enum Identity {
    /// The principal, whatever else the record says.
    Known(Principal),
    AssumedRole,
    Unknown,
    AwsAccount,
}

/// By name, the frequent ones first.
const IDENTITIES: &[(&str, Identity)] = &[
    ("IAMUser", Identity::Known(Principal::IamUser)),
    ("Root", Identity::Known(Principal::Root)),
    ("AssumedRole", Identity::AssumedRole),
    ("Unknown", Identity::Unknown),
    ("IdentityCenterUser", Identity::Known(Principal::IdentityCenterUser)),
    ("SAMLUser", Identity::Known(Principal::SamlRole)),
    ("WebIdentityUser", Identity::Known(Principal::WebIdentity)),
    ("FederatedUser", Identity::Known(Principal::FederatedUser)),
    ("AWSAccount", Identity::AwsAccount),
];

/// The kind of role that type AssumedRole represents.
fn role<D: Decided<Principal>>(fields: FieldSource<'_, '_>) -> D {
    const NAMES: &[Field] = &[Field::IdentityArn, Field::IssuerArn, Field::IssuerUserName];
    if NAMES.iter().any(|field| fields.is(*field, Test::ReservedSso)) {
        return because(
            Principal::SsoRole,
            "type AssumedRole, and its name contains AWSReservedSSO_",
            &[Field::IdentityType, Field::IdentityArn, Field::IssuerArn, Field::IssuerUserName],
        );
    }
    if is_present(fields, Field::SamlProviderArn) {
        return because(
            Principal::SamlRole,
            "type AssumedRole with SamlProviderArn",
            &[Field::IdentityType, Field::SamlProviderArn],
        );
    }
    because(Principal::AssumedRole, "any other type AssumedRole", &[Field::IdentityType])
}

/// Type Unknown on an event of IAM Identity Center, which WorkSpaces writes too.
fn unknown_type<D: Decided<Principal>>(fields: FieldSource<'_, '_>) -> D {
    const ACCOUNT_ID: &[Field] = &[Field::IdentityType, Field::PrincipalId, Field::EventTime];
    const PRINCIPAL_ID: &[Field] = &[Field::IdentityType, Field::PrincipalId];
    if fields.is(Field::LoginTo, Test::WorkSpaces) {
        return because(
            Principal::DirectoryUser,
            "type Unknown, and LoginTo is WorkSpaces",
            &[Field::IdentityType, Field::LoginTo],
        );
    }
    if Factors::read(fields.text(Field::CredentialType)).has_smartcard {
        return because(
            Principal::DirectoryUser,
            "type Unknown with SMARTCARD, which IAM Identity Center does not have",
            &[Field::IdentityType, Field::CredentialType],
        );
    }
    if !is_present(fields, Field::PrincipalId) {
        let line = "type Unknown without principalId, as on failures of IAM Identity Center";
        return because(Principal::IdentityCenterUser, line, PRINCIPAL_ID);
    }
    if !fields.is(Field::PrincipalId, Test::AccountId) {
        let line = "type Unknown with a principalId other than an account id";
        return because(Principal::Unknown, line, PRINCIPAL_ID);
    }
    if fields.is(Field::EventTime, Test::SinceIdentityCenterType) {
        because(
            Principal::DirectoryUser,
            "type Unknown with an account id since 2025-07-14, as WorkSpaces writes it",
            ACCOUNT_ID,
        )
    } else if fields.is(Field::EventTime, Test::BeforeIdentityCenterType) {
        because(
            Principal::IdentityCenterUser,
            "type Unknown with an account id before 2025-07-14",
            ACCOUNT_ID,
        )
    } else {
        because(
            Principal::Unknown,
            "type Unknown with an account id, at an unknown time",
            ACCOUNT_ID,
        )
    }
}
