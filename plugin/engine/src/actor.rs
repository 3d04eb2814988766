//! Who a record is about, and how they came in.

use alloc::borrow::Cow;
use alloc::string::String;

use sekisho_attempts::Identity;
use sekisho_scan::{Text, Value};
use sekisho_signin::{Field, Fields, Kind};

use crate::arrival::{Arrival, Scope, find};
use crate::classifier::{Classifier, NOT_SIGNIN, check_length};
use crate::error::Error;
use crate::observation::observe;
use crate::particulars::{
    PARTICULARS, Particular, Particulars, Through, account_id, find_members, find_particulars,
    role_name,
};
use crate::text::string;

/// Who a CloudTrail record is about, and how they came in.
///
/// ```
/// use sekisho::{Classifier, IdentityField, Through};
///
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"SwitchRole",
///     "userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","userName":"mika"},
///     "additionalEventData":{"SwitchTo":"arn:aws:iam::444455556666:role/Audit"}}"#;
/// let mut classifier = Classifier::new();
/// let actor = classifier.actor(record)?.expect("a record");
/// assert_eq!(actor.identity.get(IdentityField::User), Some("mika"));
/// assert_eq!(actor.identity.get(IdentityField::Identity), Some("AIDAEXAMPLE"));
/// assert_eq!(actor.role().as_deref(), Some("Audit"));
/// assert_eq!(actor.role_account().as_deref(), Some("444455556666"));
/// assert_eq!(actor.factor(), None);
/// assert_eq!(actor.through(), Some(Through::Console));
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Actor<'a> {
    /// The record, without its envelopes.
    pub record: &'a [u8],
    /// Account, id, user name, source address, and the id to count by, as attempts have them.
    pub identity: Identity,
    kind: Kind,
    texts: Texts<'a>,
}

impl Classifier {
    /// Who the record in the input is about, whether it is a sign-in or not. `None` if there is no
    /// CloudTrail record.
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn actor<'a>(&'a mut self, input: &'a [u8]) -> Result<Option<Actor<'a>>, Error> {
        check_length(input)?;
        let mut arrival = Arrival::new(Scope::AllRecords);
        let paths = self.configuration.record.as_ref();
        let found = find(input, paths, &mut arrival, &mut self.buffers)?;
        let Some(record) = found.record() else { return Ok(None) };
        let verdict = record.verdict().unwrap_or(NOT_SIGNIN);
        let identity = observe(&record, verdict, [].into(), None)?.identity;
        let particulars = find_particulars(|field| record.fields.get(field));
        let texts = Texts(*record.fields, particulars);
        Ok(Some(Actor { record: record.json, identity, kind: verdict.kind, texts }))
    }
}

impl Actor<'_> {
    /// The name of the role: the one that the event enters, or else that of the session.
    #[must_use]
    pub fn role(&self) -> Option<String> {
        match self.texts.entered_role(self.kind) {
            Some(role) => Some(owned(role_name(string(role).as_bytes()))),
            None => self.texts.session_role().map(|role| string(role).into_owned()),
        }
    }

    /// The account that the event enters, if it is one that enters a role.
    #[must_use]
    pub fn role_account(&self) -> Option<String> {
        let account = string(self.texts.role_account(self.kind)?);
        account_id(account.as_bytes()).map(owned)
    }

    /// The factor as AWS writes it, or `virtual` or `key` by the kind of the MFA device. It says
    /// what was requested or used, not whether it was right.
    #[must_use]
    pub fn factor(&self) -> Option<String> {
        let factor = self.texts.factor().map(string);
        factor.or_else(|| self.texts.device().map(Cow::Borrowed)).map(Cow::into_owned)
    }

    /// What they signed in with, if the record says so.
    #[must_use]
    pub fn through(&self) -> Option<Through> {
        let mut user_agent = [None];
        find_members(self.record, &["userAgent"], &mut user_agent);
        let [user_agent] = user_agent;
        self.texts.through(self.kind, user_agent.and_then(|value| value.text()))
    }
}

