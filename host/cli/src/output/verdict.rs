//! A verdict as the module gives it.

use serde::Deserialize;
use serde_json::value::RawValue;

/// The values of a verdict. A module may know more of them than this program.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Verdict<'a> {
    /// What kind of sign-in it is.
    pub(crate) kind: &'a str,
    /// How it ended.
    pub(crate) outcome: &'a str,
    /// Why it failed or was denied.
    pub(crate) reason: Option<&'a str>,
    /// What signed in.
    pub(crate) principal: &'a str,
    /// What is known of a second factor.
    pub(crate) mfa: &'a str,
    /// Whether there is such a user.
    pub(crate) user_exists: &'a str,
    /// The rules that match; absent where none are configured.
    #[serde(default)]
    pub(crate) rules: Vec<String>,
}

impl<'a> Verdict<'a> {
    /// Reads a verdict: its values, and itself as it was written.
    ///
    /// # Errors
    /// What is not as ABI version 1 says.
    pub(crate) fn read(json: &'a [u8]) -> serde_json::Result<(Self, &'a RawValue)> {
        let json: &RawValue = serde_json::from_slice(json)?;
        Ok((serde_json::from_str(json.get())?, json))
    }

    /// Whether somebody was not let in.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome, "failure" | "denied")
    }

    /// Whether this is a sign-in, and not merely a record that a rule matches.
    pub(crate) fn is_signin(&self) -> bool {
        self.kind != "not_signin"
    }
}
