//! The tables. Each function is one row of the documentation's table, each `if` or arm one line
//! of it, in its order: the first that holds decides.

use core::iter;

use sekisho_scan::{Kind as JsonKind, Text, Value};

use crate::{Field, Fields, Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// A value of a verdict and why it was given.
#[derive(Clone, Copy, Debug)]
pub struct Decision<T> {
    /// What was decided.
    pub value: T,
    /// The line of the table that held, in words.
    pub line: &'static str,
    /// The fields that this line looked at; [`Decisions::result`] stands for the object it is in.
    pub fields: &'static [Field],
}

/// A verdict with its reasons.
#[derive(Clone, Copy, Debug)]
pub struct Decisions<'a> {
    /// See [`Verdict::kind`].
    pub kind: Decision<Kind>,
    /// See [`Verdict::outcome`].
    pub outcome: Decision<Outcome>,
    /// See [`Verdict::reason`].
    pub reason: Decision<Option<Reason>>,
    /// See [`Verdict::principal`].
    pub principal: Decision<Principal>,
    /// See [`Verdict::mfa`].
    pub mfa: Decision<Mfa>,
    /// See [`Verdict::user_exists`].
    pub user_exists: Decision<UserExists>,
    /// What stands under the event's name in `responseElements` or `serviceEventDetails`.
    pub result: Option<Value<'a>>,
}

impl Decisions<'_> {
    /// The values alone.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict {
            kind: self.kind.value,
            outcome: self.outcome.value,
            reason: self.reason.value,
            principal: self.principal.value,
            mfa: self.mfa.value,
            user_exists: self.user_exists.value,
        }
    }
}

const SIGNIN: &str = "signin.amazonaws.com";
const SSO: &str = "sso.amazonaws.com";

/// Whether a record of this `eventSource` can be a sign-in at all.
#[inline]
#[must_use]
pub fn may_be_signin(event_source: Text<'_>) -> bool {
    event_source == SIGNIN || event_source == SSO
}

/// Whether a record is a sign-in: whether it gets a verdict.
#[must_use]
pub fn is_signin(fields: &Fields<'_>) -> bool {
    kind(fields).is_some()
}

/// The verdict on a record; `None` if it is no sign-in.
#[must_use]
pub fn classify(fields: &Fields<'_>) -> Option<Verdict> {
    decide(fields).map(|decisions| decisions.verdict())
}

/// The verdict on a record with its reasons; `None` if it is no sign-in.
#[must_use]
pub fn decide<'a>(fields: &Fields<'a>) -> Option<Decisions<'a>> {
    let kind = kind(fields)?;
    let holder = result_holder(kind.value);
    let result = fields.text(Field::EventName).and_then(|name| fields.member(holder, name));
    let outcome = outcome(fields, kind.value, holder, result);
    let reason = reason(fields, kind.value, outcome.value);
    let principal = principal(fields, kind.value, reason);
    let mfa = mfa(fields, kind.value, outcome.value, reason, principal);
    let user_exists = user_exists(fields, kind.value, outcome, reason, principal);
    Some(Decisions { kind, outcome, reason, principal, mfa, user_exists, result })
}

