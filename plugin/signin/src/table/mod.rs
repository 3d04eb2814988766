//! The truth tables, one per file. Each `if` or arm of a table's function is one line of the table,
//! in the order of `plugin/signin/README.md`. The first line that matches decides.

mod decision;
mod factors;
mod kind;
mod mfa;
mod outcome;
mod principal;
mod reason;
mod user_exists;

use sekisho_scan::Value;

pub use decision::Decision;
use decision::{Decided, Plain};
pub use kind::may_be_signin;

use outcome::EventResult;

use crate::field_source::FieldSource;
use crate::fields::Fields;
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
    /// is the event's name, or `success` of an OAuth event.
    pub result: Option<Value<'a>>,
    /// The key of the result in `responseElements`, if it is not the event's name: a token of the
    /// access portal is the result of the event that creates it.
    pub result_key: Option<&'static str>,
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
    kind::is_signin(FieldSource::walked(fields))
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
    verdict(FieldSource::walked(fields))
}

#[inline(never)]
pub(crate) fn verdict(fields: FieldSource<'_, '_>) -> Option<Verdict> {
    let (_, kind, outcome, reason, principal, mfa, user_exists) = evaluate(fields)?;
    let (Plain(kind), Plain(outcome), Plain(reason)) = (kind, outcome, reason);
    let (Plain(principal), Plain(mfa), Plain(user_exists)) = (principal, mfa, user_exists);
    Some(Verdict { kind, outcome, reason, principal, mfa, user_exists })
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
    let (result, kind, outcome, reason, principal, mfa, user_exists) =
        evaluate(FieldSource::walked(fields))?;
    let EventResult { value: result, key: result_key, .. } = result;
    Some(Decisions { kind, outcome, reason, principal, mfa, user_exists, result, result_key })
}

/// The result of the event, and what each table returns.
fn evaluate<'a, K, O, R, P, M, U>(
    fields: FieldSource<'_, 'a>,
) -> Option<(EventResult<'a>, K, O, R, P, M, U)>
where
    K: Decided<Kind>,
    O: Decided<Outcome>,
    R: Decided<Option<Reason>>,
    P: Decided<Principal>,
    M: Decided<Mfa>,
    U: Decided<UserExists>,
{
    let decided: K = kind::kind(fields)?;
    let kind = decided.value();
    let result = EventResult::of(fields, kind);
    let outcome: O = outcome::outcome(fields, kind, &result);
    let reason: R = reason::reason(fields, kind, outcome.value());
    let principal: P = principal::principal(fields, kind, reason);
    let mfa = mfa::mfa(fields, kind, outcome.value(), reason, principal);
    let user_exists = user_exists::user_exists(fields, kind, outcome, reason, principal);
    Some((result, decided, outcome, reason, principal, mfa, user_exists))
}
