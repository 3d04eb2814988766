//! The verdict, typed.

use sekisho::{Classification, Reason};
use serde::Serialize;
use tsify::Tsify;

/// The verdict on a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Tsify)]
#[tsify(missing_as_null)]
pub struct Verdict {
    /// The kind of sign-in event.
    #[tsify(type = "Kind")]
    pub kind: &'static str,
    /// How it ended.
    #[tsify(type = "Outcome")]
    pub outcome: &'static str,
    /// Why it failed.
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

impl From<Classification<'_>> for Verdict {
    fn from(classification: Classification<'_>) -> Self {
        let verdict = classification.verdict;
        Self {
            kind: verdict.kind.name(),
            outcome: verdict.outcome.name(),
            reason: verdict.reason.map(Reason::name),
            principal: verdict.principal.name(),
            mfa: verdict.mfa.name(),
            user_exists: verdict.user_exists.name(),
            rules: classification.rules().map(str::to_owned).collect(),
            silenced: classification.silenced().map(str::to_owned).collect(),
            silenced_by: classification.silenced_by().to_vec(),
        }
    }
}