fn kind(fields: &Fields<'_>) -> Option<Decision<Kind>> {
    const NAMED: &[(&str, Kind)] = &[
        ("ConsoleLogin", Kind::ConsoleLogin),
        ("CheckMfa", Kind::MfaCheck),
        ("SwitchRole", Kind::RoleSwitch),
        ("ExitRole", Kind::RoleExit),
        ("RenewRole", Kind::RoleRenew),
        ("GetSigninToken", Kind::SigninToken),
        ("PasswordRecoveryRequested", Kind::PasswordRecovery),
        ("PasswordRecoveryCompleted", Kind::PasswordRecovery),
        ("PasswordUpdated", Kind::AccountChange),
        ("EmailUpdated", Kind::AccountChange),
        ("AccountNameUpdated", Kind::AccountChange),
        ("ExternalIdPDirectoryLogin", Kind::ExternalIdpLogin),
        ("CredentialChallenge", Kind::IdcChallenge),
        ("CredentialVerification", Kind::IdcVerification),
        ("UserAuthentication", Kind::IdcAuthentication),
    ];
    const FIELDS: &[Field] = &[Field::EventSource, Field::EventName];
    let source = fields.text(Field::EventSource)?;
    let name = fields.text(Field::EventName);
    if source == SIGNIN {
        let named = NAMED.iter().find(|(known, _)| name.is_some_and(|name| name == *known));
        return Some(match named {
            Some((_, kind)) => because(*kind, "the event name, of signin.amazonaws.com", FIELDS),
            None => {
                because(Kind::OtherSignin, "any other event name of signin.amazonaws.com", FIELDS)
            }
        });
    }
    if source == SSO
        && name.is_some_and(|n| n == "Authenticate" || n == "Federate" || n == "Logout")
    {
        let line = "Authenticate, Federate or Logout of sso.amazonaws.com";
        return Some(because(Kind::PortalSession, line, FIELDS));
    }
    None
}

/// The object in which the result stands under the event's name.
fn result_holder(kind: Kind) -> Field {
    if kind.is_identity_center() { Field::ServiceEventDetails } else { Field::ResponseElements }
}

fn outcome(
    fields: &Fields<'_>,
    kind: Kind,
    holder: Field,
    result: Option<Value<'_>>,
) -> Decision<Outcome> {
    let result_field: &'static [Field] = match holder {
        Field::ServiceEventDetails => &[Field::ServiceEventDetails],
        _ => &[Field::ResponseElements],
    };
    let result = result.filter(|value| value.kind != JsonKind::Null);
    let result_is = |word| {
        result.and_then(|value| value.text()).is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    if fields.text(Field::ErrorCode).is_some_and(|code| code.contains("AccessDenied")) {
        return because(Outcome::Denied, "errorCode contains AccessDenied", &[Field::ErrorCode]);
    }
    if result_is("Failure") {
        return because(Outcome::Failure, "the result is Failure", result_field);
    }
    if result_is("Success") {
        return match kind {
            Kind::MfaCheck | Kind::IdcChallenge | Kind::IdcVerification => because(
                Outcome::Challenged,
                "the result is Success, of a step after which another is open",
                result_field,
            ),
            _ => because(Outcome::Success, "the result is Success", result_field),
        };
    }
    if kind == Kind::PortalSession && result.is_none() {
        const ERRORS: &[Field] = &[Field::ErrorCode, Field::ErrorMessage];
        return if ERRORS.iter().any(|field| present(fields, *field)) {
            because(Outcome::Failure, "a portal session with an error", ERRORS)
        } else {
            because(Outcome::Success, "a portal session without an error", ERRORS)
        };
    }
    because(Outcome::Unknown, "the result is missing or neither Success nor Failure", result_field)
}

fn reason(fields: &Fields<'_>, kind: Kind, outcome: Outcome) -> Decision<Option<Reason>> {
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
            if says(fields, Field::MfaUsed, "Yes") {
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

fn principal(
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

/// Which sort of role it was that type AssumedRole stands for.
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
    if present(fields, Field::SamlProviderArn) {
        return because(
            Principal::SamlRole,
            "type AssumedRole with SamlProviderArn",
            &[Field::IdentityType, Field::SamlProviderArn],
        );
    }
    because(Principal::AssumedRole, "any other type AssumedRole", &[Field::IdentityType])
}

fn mfa(
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
            if says(fields, Field::MfaUsed, "Yes") {
                because(Mfa::Used, "MFAUsed is Yes", MFA_USED)
            } else if says(fields, Field::MfaUsed, "No") {
                because(Mfa::NotUsed, "MFAUsed is No", MFA_USED)
            } else {
                because(Mfa::Unknown, "MFAUsed is absent or neither Yes nor No", MFA_USED)
            }
        }
        Kind::IdcAuthentication => authentication_mfa(fields),
        _ => because(Mfa::Unknown, "the record says nothing of MFA", &[]),
    }
}

