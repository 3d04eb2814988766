//! The lines that a stream of records emits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tsify::Tsify;

use crate::{Mfa, Outcome, Principal, Reason, UserExists};

/// A line that a stream of records emits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Emitted {
    /// One try to sign in.
    Attempt(Attempt),
    /// The condition of a correlation rule holds.
    Finding(Finding),
}

impl Emitted {
    /// Parses a line; `None` if its type is unknown.
    pub(crate) fn read(line: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Line<'a> {
            r#type: &'a str,
        }
        // A tagged enum would make serde build a tree first, to find the tag.
        match serde_json::from_str(line).ok()? {
            Line { r#type: "attempt" } => serde_json::from_str(line).ok().map(Emitted::Attempt),
            Line { r#type: "finding" } => serde_json::from_str(line).ok().map(Emitted::Finding),
            _ => None,
        }
    }
}

/// One try to sign in, of one record or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Attempt {
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or was denied.
    pub reason: Option<Reason>,
    /// Who signed in.
    pub principal: Principal,
    /// Whether a second factor was used.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
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
    pub flags: Vec<Flag>,
    /// The id to count by; none if nobody knows who it was.
    pub identity: Option<String>,
    /// The last record of the sign-in to Identity Center that a console sign-in came from.
    #[serde(default)]
    pub follows: Option<String>,
    /// Ids of the rules that match; empty where none are compiled.
    #[serde(default)]
    pub rules: Vec<String>,
}

/// A remark on an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A second factor was requested, and no record followed.
    AbandonedAtMfa,
    /// Its records contradict each other.
    Inconsistent,
    /// Its record arrived too late to be paired.
    Late,
    /// It was emitted early because memory was short.
    Evicted,
}

/// A correlation rule whose condition holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct Finding {
    /// The id of the rule.
    pub rule: String,
    /// The severity of the rule: the text of a string, the JSON of any other value.
    #[serde(default, deserialize_with = "as_json")]
    pub severity: Option<String>,
    /// The `group-by` fields with their values.
    pub key: BTreeMap<String, Option<String>>,
    /// How many records or attempts it counted.
    pub count: u32,
    /// The time of the first of them.
    pub first_time: Option<String>,
    /// The time of the last of them.
    pub last_time: Option<String>,
    /// The ids of their records.
    pub events: Vec<String>,
}

/// The text of a severity that is a string, the JSON of any other; none for null.
fn as_json<'d, D: serde::Deserializer<'d>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    })
}
