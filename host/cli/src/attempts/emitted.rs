//! The lines that the module emits: attempts and findings.

use sekisho_attempts::{Time, parse_time};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A line of NDJSON that the module emits.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "most lines are attempts")]
pub(crate) enum Emitted {
    /// An attempt to sign in.
    Attempt(Attempt),
    /// A finding of a correlation rule.
    Finding(Finding),
    /// A type that this program does not know. Newer modules may emit more types.
    #[serde(other)]
    Other,
}

impl Emitted {
    /// The time of the last record, if it can be parsed; for a finding, of the record that opened it.
    pub(crate) fn time(&self) -> Option<Time> {
        let text = match self {
            Emitted::Attempt(attempt) => &attempt.last_time,
            Emitted::Finding(finding) => finding.time(),
            Emitted::Other => &None,
        };
        parse_time(text.as_deref()?.as_bytes())
    }
}

/// An attempt to sign in, paired from one or more records.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Attempt {
    /// The outcome, as in a verdict.
    pub(crate) outcome: String,
    /// Why it failed or was denied.
    pub(crate) reason: Option<String>,
    /// The type of principal.
    pub(crate) principal: String,
    /// Whether multi-factor authentication was used.
    pub(crate) mfa: String,
    /// Whether the user exists.
    pub(crate) user_exists: String,
    /// The account id.
    pub(crate) account: Option<String>,
    /// The principal id.
    pub(crate) principal_id: Option<String>,
    /// The user name.
    pub(crate) user: Option<String>,
    /// The source IP address.
    pub(crate) source_ip: Option<String>,
    /// The time of the first record.
    pub(crate) first_time: Option<String>,
    /// The time of the last record.
    pub(crate) last_time: Option<String>,
    /// The event ids of the records.
    pub(crate) events: Vec<String>,
    /// The number of failures with the same key since its last success.
    pub(crate) failures_before: u64,
    /// Remarks, such as `abandoned_at_mfa`.
    pub(crate) flags: Vec<String>,
    /// The id to count by; earlier modules do not write it.
    #[serde(default)]
    pub(crate) identity: Option<String>,
    /// The last record of the sign-in to Identity Center that it came from.
    #[serde(default)]
    pub(crate) follows: Option<String>,
    /// The ids of the rules that match; absent if no rules are configured.
    #[serde(default)]
    pub(crate) rules: Vec<String>,
    /// The ids of the rules for which it is silenced.
    #[serde(default)]
    pub(crate) silenced: Vec<String>,
    /// The positions of the entries of `silence` that it fits.
    #[serde(default)]
    pub(crate) silenced_by: Vec<usize>,
}

impl Attempt {
    /// Whether it failed or was denied.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome.as_str(), "failure" | "denied")
    }

    /// A name to show: the user name, else the session name, else an id.
    pub(crate) fn display_name(&self) -> Option<&str> {
        let session = || Some(self.principal_id.as_deref()?.split_once(':')?.1);
        let root = (self.principal == "root").then_some("root");
        self.user.as_deref().or_else(session).or(root).or_else(|| self.person())
    }

    /// The id of a person or role session. Earlier modules write no identity; an account id, which
    /// is 12 digits, is nobody.
    pub(crate) fn person(&self) -> Option<&str> {
        let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        let id = || self.principal_id.as_deref().filter(|id| !is_account(id));
        self.identity.as_deref().or_else(id)
    }

    /// Who it was, as far as known. A user name is whatever was typed, so it comes last.
    fn identity_or_user(&self) -> &Option<String> {
        let Self { identity, principal_id, user, .. } = self;
        [identity, principal_id].into_iter().find(|id| id.is_some()).unwrap_or(user)
    }

    /// Whether `other` repeats this attempt: the same identity, source, outcome, flags and rules.
    pub(crate) fn is_repeated_by(&self, other: &Self) -> bool {
        fn optional(attempt: &Attempt) -> [&Option<String>; 4] {
            let Attempt { account, source_ip, reason, .. } = attempt;
            [account, attempt.identity_or_user(), source_ip, reason]
        }
        fn required(attempt: &Attempt) -> [&str; 3] {
            [&attempt.outcome, &attempt.principal, &attempt.mfa]
        }
        optional(self) == optional(other)
            && required(self) == required(other)
            && self.flags == other.flags
            && self.rules == other.rules
            && self.silenced == other.silenced
    }
}

/// A finding: a correlation rule reached its condition.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Finding {
    /// The id of the rule.
    pub(crate) rule: String,
    /// The severity of the rule.
    pub(crate) severity: Option<String>,
    /// The values of the fields that the rule groups by.
    pub(crate) key: Map<String, Value>,
    /// The number of matches, or of distinct values.
    pub(crate) count: u64,
    /// The time of the first record.
    pub(crate) first_time: Option<String>,
    /// The time of the last record.
    pub(crate) last_time: Option<String>,
    /// The event ids of the records.
    pub(crate) events: Vec<String>,
    /// The same when it opens and when it closes; earlier modules write none of these.
    #[serde(default)]
    pub(crate) id: Option<String>,
    /// `opened` or `closed`.
    #[serde(default)]
    pub(crate) state: Option<String>,
    /// When it closes, the number of matches.
    #[serde(default)]
    pub(crate) matches: Option<u64>,
    /// When it closes, the number of distinct values, if they are counted.
    #[serde(default)]
    pub(crate) values: Option<u64>,
    /// The time of the record that opened it, once the totals are known.
    #[serde(skip)]
    opened_time: Option<String>,
}

impl Finding {
    /// Whether it has the totals of a finding that opened before.
    pub(crate) fn is_closed(&self) -> bool {
        self.state.as_deref() == Some("closed")
    }

    /// Takes the totals of the same finding as it closes.
    pub(crate) fn close(&mut self, closed: Finding) {
        self.opened_time = self.last_time.take();
        let Finding { count, last_time, matches, values, .. } = closed;
        (self.count, self.last_time, self.matches, self.values) =
            (count, last_time, matches, values);
    }

    /// The time of the record that opened it, or of the last one if that is not known.
    pub(crate) fn time(&self) -> &Option<String> {
        if self.opened_time.is_some() { &self.opened_time } else { &self.last_time }
    }
}
