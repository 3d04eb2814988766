//! A verdict, as ABI version 1 encodes it.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The values of a verdict. A module may have values that are new to this program.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Verdict<'a> {
    /// The kind of sign-in.
    pub(crate) kind: &'a str,
    /// How the sign-in ended.
    pub(crate) outcome: &'a str,
    /// Why it failed or was denied.
    pub(crate) reason: Option<&'a str>,
    /// The kind of principal that signed in.
    pub(crate) principal: &'a str,
    /// Whether a second factor was used.
    pub(crate) mfa: &'a str,
    /// Whether the user exists.
    pub(crate) user_exists: &'a str,
    /// Ids of the rules that match; absent if the module has no rules.
    #[serde(default)]
    pub(crate) rules: Vec<String>,
    /// Ids of the rules for which the record is silenced.
    #[serde(default)]
    pub(crate) silenced: Vec<String>,
    /// The positions of the entries of `silence` that it fits.
    #[serde(default)]
    pub(crate) silenced_by: Vec<usize>,
}

impl<'a> Verdict<'a> {
    /// Parses a verdict. Returns its values and its JSON.
    ///
    /// # Errors
    /// The first difference from ABI version 1.
    pub(crate) fn parse(json: &'a [u8]) -> serde_json::Result<(Self, &'a RawValue)> {
        let json: &RawValue = serde_json::from_slice(json)?;
        Ok((serde_json::from_str(json.get())?, json))
    }

    /// Whether the sign-in failed or was denied.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome, "failure" | "denied")
    }

    /// Ids of the rules that match and that are not silenced.
    pub(crate) fn reported_rules(&self) -> impl Iterator<Item = &String> {
        self.rules.iter().filter(|id| !self.silenced.contains(id))
    }

    /// Whether a rule matches that is not silenced.
    pub(crate) fn is_match(&self) -> bool {
        self.reported_rules().next().is_some()
    }

    /// Whether this is a sign-in, and not just a record that matches a rule.
    pub(crate) fn is_signin(&self) -> bool {
        self.kind != "not_signin"
    }
}
