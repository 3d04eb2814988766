//! What a stream of records emits.

use std::collections::BTreeMap;

use sekisho::{FindingState, IdentityField, Reason, Time};
use sekisho_attempts::write_time;
use serde::Serialize;
use tsify::Tsify;

/// What a stream of records emits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Emitted {
    /// One try to sign in.
    Attempt(Box<Attempt>),
    /// The condition of a correlation rule is met, or such a finding closes.
    Finding(Finding),
}

impl Emitted {
    /// None if its type is unknown here.
    pub(crate) fn new(emitted: &sekisho::Emitted<'_>) -> Option<Self> {
        match emitted {
            sekisho::Emitted::Attempt(attempt) => Some(Emitted::Attempt(Box::new(attempt.into()))),
            sekisho::Emitted::Finding(finding) => Some(Emitted::Finding(finding.into())),
            _ => None,
        }
    }
}

/// One try to sign in, of one record or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Attempt {
    /// How it ended.
    #[tsify(type = "Outcome")]
    pub outcome: &'static str,
    /// Why it failed or was denied.
    #[tsify(type = "Reason | null")]
    pub reason: Option<&'static str>,
    /// Who signed in.
    #[tsify(type = "Principal")]
    pub principal: &'static str,
    /// Whether a second factor was used.
    #[tsify(type = "Mfa")]
    pub mfa: &'static str,
    /// Whether the user exists.
    #[tsify(type = "UserExists")]
    pub user_exists: &'static str,
    /// The account.
    pub account: Option<String>,
    /// The id of the principal.
    pub principal_id: Option<String>,
    /// The name of the user.
    pub user: Option<String>,
    /// The source address, or the name of a host.
    pub source_ip: Option<String>,
    /// The time of its first record.
    pub first_time: Option<String>,
    /// The time of its last record.
    pub last_time: Option<String>,
    /// The ids of its records.
    pub events: Vec<String>,
    /// Failed attempts of the same key since its last success.
    pub failures_before: u32,
    /// Remarks.
    #[tsify(type = "Flag[]")]
    pub flags: Vec<&'static str>,
    /// The id to count by; none if nobody knows who it was.
    pub identity: Option<String>,
    /// The last record of the sign-in to Identity Center that a console sign-in came from.
    pub follows: Option<String>,
    /// Ids of the rules that match; empty where none are compiled.
    pub rules: Vec<String>,
    /// Ids of the rules for which it is silenced; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[tsify(optional)]
    pub silenced: Vec<String>,
    /// The positions of the entries of `silence` that did it, from 0; absent if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[tsify(optional)]
    pub silenced_by: Vec<u32>,
}

/// A correlation rule whose condition is met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct Finding {
    /// Whether it opens or closes. It closes only with `"findings":"lifecycle"`.
    #[tsify(type = "'opened' | 'closed'")]
    pub state: &'static str,
    /// How many matches it has when it closes; null when it opens.
    pub matches: Option<u32>,
    /// The id of the rule.
    pub rule: String,
    /// The severity of the rule: the text of a string, the JSON of any other value.
    pub severity: Option<String>,
    /// The `group-by` fields with their values.
    pub key: BTreeMap<&'static str, Option<String>>,
    /// How many records or attempts it counted.
    pub count: u32,
    /// The time of the first of them.
    pub first_time: Option<String>,
    /// The time of the last of them.
    pub last_time: Option<String>,
    /// The ids of their records.
    pub events: Vec<String>,
}

impl From<&sekisho::Attempt<'_>> for Attempt {
    fn from(attempt: &sekisho::Attempt<'_>) -> Self {
        let identity = |field| attempt.identity.get(field).map(str::to_owned);
        Self {
            outcome: attempt.outcome.name(),
            reason: attempt.reason.map(Reason::name),
            principal: attempt.principal.name(),
            mfa: attempt.mfa.name(),
            user_exists: attempt.user_exists.name(),
            account: identity(IdentityField::Account),
            principal_id: identity(IdentityField::PrincipalId),
            user: identity(IdentityField::User),
            source_ip: identity(IdentityField::SourceIp),
            first_time: attempt.first_time.map(timestamp),
            last_time: attempt.last_time.map(timestamp),
            events: attempt.event_ids.iter().map(ToString::to_string).collect(),
            failures_before: attempt.failures_before,
            flags: attempt.flags.names().collect(),
            identity: identity(IdentityField::Identity),
            follows: attempt.follows.as_ref().map(ToString::to_string),
            rules: attempt.rules().map(str::to_owned).collect(),
            silenced: attempt.silenced().map(str::to_owned).collect(),
            silenced_by: attempt.silenced_by().to_vec(),
        }
    }
}

impl From<&sekisho::Finding<'_>> for Finding {
    fn from(finding: &sekisho::Finding<'_>) -> Self {
        // JSON that is no string is shown as it is; `null` is none.
        let text = |json: &str| serde_json::from_str(json).unwrap_or_else(|_| json.to_owned());
        let value = |(field, value): (IdentityField, Option<&str>)| {
            (field.name(), value.map(str::to_owned))
        };
        let matches = match finding.state {
            FindingState::Closed { matches, .. } => Some(matches),
            _ => None,
        };
        Self {
            state: if matches.is_some() { "closed" } else { "opened" },
            matches,
            rule: finding.rule().to_owned(),
            severity: finding.severity().filter(|json| *json != "null").map(text),
            key: finding.key().map(value).collect(),
            count: finding.count,
            first_time: Some(timestamp(finding.first_time)),
            last_time: Some(timestamp(finding.last_time)),
            events: finding.event_ids.iter().map(ToString::to_string).collect(),
        }
    }
}

fn timestamp(time: Time) -> String {
    let mut text = Vec::new();
    write_time(time, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
