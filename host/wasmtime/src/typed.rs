//! Verdicts, attempts and findings as Rust types.
//!
//! Values such as `outcome` are strings, because a later version of the module may have values that
//! this version of the crate does not know. ABI.md lists them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The verdict on one record.
///
/// ```
/// use sekisho_host::{Module, Verdict};
///
/// let mut filter = Module::new(sekisho_module::SIMD)?.filter()?;
/// filter.configure(br#"{"rules":[{"id":"root","pattern":{"signin":{"principal":["root"]}}}]}"#)?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
///
/// let verdict: Verdict = filter.process(record)?.expect("a sign-in record").parse()?;
/// assert_eq!(verdict.outcome, "failure");
/// assert_eq!(verdict.reason.as_deref(), Some("bad_password"));
/// assert_eq!(verdict.rules, ["root"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Verdict {
    /// What the record reports, such as `console_login`; `not_signin` if only rules match it.
    pub kind: String,
    /// `success`, `failure`, `denied`, `challenged` or `unknown`.
    pub outcome: String,
    /// Why it failed, such as `unknown_user`; none unless the outcome is `failure` or `denied`.
    pub reason: Option<String>,
    /// Who signed in, such as `root` or `iam_user`.
    pub principal: String,
    /// `used`, `not_used`, `pending`, `external` or `unknown`.
    pub mfa: String,
    /// `yes`, `no` or `unknown`.
    pub user_exists: String,
    /// The ids of the rules that match, in the order of the configuration.
    #[serde(default)]
    pub rules: Vec<String>,
    /// The ids of the rules for which it is silenced; a match is to be reported if one of `rules` is
    /// not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<String>,
    /// The positions of the configuration's entries of `silence` that did it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced_by: Vec<u32>,
}

/// One emitted line.
///
/// ```
/// use sekisho_host::{Emitted, Module};
///
/// let mut filter = Module::new(sekisho_module::SIMD)?.filter()?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "eventTime":"2025-03-29T11:10:09Z","userIdentity":{"type":"Root"},
///     "responseElements":{"ConsoleLogin":"Failure"}}"#;
/// filter.observe(record, 0)?;
/// let emitted = filter.flush()?.map(|line| line.parse()).collect::<Result<Vec<_>, _>>()?;
/// assert!(matches!(&emitted[..], [Emitted::Attempt(attempt)] if attempt.outcome == "failure"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "most lines are attempts")]
pub enum Emitted {
    /// An attempt to sign in is complete.
    Attempt(Attempt),
    /// The condition of a correlation rule is met.
    Finding(Finding),
}

/// One attempt to sign in, made of one record or several.
///
/// ```
/// let line = r#"{"outcome":"failure","reason":"bad_password","principal":"root","mfa":"unknown",
///     "user_exists":"yes","account":"111122223333","principal_id":null,"user":null,
///     "source_ip":"192.0.2.10","first_time":"2025-03-29T11:10:09Z",
///     "last_time":"2025-03-29T11:10:09Z","events":["e-1"],"failures_before":0,"flags":[]}"#;
/// let attempt: sekisho_host::Attempt = serde_json::from_str(line)?;
/// assert_eq!(attempt.source_ip.as_deref(), Some("192.0.2.10"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// `success`, `failure`, `denied` or `unknown`.
    pub outcome: String,
    /// Why it failed; none unless the outcome is `failure` or `denied`.
    pub reason: Option<String>,
    /// Who signed in, such as `root` or `iam_user`.
    pub principal: String,
    /// `used`, `not_used`, `pending`, `external` or `unknown`.
    pub mfa: String,
    /// `yes`, `no` or `unknown`.
    pub user_exists: String,
    /// The account number, at most 256 bytes as the next three.
    pub account: Option<String>,
    /// The principal id.
    pub principal_id: Option<String>,
    /// The user name.
    pub user: Option<String>,
    /// The source IP address.
    pub source_ip: Option<String>,
    /// Time of the first record, in UTC.
    pub first_time: Option<String>,
    /// Time of the last record, in UTC.
    pub last_time: Option<String>,
    /// The eventIDs of the records in order of time, at most 64.
    pub events: Vec<String>,
    /// Failed attempts of the same key before this one: at most an hour back, at most 100.
    pub failures_before: u32,
    /// Of `abandoned_at_mfa`, `inconsistent`, `late` and `evicted`.
    pub flags: Vec<String>,
    /// The id to count by, the same for all attempts of one person or role session; none if nobody
    /// knows who it was. Earlier modules do not write it.
    #[serde(default)]
    pub identity: Option<String>,
    /// For the console sign-in of an Identity Center role, the last record of the sign-in to
    /// Identity Center that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// The ids of the rules that match the attempt.
    #[serde(default)]
    pub rules: Vec<String>,
    /// The ids of the rules for which it is silenced; a match is to be reported if one of `rules` is
    /// not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<String>,
    /// The positions of the configuration's entries of `silence` that did it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silenced_by: Vec<u32>,
}

/// A correlation rule's condition is met.
///
/// ```
/// let line = r#"{"rule":"brute-force","severity":"high","key":{"account":"111122223333"},
///     "count":20,"first_time":null,"last_time":null,"events":[]}"#;
/// let finding: sekisho_host::Finding = serde_json::from_str(line)?;
/// assert_eq!(finding.key["account"], "111122223333");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// The severity that the rule declares: any JSON value, null without one.
    pub severity: serde_json::Value,
    /// The fields that the rule groups by, and their values.
    pub key: BTreeMap<String, String>,
    /// What the rule counted: matches, or different values.
    pub count: u64,
    /// Time of the first match, in UTC.
    pub first_time: Option<String>,
    /// Time of the last match, in UTC.
    pub last_time: Option<String>,
    /// The eventIDs of the matches; of an attempt, that of its last record.
    pub events: Vec<String>,
}