/// What a challenge of IAM Identity Center says of a second factor, if it says anything.
fn challenge_mfa(fields: &Fields<'_>, outcome: Outcome) -> Option<Decision<Mfa>> {
    const TYPE: &[Field] = &[Field::CredentialType];
    let mut asked = fields.text(Field::CredentialType).into_iter().flat_map(factors);
    let (factor, more) = (asked.next(), asked.next().is_some());
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

/// Which factors the answer of IAM Identity Center lists.
fn authentication_mfa(fields: &Fields<'_>) -> Decision<Mfa> {
    const TYPE: &[Field] = &[Field::CredentialType];
    let list = fields.text(Field::CredentialType);
    let count = list.map_or(0, |list| factors(list).count());
    let holds = |name| list.is_some_and(|list| factors(list).any(|factor| is_factor(factor, name)));
    if holds("EXTERNAL_IDP") {
        because(Mfa::External, "the factors hold EXTERNAL_IDP", TYPE)
    } else if count >= 2 || holds("SMARTCARD") || holds("WEBAUTHN") {
        because(Mfa::Used, "two or more factors, or SMARTCARD or WEBAUTHN", TYPE)
    } else if count == 1 {
        because(Mfa::NotUsed, "one factor", TYPE)
    } else {
        because(Mfa::Unknown, "no factor named", TYPE)
    }
}

/// The parts of a comma-separated list that hold more than spaces.
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

/// Whether a part of the list is this factor, spaces around it aside.
fn is_factor(factor: impl Iterator<Item = char>, name: &str) -> bool {
    let mut factor = factor.skip_while(|character| *character == ' ');
    name.chars().all(|character| factor.next() == Some(character))
        && factor.all(|character| character == ' ')
}

fn user_exists(
    fields: &Fields<'_>,
    kind: Kind,
    outcome: Decision<Outcome>,
    reason: Decision<Option<Reason>>,
    principal: Decision<Principal>,
) -> Decision<UserExists> {
    if reason.value == Some(Reason::UnknownUser) {
        return because(UserExists::No, "the reason is unknown_user", reason.fields);
    }
    if outcome.value == Outcome::Success {
        return because(UserExists::Yes, "the outcome is success", outcome.fields);
    }
    if outcome.value == Outcome::Challenged && kind != Kind::IdcChallenge {
        return because(
            UserExists::Yes,
            "CheckMfa or CredentialVerification passed, which is for known users only",
            outcome.fields,
        );
    }
    if principal.value == Principal::Root {
        return because(UserExists::Yes, "the principal is root", principal.fields);
    }
    if fields.text(Field::PrincipalId).is_some_and(|id| id.starts_with("AIDA")) {
        let line = "principalId begins AIDA, as those of IAM users do";
        return because(UserExists::Yes, line, &[Field::PrincipalId]);
    }
    match reason.value {
        Some(Reason::BadPassword | Reason::BadPasswordOrMfa | Reason::BadFactor) => {
            because(UserExists::Yes, "the reason is a wrong password or factor", reason.fields)
        }
        _ => because(UserExists::Unknown, "the record does not say", &[]),
    }
}

fn because<T>(value: T, line: &'static str, fields: &'static [Field]) -> Decision<T> {
    Decision { value, line, fields }
}

/// Whether a field is a string that holds something.
fn present(fields: &Fields<'_>, field: Field) -> bool {
    fields.text(field).is_some_and(|text| !text.is_empty())
}

/// Whether a field is this word, in any case.
fn says(fields: &Fields<'_>, field: Field, word: &str) -> bool {
    fields.text(field).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// Whether userIdentity.type is one of two.
fn identity_is(fields: &Fields<'_>, one: &str, other: &str) -> bool {
    fields.text(Field::IdentityType).is_some_and(|identity| identity == one || identity == other)
}
