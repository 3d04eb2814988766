//! What the module tells.

use sekisho_attempts::{Time, parse_time};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A line that the module tells. A module may know more kinds of them than this program.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Told {
    /// Somebody tried to sign in.
    Attempt(Attempt),
    /// A rule has counted to its end.
    Finding(Finding),
    /// Of another kind.
    #[serde(other)]
    Other,
}

impl Told {
    /// When it was over, if its records have readable times.
    pub(crate) fn time(&self) -> Option<Time> {
        let text = match self {
            Told::Attempt(attempt) => &attempt.last_time,
            Told::Finding(finding) => &finding.last_time,
            Told::Other => &None,
        };
        parse_time(text.as_deref()?.as_bytes())
    }
}

/// The records of one try to sign in, and what it was.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Attempt {
    /// How it ended.
    pub(crate) outcome: String,
    /// Why it failed or was denied.
    pub(crate) reason: Option<String>,
    /// What signed in.
    pub(crate) principal: String,
    /// What is known of a second factor.
    pub(crate) mfa: String,
    /// Whether there is such a user.
    pub(crate) user_exists: String,
    /// The account.
    pub(crate) account: Option<String>,
    /// The id of who signed in.
    pub(crate) principal_id: Option<String>,
    /// The name of who signed in.
    pub(crate) user: Option<String>,
    /// Where from.
    pub(crate) source_ip: Option<String>,
    /// The time of its first record.
    pub(crate) first_time: Option<String>,
    /// The time of its last record.
    pub(crate) last_time: Option<String>,
    /// The ids of its records.
    pub(crate) events: Vec<String>,
    /// The failures of the same key since its last success.
    pub(crate) failures_before: u64,
    /// What else is to be known.
    pub(crate) flags: Vec<String>,
    /// The rules that match; absent where none are configured.
    #[serde(default)]
    pub(crate) rules: Vec<String>,
}

impl Attempt {
    /// Whether somebody was not let in.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome.as_str(), "failure" | "denied")
    }

    /// Who it was, for people: the name, else that of the session, else the id.
    pub(crate) fn name(&self) -> Option<&str> {
        let id = self.principal_id.as_deref();
        let session = id.and_then(|id| Some(id.split_once(':')?.1));
        let root = (self.principal == "root").then_some("root");
        self.user.as_deref().or(session).or(root).or(id)
    }

    /// Whether it is the same again: the same people, from the same place, with the same end.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        fn told(attempt: &Attempt) -> [&Option<String>; 4] {
            let Attempt { account, principal_id, user, source_ip, reason, .. } = attempt;
            // By id, for a name is what was typed.
            let who = if principal_id.is_some() { principal_id } else { user };
            [account, who, source_ip, reason]
        }
        fn known(attempt: &Attempt) -> [&str; 3] {
            [&attempt.outcome, &attempt.principal, &attempt.mfa]
        }
        told(self) == told(other)
            && known(self) == known(other)
            && self.flags == other.flags
            && self.rules == other.rules
    }
}

/// A rule that has counted to its end.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Finding {
    /// Its id.
    pub(crate) rule: String,
    /// How much it matters.
    pub(crate) severity: Option<String>,
    /// What it counted apart.
    pub(crate) key: Map<String, Value>,
    /// How many it counted.
    pub(crate) count: u64,
    /// The time of the first of them.
    pub(crate) first_time: Option<String>,
    /// The time of the last of them.
    pub(crate) last_time: Option<String>,
    /// The ids of their records.
    pub(crate) events: Vec<String>,
}
