//! The `principal` table: who signed in or tried to.

use super::decision::{Decision, because, is_present};
use crate::fields::{Field, Fields};
use crate::verdict::{Kind, Principal, Reason};

pub(super) fn principal(
    fields: &Fields<'_>,
    kind: Kind,
    reason: Decision<Option<Reason>>,
) -> Decision<Principal> {
    const TYPE: &[Field] = &[Field::IdentityType];
    if reason.value == Some(Reason::UnknownUser) {
        return because(Principal::UnknownUser, "the reason is unknown_user", reason.fields);
    }
    let Some(identity) = fields.text(Field::IdentityType) else {
        return because(Principal::Unknown, "no userIdentity.type", TYPE);
    };
    if identity == "AssumedRole" {
        return role(fields);
    }
    if identity == "Unknown" && kind.is_identity_center() {
        return because(
            Principal::IdentityCenterUser,
            "type Unknown on an event of IAM Identity Center",
            &[Field::IdentityType, Field::EventName],
        );
    }
    const NAMED: &[(&str, Principal)] = &[
        ("Root", Principal::Root),
        ("IAMUser", Principal::IamUser),
        ("SAMLUser", Principal::SamlRole),
        ("WebIdentityUser", Principal::WebIdentity),
        ("FederatedUser", Principal::FederatedUser),
        ("IdentityCenterUser", Principal::IdentityCenterUser),
        ("AWSAccount", Principal::AwsAccount),
    ];
    match NAMED.iter().find(|(name, _)| identity == *name) {
        Some((_, principal)) => because(*principal, "userIdentity.type", TYPE),
        None => because(Principal::Unknown, "any other userIdentity.type", TYPE),
    }
}

/// The kind of role that type AssumedRole represents.
fn role(fields: &Fields<'_>) -> Decision<Principal> {
    const NAMES: &[Field] = &[Field::IdentityArn, Field::IssuerArn, Field::IssuerUserName];
    let names_sso =
        |field: &Field| fields.text(*field).is_some_and(|name| name.contains("AWSReservedSSO_"));
    if NAMES.iter().any(names_sso) {
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
