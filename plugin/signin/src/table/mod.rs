//! The truth tables, one per file. Each `if` or arm of a table's function is one line of the table,
//! in the order of `plugin/signin/README.md`. The first line that matches decides.

mod decision;
mod kind;
mod mfa;
mod outcome;
mod principal;
mod reason;
mod user_exists;

use sekisho_scan::Value;

pub use decision::Decision;
pub use kind::may_be_signin;

use crate::fields::{Field, Fields};
use crate::verdict::{Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// A verdict, with the reason for each of its values.
#[derive(Clone, Copy, Debug)]
pub struct Decisions<'a> {
    /// See [`Verdict::kind`].
    pub kind: Decision<Kind>,
    /// See [`Verdict::outcome`].
    pub outcome: Decision<Outcome>,
    /// See [`Verdict::reason`].
    pub reason: Decision<Option<Reason>>,
    /// See [`Verdict::principal`].
    pub principal: Decision<Principal>,
    /// See [`Verdict::mfa`].
    pub mfa: Decision<Mfa>,
    /// See [`Verdict::user_exists`].
    pub user_exists: Decision<UserExists>,
    /// The result of the event: the member of `responseElements` or `serviceEventDetails` whose key
    /// is the event's name.
    pub result: Option<Value<'a>>,
}

impl Decisions<'_> {
    /// The verdict without the reasons.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        Verdict {
            kind: self.kind.value,
            outcome: self.outcome.value,
            reason: self.reason.value,
            principal: self.principal.value,
            mfa: self.mfa.value,
            user_exists: self.user_exists.value,
        }
    }
}

/// Whether a record is a sign-in: whether [`classify`] returns a verdict for it.
#[must_use]
pub fn is_signin(fields: &Fields<'_>) -> bool {
    kind::is_signin(fields)
}

/// Classifies a record. Returns `None` if it is not a sign-in.
///
/// Every record is accepted. What the fields don't say is `Unknown`; no record is a success by
/// default.
///
/// ```
/// use sekisho_scan::{Reader, walk};
/// use sekisho_signin::{Fields, Kind, Mfa, Outcome, Principal, RECORD_PATHS, classify};
///
/// let record = br#"{
///     "userIdentity": {"type": "Root"},
///     "eventSource": "signin.amazonaws.com",
///     "eventName": "ConsoleLogin",
///     "responseElements": {"ConsoleLogin": "Success"},
///     "additionalEventData": {"MFAUsed": "Yes"}
/// }"#;
/// let mut reader = Reader::new(record);
/// reader.enter()?;
/// let mut fields = Fields::default();
/// assert!(walk(&mut reader, RECORD_PATHS, &mut fields)?.is_continue());
/// reader.finish()?;
///
/// let verdict = classify(&fields).expect("the record is a sign-in");
/// assert_eq!(verdict.kind, Kind::ConsoleLogin);
/// assert_eq!(verdict.outcome, Outcome::Success);
/// assert_eq!(verdict.principal, Principal::Root);
/// assert_eq!(verdict.mfa, Mfa::Used);
/// # Ok::<(), sekisho_scan::Malformed>(())
/// ```
#[must_use]
pub fn classify(fields: &Fields<'_>) -> Option<Verdict> {
    decide(fields).map(|decisions| decisions.verdict())
}

/// Classifies a record like [`classify`], and says for each value which line of its table decided.
///
/// ```
/// use sekisho_scan::{Reader, walk};
/// use sekisho_signin::{Field, Fields, Outcome, RECORD_PATHS, decide};
///
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"SwitchRole","errorCode":"AccessDenied"}"#;
/// let mut reader = Reader::new(record);
/// reader.enter()?;
/// let mut fields = Fields::default();
/// assert!(walk(&mut reader, RECORD_PATHS, &mut fields)?.is_continue());
///
/// let outcome = decide(&fields).unwrap().outcome;
/// assert_eq!(outcome.value, Outcome::Denied);
/// assert_eq!(outcome.line, "errorCode contains AccessDenied");
/// assert_eq!(outcome.fields, [Field::ErrorCode]);
/// # Ok::<(), sekisho_scan::Malformed>(())
/// ```
#[must_use]
pub fn decide<'a>(fields: &Fields<'a>) -> Option<Decisions<'a>> {
    let kind = kind::kind(fields)?;
    let container = outcome::result_container(kind.value);
    let result = fields.text(Field::EventName).and_then(|name| fields.member(container, name));
    let outcome = outcome::outcome(fields, kind.value, container, result);
    let reason = reason::reason(fields, kind.value, outcome.value);
    let principal = principal::principal(fields, kind.value, reason);
    let mfa = mfa::mfa(fields, kind.value, outcome.value, reason, principal);
    let user_exists = user_exists::user_exists(fields, kind.value, outcome, reason, principal);
    Some(Decisions { kind, outcome, reason, principal, mfa, user_exists, result })
}
