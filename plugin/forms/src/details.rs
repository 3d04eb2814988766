//! What the forms are made of.

use sekisho_scan::Text;
use sekisho_signin::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

use crate::technique::Technique;

/// A time, as a number and as text.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub milliseconds: i64,
    /// The same as an RFC 3339 text, which needs no escapes in JSON.
    pub text: &'a [u8],
}

/// Rules that match.
#[derive(Clone, Copy, Debug, Default)]
pub struct MatchedIds<'a> {
    /// The ids as JSON strings with commas between them.
    pub ids: &'a [u8],
    /// How many there are.
    pub count: usize,
    /// Those for which the event is silenced, written like `ids`.
    pub silenced: &'a [u8],
    /// The techniques that those that match name, each once.
    pub techniques: &'a [Technique],
}

/// The verdict on a record, and what else the forms say of it.
///
/// A [`Text`] is written as it is in the record, with its escapes. Bytes are decoded text. A field that
/// is absent, hidden or of another type is `None`.
#[derive(Clone, Copy, Debug)]
pub struct Details<'a> {
    /// The verdict on the record.
    pub verdict: Verdict,
    /// Whether none of the strings needs escapes in JSON. If it is false, each of them is looked through.
    pub is_plain: bool,
    /// `eventTime`, if it is a valid time.
    pub time: Option<Moment<'a>>,
    /// `eventTime`, if it is not valid.
    pub invalid_time: Option<Text<'a>>,
    /// The id to count by.
    pub identity: Option<&'a [u8]>,
    /// The name to show.
    pub user: Option<&'a [u8]>,
    /// The role that the event enters, or that of the session.
    pub role: Option<&'a [u8]>,
    /// Whether the event enters the role.
    pub enters_role: bool,
    /// The account that the event enters.
    pub role_account: Option<&'a [u8]>,
    /// The account that received the record.
    pub account: Option<&'a [u8]>,
    /// The account of the user.
    pub user_account: Option<&'a [u8]>,
    /// `sourceIPAddress`: an address, the name of a host, or another text.
    pub source: Option<&'a [u8]>,
    /// The factors as AWS writes them, with commas between them.
    pub factor: Option<&'a [u8]>,
    /// What they signed in with.
    pub through: Option<&'static str>,
    /// `eventID`.
    pub event_id: Option<Text<'a>>,
    /// `eventName`.
    pub event_name: Option<Text<'a>>,
    /// `eventSource`.
    pub event_source: Option<Text<'a>>,
    /// `awsRegion`.
    pub region: Option<Text<'a>>,
    /// `userAgent`.
    pub user_agent: Option<Text<'a>>,
    /// `errorCode`.
    pub error_code: Option<Text<'a>>,
    /// `errorMessage`.
    pub error_message: Option<Text<'a>>,
    /// `userIdentity.type`.
    pub identity_type: Option<Text<'a>>,
    /// The ARN of the role whose session it is.
    pub issuer: Option<Text<'a>>,
    /// `additionalEventData.AuthWorkflowID`.
    pub workflow: Option<Text<'a>>,
    /// The rules that match; `None` if there are none in the configuration.
    pub rules: Option<MatchedIds<'a>>,
}

impl Details<'_> {
    /// Whether there is a CloudTrail record. A rule may match an input without one.
    pub(crate) fn has_record(&self) -> bool {
        self.event_name.or(self.event_source).is_some()
    }
}

impl Default for Details<'_> {
    fn default() -> Self {
        Details {
            verdict: Verdict {
                kind: Kind::NotSignin,
                outcome: Outcome::Unknown,
                reason: None,
                principal: Principal::Unknown,
                mfa: Mfa::Unknown,
                user_exists: UserExists::Unknown,
            },
            is_plain: false,
            time: None,
            invalid_time: None,
            identity: None,
            user: None,
            role: None,
            enters_role: false,
            role_account: None,
            account: None,
            user_account: None,
            source: None,
            factor: None,
            through: None,
            event_id: None,
            event_name: None,
            event_source: None,
            region: None,
            user_agent: None,
            error_code: None,
            error_message: None,
            identity_type: None,
            issuer: None,
            workflow: None,
            rules: None,
        }
    }
}

/// An attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct AttemptDetails<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or was denied.
    pub reason: Option<Reason>,
    /// Who tried to sign in.
    pub principal: Principal,
    /// Whether a second factor was used.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
    /// The id to count by.
    pub identity: Option<&'a [u8]>,
    /// The name to show.
    pub user: Option<&'a [u8]>,
    /// The account that received its records.
    pub account: Option<&'a [u8]>,
    /// The source of its records.
    pub source: Option<&'a [u8]>,
    /// The times of its first and last record.
    pub times: Option<(Moment<'a>, Moment<'a>)>,
    /// The eventIDs as JSON strings with commas between them.
    pub events: &'a [u8],
    /// How many there are.
    pub event_count: usize,
    /// The last of them.
    pub last_event: &'a [u8],
    /// Its flags as JSON strings with commas between them.
    pub flags: &'a [u8],
    /// The rules that match; `None` if there are none in the configuration.
    pub rules: Option<MatchedIds<'a>>,
    /// Its line, a JSON object.
    pub line: &'a [u8],
}

/// A finding of a correlation rule.
#[derive(Clone, Copy, Debug)]
pub struct FindingDetails<'a> {
    /// Its id, 32 hexadecimal digits.
    pub id: &'a str,
    /// Whether this is the line that closes it.
    pub is_closed: bool,
    /// The id of the rule, a JSON string.
    pub rule: &'a [u8],
    /// The severity of the rule, a JSON value.
    pub severity: Option<&'a str>,
    /// The techniques that the rule names.
    pub techniques: &'a [Technique],
    /// The id to count by that its matches have in common.
    pub identity: Option<&'a [u8]>,
    /// The user that its matches have in common.
    pub user: Option<&'a [u8]>,
    /// The account that its matches have in common.
    pub account: Option<&'a [u8]>,
    /// The source that its matches have in common.
    pub source: Option<&'a [u8]>,
    /// The time of the first match.
    pub first_time: Moment<'a>,
    /// The time of the last match.
    pub last_time: Moment<'a>,
    /// How many matches, or different values, met the condition.
    pub count: u32,
    /// The eventIDs as JSON strings.
    pub events: &'a [&'a [u8]],
    /// Its line, a JSON object.
    pub line: &'a [u8],
}
