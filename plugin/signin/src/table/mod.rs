//! The tables, a file each. In its function each `if` or arm is one line of the table, in the order
//! of `plugin/signin/README.md`: the first that holds decides.

mod kind;
mod mfa;
mod outcome;
mod principal;
mod reason;
mod user_exists;

use sekisho_scan::Value;

pub use kind::may_be_signin;

use crate::{Field, Fields, Kind, Mfa, Outcome, Principal, Reason, UserExists, Verdict};

/// A value of a verdict and why it was given.
#[derive(Clone, Copy, Debug)]
pub struct Decision<T> {
    /// What was decided.
    pub value: T,
    /// The line of the table that held, in words.
    pub line: &'static str,
    /// The fields that this line looked at; [`Decisions::result`] stands for the object it is in.
    pub fields: &'static [Field],
}

/// A verdict with its reasons.
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
    /// What stands under the event's name in `responseElements` or `serviceEventDetails`.
    pub result: Option<Value<'a>>,
}

impl Decisions<'_> {
    /// The values alone.
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

/// Whether a record is a sign-in: whether it gets a verdict.
#[must_use]
pub fn is_signin(fields: &Fields<'_>) -> bool {
    kind::is_signin(fields)
}

/// The verdict on a record; `None` if it is no sign-in.
#[must_use]
pub fn classify(fields: &Fields<'_>) -> Option<Verdict> {
    decide(fields).map(|decisions| decisions.verdict())
}

/// The verdict on a record with its reasons; `None` if it is no sign-in.
#[must_use]
pub fn decide<'a>(fields: &Fields<'a>) -> Option<Decisions<'a>> {
    let kind = kind::kind(fields)?;
    let holder = outcome::result_holder(kind.value);
    let result = fields.text(Field::EventName).and_then(|name| fields.member(holder, name));
    let outcome = outcome::outcome(fields, kind.value, holder, result);
    let reason = reason::reason(fields, kind.value, outcome.value);
    let principal = principal::principal(fields, kind.value, reason);
    let mfa = mfa::mfa(fields, kind.value, outcome.value, reason, principal);
    let user_exists = user_exists::user_exists(fields, kind.value, outcome, reason, principal);
    Some(Decisions { kind, outcome, reason, principal, mfa, user_exists, result })
}

fn because<T>(value: T, line: &'static str, fields: &'static [Field]) -> Decision<T> {
    Decision { value, line, fields }
}

/// Whether a field is a string that holds something.
fn present(fields: &Fields<'_>, field: Field) -> bool {
    fields.text(field).is_some_and(|text| !text.is_empty())
}

/// Whether a field is this word, in any case.
fn says(fields: &Fields<'_>, field: Field, word: &str) -> bool {
    fields.text(field).is_some_and(|text| text.eq_ignore_ascii_case(word))
}
