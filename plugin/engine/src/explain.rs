//! A verdict with the reason for each of its values.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_signin::{Decision, Decisions, Field, Reason, Verdict};

use crate::arrival::Record;

/// Why a record got its verdict.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// The CloudTrail record, taken out of what it arrived in.
    pub record: &'a [u8],
    /// Offset of the record in the input; `None` if it was inside a string of JSON text.
    pub record_at: Option<usize>,
    /// The six values of the verdict, in the order of its JSON.
    pub values: Vec<Explained>,
}

/// Why a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Its key in the verdict.
    pub key: &'static str,
    /// The value; `None` for null.
    pub value: Option<&'static str>,
    /// The line of the truth table that held, in words.
    pub line: &'static str,
    /// What that line looked at.
    pub fields: Vec<ExplainedField>,
}

/// A field that decided a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedField {
    /// Path from the top of the record, the keys joined by dots.
    pub path: String,
    /// Its value as JSON; `None` if it is absent.
    pub value: Option<String>,
    /// Offset of the value in [`Explanation::record`]; `None` if it is absent or inside a string
    /// of JSON text.
    pub at: Option<usize>,
}

pub(crate) fn explain<'a>(
    input: &[u8],
    record: &Record<'_, 'a>,
    decisions: &Decisions<'a>,
) -> Explanation<'a> {
    let explainer = Explainer { record, decisions };
    let Decisions { kind, outcome, reason, principal, mfa, user_exists, .. } = decisions;
    let values = Vec::from([
        explainer.value("kind", *kind, |kind| Some(kind.name())),
        explainer.value("outcome", *outcome, |outcome| Some(outcome.name())),
        explainer.value("reason", *reason, |reason| reason.map(Reason::name)),
        explainer.value("principal", *principal, |principal| Some(principal.name())),
        explainer.value("mfa", *mfa, |mfa| Some(mfa.name())),
        explainer.value("user_exists", *user_exists, |user_exists| Some(user_exists.name())),
    ]);
    Explanation {
        verdict: decisions.verdict(),
        record: record.json,
        record_at: offset(input, record.json),
        values,
    }
}

struct Explainer<'e, 'a> {
    record: &'e Record<'e, 'a>,
    decisions: &'e Decisions<'a>,
}

impl Explainer<'_, '_> {
    fn value<T>(
        &self,
        key: &'static str,
        decision: Decision<T>,
        name: impl Fn(T) -> Option<&'static str>,
    ) -> Explained {
        Explained {
            key,
            value: name(decision.value),
            line: decision.line,
            fields: decision.fields.iter().map(|field| self.field(*field)).collect(),
        }
    }

    fn field(&self, field: Field) -> ExplainedField {
        let (path, value) = match field {
            Field::ResponseElements | Field::ServiceEventDetails => {
                let name = self.record.fields.text(Field::EventName);
                let name = name.map_or(String::new(), |name| name.to_string());
                (format!("{}.{name}", field.path()), self.decisions.result)
            }
            _ => (field.path().to_string(), self.record.fields.get(field)),
        };
        ExplainedField {
            path,
            value: value.map(|value| String::from_utf8_lossy(value.raw).into_owned()),
            at: value.and_then(|value| offset(self.record.json, value.raw)),
        }
    }
}

/// Where `part` stands in `whole`, if it is a part of it.
fn offset(whole: &[u8], part: &[u8]) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset + part.len() <= whole.len()).then_some(offset)
}
