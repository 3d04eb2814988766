//! Who it was: the id to count by, and the name to show.

use alloc::borrow::Cow;
use alloc::string::String;

use sekisho_rules::lower_case;
use sekisho_signin::{HIDDEN_NAME, Kind, Principal};

/// The fields of a record that say who it was, in UTF-8. A field that is no string counts as absent.
///
/// ```
/// use sekisho_identity::IdentityFields;
/// use sekisho_signin::{Kind, Principal};
///
/// let fields = IdentityFields {
///     identity_type: Some(b"Unknown"),
///     principal_id: Some(b"111122223333"),
///     typed_name: Some(b"Mika@example.com"),
///     ..IdentityFields::default()
/// };
/// let principal = Principal::IdentityCenterUser;
/// let identity = fields.identity(Kind::IdcChallenge, principal);
/// assert_eq!(identity.as_deref(), Some(&b"mika@example.com"[..]));
/// assert_eq!(fields.user(principal), Some(&b"Mika@example.com"[..]));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdentityFields<'a> {
    /// `recipientAccountId`, or else `userIdentity.accountId`.
    pub account: Option<&'a [u8]>,
    /// `userIdentity.type`.
    pub identity_type: Option<&'a [u8]>,
    /// `userIdentity.principalId`.
    pub principal_id: Option<&'a [u8]>,
    /// `userIdentity.arn`.
    pub arn: Option<&'a [u8]>,
    /// `userIdentity.userName`.
    pub user_name: Option<&'a [u8]>,
    /// `userIdentity.onBehalfOf.userId`.
    pub on_behalf_of: Option<&'a [u8]>,
    /// `additionalEventData.UserName`.
    pub typed_name: Option<&'a [u8]>,
}

impl<'a> IdentityFields<'a> {
    /// The id to count by: equal for all records of one person, and different for any two. `None` if
    /// the record does not say who it was. An account id alone is nobody.
    ///
    /// `kind` and `principal` are those of the record's verdict.
    #[must_use]
    pub fn identity(&self, kind: Kind, principal: Principal) -> Option<Cow<'a, [u8]>> {
        let is_type = |name: &[u8]| kind == Kind::NotSignin && self.identity_type == Some(name);
        let is_directory_user = kind.is_identity_center()
            || kind == Kind::ExternalIdpLogin
            || principal == Principal::IdentityCenterUser
            || principal == Principal::DirectoryUser
            || is_type(b"IdentityCenterUser");
        let id = || self.principal_id.filter(|id| is_identity(id)).map(Cow::Borrowed);
        let person = || self.on_behalf_of.filter(|id| is_identity(id)).map(Cow::Borrowed);
        let name = || self.name().and_then(name_bytes);
        if is_directory_user {
            // A failed attempt has only the name, so a name comes first.
            return name().or_else(person).or_else(id);
        }
        if principal == Principal::Root || is_type(b"Root") {
            return Some([b"root:", self.account?].concat().into());
        }
        id().or_else(person).or_else(name)
    }

    /// The name to show: that of the user, or else that of the role session.
    #[must_use]
    pub fn user(&self, principal: Principal) -> Option<&'a [u8]> {
        let session = || self.principal_id.and_then(last_part).or(self.arn.and_then(last_part));
        self.name().or_else(|| if self.is_session(principal) { session() } else { None })
    }

    /// Whether it is the session of a role. Nobody else has a name in `principal_id` or `arn`.
    #[must_use]
    pub fn is_session(&self, principal: Principal) -> bool {
        self.identity_type == Some(b"AssumedRole")
            || matches!(
                principal,
                Principal::SsoRole | Principal::SamlRole | Principal::AssumedRole
            )
    }

    #[inline(never)]
    fn name(&self) -> Option<&'a [u8]> {
        self.user_name.filter(|name| is_name(name)).or(self.typed_name.filter(|name| is_name(name)))
    }
}

#[inline(never)]
fn is_name(text: &[u8]) -> bool {
    !text.is_empty() && text != HIDDEN_NAME.as_bytes()
}

/// The identity of a user who is known by name. Names that differ only in case are one. `None` if the
/// text identifies nobody.
///
/// ```
/// use sekisho_identity::name_identity;
///
/// assert_eq!(name_identity("Mika@example.com").as_deref(), Some("mika@example.com"));
/// assert_eq!(name_identity("111122223333"), None);
/// ```
#[must_use]
pub fn name_identity(name: &str) -> Option<Cow<'_, str>> {
    is_identity(name.as_bytes())
        .then(|| if is_lower(name.as_bytes()) { name.into() } else { lower(name).into() })
}

