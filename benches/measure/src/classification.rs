//! The task that every candidate performs on each record.

/// Whether a record is a failed console sign-in, and why it failed. The module's verdict has more
/// (kind, principal, mfa, user_exists), and for two dozen other events too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Classification {
    /// Another event, or a console sign-in that did not fail.
    Other,
    /// The sign-in failed.
    Failed(Reason),
}

/// Why a console sign-in failed, by `plugin/signin/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `unknown_user`
    UnknownUser,
    /// `bad_password_or_mfa`
    BadPasswordOrMfa,
    /// `bad_password`
    BadPassword,
    /// `other`
    Other,
}

impl Classification {
    /// A failure for a reason, given by its name in a verdict.
    ///
    /// # Panics
    /// If the reason is not one of [`Reason`].
    pub fn from_reason(reason: &[u8]) -> Self {
        Classification::Failed(match reason {
            b"unknown_user" => Reason::UnknownUser,
            b"bad_password_or_mfa" => Reason::BadPasswordOrMfa,
            b"bad_password" => Reason::BadPassword,
            b"other" => Reason::Other,
            _ => panic!("unexpected reason: {}", String::from_utf8_lossy(reason)),
        })
    }

    /// Reads the module's verdict. The order of keys is fixed, so its first keys are enough.
    ///
    /// # Panics
    /// If the verdict is truncated.
    pub fn from_verdict(verdict: Option<&[u8]>) -> Self {
        const FAILED: &[u8] = br#"{"kind":"console_login","outcome":"failure","reason":""#;
        let Some(reason) = verdict.and_then(|verdict| verdict.strip_prefix(FAILED)) else {
            return Classification::Other;
        };
        let end = reason.iter().position(|byte| *byte == b'"');
        Classification::from_reason(&reason[..end.expect("a string ends")])
    }
}

/// The fields that determine the classification, for peers that extract them as text.
pub struct Fields<'a> {
    /// `eventSource`
    pub source: &'a str,
    /// `eventName`
    pub name: &'a str,
    /// `responseElements.ConsoleLogin`
    pub result: Option<&'a str>,
    /// `errorCode`
    pub code: Option<&'a str>,
    /// `errorMessage`
    pub message: Option<&'a str>,
    /// `userIdentity.type`
    pub identity: Option<&'a str>,
    /// `additionalEventData.MFAUsed`
    pub mfa_used: Option<&'a str>,
}

impl Fields<'_> {
    /// The classification, by the lines of the truth table.
    pub fn classify(&self) -> Classification {
        let is = |value: Option<&str>, word: &str| {
            value.is_some_and(|value| value.eq_ignore_ascii_case(word))
        };
        if self.source != "signin.amazonaws.com"
            || self.name != "ConsoleLogin"
            || !is(self.result, "Failure")
            || self.code.is_some_and(|code| code.contains("AccessDenied"))
        {
            return Classification::Other;
        }
        let message = self.message.unwrap_or_default();
        Classification::Failed(if message.starts_with("No username found") {
            Reason::UnknownUser
        } else if !matches!(self.identity, Some("Root" | "IAMUser"))
            || !matches!(message, "" | "Failed authentication")
        {
            Reason::Other
        } else if is(self.mfa_used, "Yes") {
            Reason::BadPasswordOrMfa
        } else {
            Reason::BadPassword
        })
    }
}
