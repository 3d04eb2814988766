//! What the members of a record say of a sign-in beside its verdict: the role, the factors, and what
//! somebody signed in with.

use alloc::borrow::Cow;

use sekisho_scan::{Reader, Text, Value, ValueKind};
use sekisho_signin::{Field, Kind};

use crate::text::string;

/// The objects of a record that have them.
pub(crate) struct Particulars<'a> {
    kind: Kind,
    additional: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    details: Option<&'a [u8]>,
    session_role: Option<Text<'a>>,
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

impl<'a> Particulars<'a> {
    /// Those of a record whose fields `get` returns.
    pub(crate) fn new(kind: Kind, get: impl Fn(Field) -> Option<Value<'a>>) -> Self {
        let object = |field| {
            get(field).filter(|value| value.kind == ValueKind::Object).map(|value| value.raw)
        };
        let session_role = get(Field::IssuerUserName).and_then(|value| value.text());
        Particulars {
            kind,
            additional: object(Field::AdditionalEventData),
            request: object(Field::RequestParameters),
            details: object(Field::ServiceEventDetails),
            session_role: session_role.filter(|text| !text.is_empty()),
        }
    }

    /// Whether the event is one that enters a role.
    fn may_enter(&self) -> bool {
        matches!(self.kind, Kind::RoleSwitch | Kind::PortalSession | Kind::RoleCredentials)
    }

    /// The name of the role that the event enters.
    pub(crate) fn entered_role(&self) -> Option<Cow<'a, str>> {
        let role = self.entered(["roleName", "role_name"])?;
        Some(part(role, |text| text.rsplit_once('/').map_or(text, |(_, last)| last)))
    }

    /// The name of the role whose session it is.
    pub(crate) fn session_role(&self) -> Option<Cow<'a, str>> {
        self.session_role.map(string)
    }

    /// The account that the event enters.
    pub(crate) fn role_account(&self) -> Option<Cow<'a, str>> {
        // arn:aws:iam::444455556666:role/Audit
        let account = part(self.entered(["accountId", "account_id"])?, |text| {
            match text.strip_prefix("arn:") {
                Some(arn) => arn.split(':').nth(3).unwrap_or_default(),
                None => text,
            }
        });
        Some(account).filter(|account| !account.is_empty())
    }

    /// The factors as AWS writes them, or the kind of the MFA device.
    pub(crate) fn factor(&self) -> Option<Cow<'a, str>> {
        let [factors, mfa, device] =
            members(self.additional, ["CredentialType", "MfaType", "MFAIdentifier"]);
        let of_device = || {
            let kinds = [(":mfa/", "virtual"), (":u2f/", "key")];
            let kind = kinds.iter().find(|(part, _)| device.is_some_and(|id| id.contains(part)));
            kind.map(|(_, factor)| Cow::Borrowed(*factor))
        };
        factors.or(mfa).map(string).or_else(of_device)
    }

    /// What somebody signed in with, given the `userAgent`.
    pub(crate) fn through(&self, user_agent: Option<Text<'a>>) -> Option<Through> {
        let [client] = members(self.request, ["client_id"]);
        if client.is_some_and(|client| client.contains("external-client")) {
            return Some(Through::Agent);
        }
        if user_agent.is_some_and(|agent| agent.starts_with("aws-cli")) {
            return Some(Through::Cli);
        }
        let [mobile] = members(self.additional, ["MobileVersion"]);
        if mobile.is_some_and(|mobile| mobile.eq_ignore_ascii_case("Yes")) {
            return Some(Through::Mobile);
        }
        match self.kind {
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
    fn entered(&self, [camel, snake]: [&str; 2]) -> Option<Text<'a>> {
        if !self.may_enter() {
            return None;
        }
        let [by_camel, by_snake] = members(self.request, [camel, snake]);
        let [of_details] = members(self.details, [snake]);
        let [switch_to] = members(self.additional, ["SwitchTo"]);
        by_camel.or(by_snake).or(of_details).or(switch_to)
    }
}

/// A part of a text.
fn part<'a>(text: Text<'a>, find: impl Fn(&str) -> &str) -> Cow<'a, str> {
    match string(text) {
        Cow::Borrowed(text) => Cow::Borrowed(find(text)),
        Cow::Owned(text) => Cow::Owned(find(&text).into()),
    }
}

/// The strings at these keys of a well-formed object, unless they are empty. Of duplicates, the last
/// one counts.
fn members<'a, const N: usize>(object: Option<&'a [u8]>, keys: [&str; N]) -> [Option<Text<'a>>; N] {
    let mut values = [None; N];
    if let Some(object) = object {
        find_members(object, &keys, &mut values);
    }
    values.map(|value: Option<Value<'a>>| value?.text().filter(|text| !text.is_empty()))
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
