//! The question that everybody is asked of each record, and what the module answers.

/// Whether a record is a failed console sign-in, and why it failed. The module's verdict says four
/// things more (kind, principal, mfa, user_exists) of two dozen other events too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is something else: another event, a console sign-in that did not fail.
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

impl Answer {
    /// What a program in another language says in the module's words.
    ///
    /// # Panics
    /// If the reason is none of the four.
    pub fn of_reason(reason: &[u8]) -> Self {
        Answer::Failed(match reason {
            b"unknown_user" => Reason::UnknownUser,
            b"bad_password_or_mfa" => Reason::BadPasswordOrMfa,
            b"bad_password" => Reason::BadPassword,
            b"other" => Reason::Other,
            _ => panic!("a reason that nobody asked for: {}", String::from_utf8_lossy(reason)),
        })
    }

    /// What the module's verdict says. Its keys have one order, so its beginning tells.
    ///
    /// # Panics
    /// If the verdict is cut short.
    pub fn of_verdict(verdict: Option<&[u8]>) -> Self {
        const FAILED: &[u8] = br#"{"kind":"console_login","outcome":"failure","reason":""#;
        let Some(reason) = verdict.and_then(|verdict| verdict.strip_prefix(FAILED)) else {
            return Answer::Other;
        };
        let end = reason.iter().position(|byte| *byte == b'"');
        Answer::of_reason(&reason[..end.expect("a string ends")])
    }
}

/// The fields that the answer is read from, for peers that give them as text.
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
    /// The answer, by the lines of the table.
    pub fn answer(&self) -> Answer {
        let is = |value: Option<&str>, word: &str| {
            value.is_some_and(|value| value.eq_ignore_ascii_case(word))
        };
        if self.source != "signin.amazonaws.com"
            || self.name != "ConsoleLogin"
            || !is(self.result, "Failure")
            || self.code.is_some_and(|code| code.contains("AccessDenied"))
        {
            return Answer::Other;
        }
        let message = self.message.unwrap_or_default();
        Answer::Failed(if message.starts_with("No username found") {
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
