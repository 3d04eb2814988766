//! How an attempt ended.

use sekisho_signin::{Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// The outcome; `unknown` if the attempt was abandoned.
    pub outcome: Outcome,
    /// The reason of a failure or denial.
    pub reason: Option<Reason>,
    /// The class of the user.
    pub principal: Principal,
    /// Whether MFA was used.
    pub mfa: Mfa,
    /// Whether the user exists.
    pub user_exists: UserExists,
    /// A second factor was required, and no record followed.
    pub abandoned_at_mfa: bool,
    /// MFA was checked, but the login says that it was not used.
    pub inconsistent: bool,
}

impl From<Verdict> for Conclusion {
    fn from(verdict: Verdict) -> Self {
        Conclusion {
            outcome: verdict.outcome,
            reason: verdict.reason,
            principal: verdict.principal,
            mfa: verdict.mfa,
            user_exists: verdict.user_exists,
            abandoned_at_mfa: false,
            inconsistent: false,
        }
    }
}
