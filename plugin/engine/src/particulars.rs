//! What the members of a record say of a sign-in beside its verdict: the role, the factors, and what
//! somebody signed in with.

use sekisho_scan::{Reader, Text, Value, ValueKind};
use sekisho_signin::{Field, Kind};

/// A member of a record that says so, beside the fields of the truth tables.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Particular {
    MfaType,
    MfaIdentifier,
    MobileVersion,
    SwitchTo,
    RequestRoleName,
    RequestRoleNameInSnakeCase,
    RequestAccountId,
    RequestAccountIdInSnakeCase,
    RequestClientId,
    DetailsRoleName,
    DetailsAccountId,
}

/// How many of them there are.
pub(crate) const PARTICULARS: usize = 11;

/// The objects that have them, each with their keys in the same order.
const OBJECTS: [(Field, &[&str]); 3] = [
    (Field::AdditionalEventData, &["MfaType", "MFAIdentifier", "MobileVersion", "SwitchTo"]),
    (Field::RequestParameters, &["roleName", "role_name", "accountId", "account_id", "client_id"]),
    (Field::ServiceEventDetails, &["role_name", "account_id"]),
];

/// All of them in a record whose fields `get` returns, each with its offset in its object; of
/// duplicates, the last.
pub(crate) fn find_particulars<'a>(
    get: impl Fn(Field) -> Option<Value<'a>>,
) -> [Option<Value<'a>>; PARTICULARS] {
    let mut values = [None; PARTICULARS];
    let mut rest = &mut values[..];
    for (field, keys) in OBJECTS {
        let (found, others) = rest.split_at_mut(keys.len());
        if let Some(object) = get(field).filter(|value| value.kind == ValueKind::Object) {
            find_members(object.raw, keys, found);
        }
        rest = others;
    }
    values
}

/// What somebody signed in with. See [`Actor::through`](crate::Actor::through).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Through {
    /// A browser, to the console or the access portal.
    Console,
    /// The console's app on a phone.
    Mobile,
    /// The AWS CLI, or another program of the user.
    Cli,
    /// An agent to which the user gave access.
    Agent,
}

impl Through {
    /// Its name: `console`, `mobile`, `cli` or `agent`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Through::Console => "console",
            Through::Mobile => "mobile",
            Through::Cli => "cli",
            Through::Agent => "agent",
        }
    }
}

/// What the members of a record say.
pub(crate) trait Particulars<'a> {
    /// The string of a field of the truth tables.
    fn text(&self, field: Field) -> Option<Text<'a>>;

    /// The string of another member.
    fn particular(&self, member: Particular) -> Option<Text<'a>>;

    /// The role that the event enters, by its name or a path. [`role_name`] is the name.
    fn entered_role(&self, kind: Kind) -> Option<Text<'a>> {
        self.entered(
            kind,
            [
                Particular::RequestRoleName,
                Particular::RequestRoleNameInSnakeCase,
                Particular::DetailsRoleName,
            ],
        )
    }

    /// The name of the role whose session it is.
    fn session_role(&self) -> Option<Text<'a>> {
        present(self.text(Field::IssuerUserName))
    }

    /// The account that the event enters, by its id or an ARN. [`account_id`] is the id.
    fn role_account(&self, kind: Kind) -> Option<Text<'a>> {
        self.entered(
            kind,
            [
                Particular::RequestAccountId,
                Particular::RequestAccountIdInSnakeCase,
                Particular::DetailsAccountId,
            ],
        )
    }

    /// The factors as AWS writes them.
    fn factor(&self) -> Option<Text<'a>> {
        let factors = present(self.text(Field::CredentialType));
        factors.or_else(|| self.present(Particular::MfaType))
    }

    /// The kind of the MFA device, for which no factor is written.
    fn device(&self) -> Option<&'static str> {
        let device = self.present(Particular::MfaIdentifier)?;
        let kinds = [(":mfa/", "virtual"), (":u2f/", "key")];
        kinds.iter().find(|(part, _)| device.contains(part)).map(|(_, factor)| *factor)
    }

    /// What somebody signed in with, given the `userAgent`.
    fn through(&self, kind: Kind, user_agent: Option<Text<'a>>) -> Option<Through> {
        let client = self.present(Particular::RequestClientId);
        if client.is_some_and(|client| client.contains("external-client")) {
            return Some(Through::Agent);
        }
        if user_agent.is_some_and(|agent| agent.starts_with("aws-cli")) {
            return Some(Through::Cli);
        }
        let mobile = self.present(Particular::MobileVersion);
        if mobile.is_some_and(|mobile| mobile.eq_ignore_ascii_case("Yes")) {
            return Some(Through::Mobile);
        }
        match kind {
            Kind::OauthAuthorization
            | Kind::OauthToken
            | Kind::OauthRefresh
            | Kind::PortalToken
            | Kind::PortalRefresh
            | Kind::RoleCredentials => Some(Through::Cli),
            Kind::ConsoleLogin
            | Kind::MfaCheck
            | Kind::RoleSwitch
            | Kind::RoleExit
            | Kind::RoleRenew
            | Kind::SigninToken
            | Kind::PasswordRecovery
            | Kind::AccountChange
            | Kind::PortalSession => Some(Through::Console),
            _ => None,
        }
    }

    /// Of an event that enters a role, the first of these members that is there, or `SwitchTo`.
    #[inline(always)]
    fn entered(&self, kind: Kind, members: [Particular; 3]) -> Option<Text<'a>> {
        if matches!(kind, Kind::RoleSwitch | Kind::PortalSession | Kind::RoleCredentials) {
            self.first(members)
        } else {
            None
        }
    }

    /// The first of these members that is there, or `SwitchTo`.
    #[inline(never)]
    fn first(&self, members: [Particular; 3]) -> Option<Text<'a>> {
        let first = members.iter().find_map(|member| self.present(*member));
        first.or_else(|| self.present(Particular::SwitchTo))
    }

    /// The string of another member, unless it is empty.
    #[inline(always)]
    fn present(&self, member: Particular) -> Option<Text<'a>> {
        present(self.particular(member))
    }
}

/// An empty string says nothing.
fn present(text: Option<Text<'_>>) -> Option<Text<'_>> {
    text.filter(|text| !text.is_empty())
}

/// The name of a role, in a path.
pub(crate) fn role_name(role: &[u8]) -> &[u8] {
    role.rsplit(|byte| *byte == b'/').next().unwrap_or(role)
}

/// The id of an account, which may be in an ARN such as `arn:aws:iam::444455556666:role/Audit`.
pub(crate) fn account_id(account: &[u8]) -> Option<&[u8]> {
    let id = match account.strip_prefix(b"arn:") {
        Some(arn) => arn.split(|byte| *byte == b':').nth(3)?,
        None => account,
    };
    Some(id).filter(|id| !id.is_empty())
}

/// Finds values until the object ends.
#[inline(never)]
pub(crate) fn find_members<'a>(object: &'a [u8], keys: &[&str], values: &mut [Option<Value<'a>>]) {
    let mut reader = Reader::new(object);
    if reader.enter().is_err() {
        return;
    }
    while let Ok(Some(name)) = reader.next_key() {
        let Ok(value) = reader.value() else { return };
        if let Some(index) = keys.iter().position(|key| name == **key) {
            values[index] = Some(value);
        }
    }
}
