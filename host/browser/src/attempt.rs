//! What is told of a stream of records.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tsify::Tsify;

use crate::{Mfa, Outcome, Principal, Reason, UserExists};

/// A line that is told of a stream of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// Somebody tried to sign in.
    Attempt(Attempt),
    /// A rule has counted to its end.
    Finding(Finding),
}

impl Told {
    /// Reads a line; none if it is of a kind that is not known here.
    pub(crate) fn read(line: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Line<'a> {
            r#type: &'a str,
        }
        // Serde would take the line apart into a tree first, to find its type.
        match serde_json::from_str(line).ok()? {
            Line { r#type: "attempt" } => serde_json::from_str(line).ok().map(Told::Attempt),
            Line { r#type: "finding" } => serde_json::from_str(line).ok().map(Told::Finding),
            _ => None,
        }
    }
}

/// The records of one try to sign in, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Attempt {
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed or was denied.
    pub reason: Option<Reason>,
    /// Who signed in.
    pub principal: Principal,
    /// What is known of a second factor.
    pub mfa: Mfa,
    /// Whether there is such a user.
    pub user_exists: UserExists,
    /// The account.
    pub account: Option<String>,
    /// The id of who signed in.
    pub principal_id: Option<String>,
    /// The name of who signed in.
    pub user: Option<String>,
    /// Where from.
    pub source_ip: Option<String>,
    /// The time of its first record.
    pub first_time: Option<String>,
    /// The time of its last record.
    pub last_time: Option<String>,
    /// The ids of its records.
    pub events: Vec<String>,
    /// The failures of the same key since its last success.
    pub failures_before: u32,
    /// What else is to be known.
    pub flags: Vec<Flag>,
    /// Ids of the rules that match; empty where none are compiled.
    #[serde(default)]
    pub rules: Vec<String>,
}

/// What else is to be known of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// A second factor was asked for, and nothing came after it.
    AbandonedAtMfa,
    /// Its records contradict each other.
    Inconsistent,
    /// Its record came too late to be paired.
    Late,
    /// There was no more room to wait for its other records.
    Evicted,
}

/// A rule that has counted to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[tsify(missing_as_null, hashmap_as_object)]
pub struct Finding {
    /// Its id.
    pub rule: String,
    /// How much it matters, as JSON.
    #[serde(default, deserialize_with = "as_json")]
    pub severity: Option<String>,
    /// What it counted apart: fields with their values.
    pub key: BTreeMap<String, Option<String>>,
    /// How many it counted.
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