fn owned(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// The strings of a record that a walk has found.
#[derive(Clone, Debug)]
struct Texts<'a>(Fields<'a>, [Option<Value<'a>>; PARTICULARS]);

impl<'a> Particulars<'a> for Texts<'a> {
    fn text(&self, field: Field) -> Option<Text<'a>> {
        self.0.text(field)
    }

    fn particular(&self, member: Particular) -> Option<Text<'a>> {
        self.1[member as usize]?.text()
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use sekisho_attempts::IdentityField;

    use super::*;

    const SIGNIN: &str = "signin.amazonaws.com";
    const SSO: &str = "sso.amazonaws.com";

    /// Passes the actor of a record to `check`.
    fn check(source: &str, name: &str, members: &str, check: impl FnOnce(Actor<'_>)) {
        let record = format!(r#"{{"eventSource":"{source}","eventName":"{name}"{members}}}"#);
        let mut classifier = Classifier::new();
        check(classifier.actor(record.as_bytes()).unwrap().unwrap());
    }

    #[test]
    fn a_role_is_that_entered_or_that_of_the_session() {
        let session = r#","userIdentity":{"type":"AssumedRole","sessionContext":{"sessionIssuer":{"userName":"Operators"}}}"#;
        let switch =
            r#","additionalEventData":{"SwitchTo":"arn:aws:iam::444455556666:role/a/Audit"}"#;
        let text =
            r#","additionalEventData":"{\"SwitchTo\":\"arn:aws:iam::444455556666:role/Audit\"}""#;
        let details = r#","serviceEventDetails":{"account_id":"444455556666","role_name":"Audit"}"#;
        let request = r#","requestParameters":{"accountId":"444455556666","roleName":"Audit"}"#;
        let snake = r#","requestParameters":{"account_id":"444455556666","role_name":"Audit"}"#;
        for (source, name, members, role, account) in [
            (SIGNIN, "SwitchRole", switch, Some("Audit"), Some("444455556666")),
            (SIGNIN, "SwitchRole", text, Some("Audit"), Some("444455556666")),
            (SSO, "Federate", details, Some("Audit"), Some("444455556666")),
            (SSO, "GetRoleCredentials", details, Some("Audit"), Some("444455556666")),
            (SSO, "GetRoleCredentials", request, Some("Audit"), Some("444455556666")),
            (SSO, "GetRoleCredentials", snake, Some("Audit"), Some("444455556666")),
            // Of other events these members mean something else.
            (SIGNIN, "ConsoleLogin", details, None, None),
            ("iam.amazonaws.com", "GetRole", request, None, None),
            (SIGNIN, "SwitchRole", "", None, None),
        ] {
            check(source, name, members, |actor| {
                assert_eq!(actor.role().as_deref(), role, "{name} {members}");
                assert_eq!(actor.role_account().as_deref(), account, "{name} {members}");
            });
            let members = format!("{members}{session}");
            check(source, name, &members, |actor| {
                assert_eq!(actor.role().as_deref(), role.or(Some("Operators")), "{name} {members}");
                assert_eq!(actor.role_account().as_deref(), account, "{name} {members}");
            });
        }
    }

    #[test]
    fn a_factor_is_a_type_or_the_kind_of_a_device() {
        let mfa = r#""MFAIdentifier":"arn:aws:iam::111122223333:mfa/mika""#;
        let u2f = r#""MFAIdentifier":"arn:aws:iam::111122223333:u2f/user/mika/default""#;
        for (additional, factor) in [
            (r#""CredentialType":"PASSWORD,TOTP","MfaType":"x""#, Some("PASSWORD,TOTP")),
            (&format!(r#""MfaType":"U2F MFA",{mfa}"#), Some("U2F MFA")),
            (&format!(r#""CredentialType":"",{mfa}"#), Some("virtual")),
            (u2f, Some("key")),
            (r#""MFAIdentifier":"mika""#, None),
            (r#""MfaType":1"#, None),
        ] {
            let members = format!(r#","additionalEventData":{{{additional}}}"#);
            check(SIGNIN, "ConsoleLogin", &members, |actor| {
                assert_eq!(actor.factor().as_deref(), factor, "{additional}");
            });
        }
        check(SIGNIN, "ConsoleLogin", "", |actor| assert_eq!(actor.factor(), None));
    }

    #[test]
    fn the_way_in_is_by_client_agent_app_or_kind() {
        let cli = r#","userAgent":"aws-cli/2.34.30""#;
        let mobile = r#","additionalEventData":{"MobileVersion":"yes"}"#;
        let agent = r#","userAgent":"aws-cli/2.34.30","requestParameters":{"client_id":"arn:aws:signin:us-east-1::external-client/dcr/1"}"#;
        let device =
            r#","requestParameters":{"client_id":"arn:aws:signin:::devtools/same-device"}"#;
        let token = r#","responseElements":{}"#;
        for (source, name, members, through) in [
            (SIGNIN, "AuthorizeOAuth2Access", agent, Some(Through::Agent)),
            (SIGNIN, "AuthorizeOAuth2Access", device, Some(Through::Cli)),
            (SIGNIN, "CreateOAuth2Token", "", Some(Through::Cli)),
            (SSO, "CreateToken", token, Some(Through::Cli)),
            (SSO, "GetRoleCredentials", "", Some(Through::Cli)),
            ("s3.amazonaws.com", "GetObject", cli, Some(Through::Cli)),
            (SIGNIN, "ConsoleLogin", cli, Some(Through::Cli)),
            (SIGNIN, "ConsoleLogin", mobile, Some(Through::Mobile)),
            (SIGNIN, "ConsoleLogin", "", Some(Through::Console)),
            (SIGNIN, "SwitchRole", "", Some(Through::Console)),
            (SSO, "Federate", "", Some(Through::Console)),
            // The pages of Identity Center serve the console, programs and WorkSpaces.
            (SIGNIN, "UserAuthentication", "", None),
            ("s3.amazonaws.com", "GetObject", "", None),
        ] {
            check(source, name, members, |actor| {
                assert_eq!(actor.through(), through, "{name} {members}");
            });
        }
    }

    #[test]
    fn the_identity_is_that_of_attempts_and_of_any_record() {
        let hidden = r#","userIdentity":{"type":"IAMUser","userName":"HIDDEN_DUE_TO_SECURITY_REASONS"},"recipientAccountId":"111122223333""#;
        check(SIGNIN, "ConsoleLogin", hidden, |actor| {
            assert_eq!(actor.identity.get(IdentityField::User), None);
            assert_eq!(actor.identity.get(IdentityField::Identity), None);
            assert_eq!(actor.identity.get(IdentityField::Account), Some("111122223333"));
        });
        let session = r#","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:mika"}"#;
        check("s3.amazonaws.com", "GetObject", session, |actor| {
            assert_eq!(actor.identity.get(IdentityField::User), Some("mika"));
            assert_eq!(actor.identity.get(IdentityField::Identity), Some("AROAEXAMPLE:mika"));
            assert!(actor.record.starts_with(br#"{"eventSource":"s3."#));
        });
    }

    #[test]
    fn there_may_be_no_record() {
        let mut classifier = Classifier::new();
        assert!(classifier.actor(b"[]").unwrap().is_none());
        assert!(classifier.actor(br#"{"a":1}"#).unwrap().is_none());
        assert!(classifier.actor(b"{").is_err());
    }
}