/// [`name_identity`] of a name in UTF-8.
#[inline(never)]
fn name_bytes(name: &[u8]) -> Option<Cow<'_, [u8]>> {
    if is_lower(name) {
        return is_identity(name).then(|| name.into());
    }
    let lower = |name| lower(name).into_bytes().into();
    core::str::from_utf8(name).ok().filter(|_| is_identity(name)).map(lower)
}

/// Whether it is ASCII, without capitals.
fn is_lower(name: &[u8]) -> bool {
    name.iter().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())
}

#[inline(never)]
fn lower(name: &str) -> String {
    name.chars().flat_map(lower_case).collect()
}

/// Whether a text can identify a person. 12 digits are an account.
#[inline(never)]
fn is_identity(text: &[u8]) -> bool {
    let is_account = text.len() == 12 && text.iter().all(u8::is_ascii_digit);
    !is_account && is_name(text)
}

/// The name of the session, in a principalId or ARN of a role session.
#[inline(never)]
fn last_part(id: &[u8]) -> Option<&[u8]> {
    let before = id.iter().rposition(|byte| matches!(byte, b':' | b'/'))?;
    id.get(before + 1..).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: IdentityFields<'_> = IdentityFields {
        account: Some(b"111122223333"),
        identity_type: None,
        principal_id: None,
        arn: None,
        user_name: None,
        on_behalf_of: None,
        typed_name: None,
    };

    #[test]
    fn an_account_or_a_hidden_name_is_nobody() {
        let fields = IdentityFields {
            principal_id: Some(b"111122223333"),
            on_behalf_of: Some(b""),
            user_name: Some(HIDDEN_NAME.as_bytes()),
            typed_name: Some(b"444455556666"),
            ..NOBODY
        };
        for kind in Kind::ALL {
            assert_eq!(fields.identity(*kind, Principal::Unknown), None);
        }
        assert_eq!(fields.user(Principal::Unknown), Some(&b"444455556666"[..]));
    }

    #[test]
    fn each_kind_of_user_has_its_identity() {
        let all = IdentityFields {
            principal_id: Some(b"AIDAEXAMPLE"),
            user_name: Some("Zoë".as_bytes()),
            on_behalf_of: Some(b"94482488-3041-7026-18f3-be45837cd0e4"),
            typed_name: Some(b"other"),
            ..NOBODY
        };
        let no_id = IdentityFields { principal_id: None, ..all };
        let no_name = IdentityFields { user_name: Some(b""), typed_name: None, ..all };
        let only_name = IdentityFields { on_behalf_of: None, ..no_id };
        let (login, verification) = (Kind::ConsoleLogin, Kind::IdcVerification);
        for (fields, kind, principal, expected) in [
            (all, login, Principal::Root, "root:111122223333"),
            (all, login, Principal::IamUser, "AIDAEXAMPLE"),
            (no_id, login, Principal::IamUser, "94482488-3041-7026-18f3-be45837cd0e4"),
            (only_name, login, Principal::IamUser, "zoë"),
            (all, verification, Principal::Unknown, "zoë"),
            (all, Kind::PortalSession, Principal::IdentityCenterUser, "zoë"),
            (all, Kind::ExternalIdpLogin, Principal::Unknown, "zoë"),
            (no_name, verification, Principal::Unknown, "94482488-3041-7026-18f3-be45837cd0e4"),
        ] {
            assert_eq!(
                fields.identity(kind, principal).as_deref(),
                Some(expected.as_bytes()),
                "{principal:?}"
            );
        }
        let rootless = IdentityFields { account: None, ..all };
        assert_eq!(rootless.identity(login, Principal::Root), None);
    }

    #[test]
    fn other_records_are_told_apart_by_type() {
        let root = IdentityFields { identity_type: Some(b"Root"), ..NOBODY };
        let identity = root.identity(Kind::NotSignin, Principal::Unknown);
        assert_eq!(identity.as_deref(), Some(&b"root:111122223333"[..]));
    }

    #[test]
    fn a_role_session_has_a_name() {
        let role = IdentityFields { principal_id: Some(b"AROAEXAMPLE:mika"), ..NOBODY };
        assert_eq!(role.user(Principal::SsoRole), Some(&b"mika"[..]));
        assert_eq!(role.user(Principal::IamUser), None);
        let arn = Some(&b"arn:aws:sts::111122223333:assumed-role/Operators/sora"[..]);
        let role = IdentityFields { principal_id: Some(b"AROAEXAMPLE"), arn, ..NOBODY };
        assert_eq!(role.user(Principal::AssumedRole), Some(&b"sora"[..]));
        assert_eq!(role.user(Principal::Unknown), None);
        let by_type = IdentityFields { identity_type: Some(b"AssumedRole"), ..role };
        assert_eq!(by_type.user(Principal::Unknown), Some(&b"sora"[..]));
    }
}
