//! Verdicts with the reason for each of their values.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_signin::{Decision, Decisions, Field, Reason, Verdict, decide};

use crate::arrival::{Arrival, Record};
use crate::classifier::Classifier;
use crate::error::Error;

/// Why a record has its verdict.
///
/// ```
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin",
///     "responseElements":{"ConsoleLogin":"Failure"}}"#;
/// let mut classifier = sekisho::Classifier::new();
/// let explanation = classifier.explain(record)?.expect("a sign-in");
/// let outcome = &explanation.values[1];
/// assert_eq!((outcome.key, outcome.value), ("outcome", Some("failure")));
/// let field = outcome.fields.last().expect("a field decided it");
/// assert_eq!(field.path, "responseElements.ConsoleLogin");
/// assert_eq!(field.value.as_deref(), Some("\"Failure\""));
/// # Ok::<(), sekisho::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// The CloudTrail record, without its envelopes.
    pub record: &'a [u8],
    /// Offset of the record in the input; `None` if it is inside a string of JSON text.
    pub record_offset: Option<usize>,
    /// The six values of the verdict, in the order of its JSON.
    pub values: Vec<Explained>,
}

/// Why the verdict has a value. See [`Explanation`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The key in the verdict.
    pub key: &'static str,
    /// The value; `None` for null.
    pub value: Option<&'static str>,
    /// The line of the truth table that applied, in words.
    pub line: &'static str,
    /// The fields that this line tests.
    pub fields: Vec<ExplainedField>,
}

/// A field that decided a value. See [`Explanation`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExplainedField {
    /// Path from the top of the record, the keys joined by dots.
    pub path: String,
    /// Its value as JSON; `None` if it is absent.
    pub value: Option<String>,
    /// Offset of the value in [`Explanation::record`]; `None` if it is absent or inside a string
    /// of JSON text.
    pub offset: Option<usize>,
}

impl Classifier {
    /// The verdict on the sign-in in the input, with the reason for each of its values. `None` if
    /// there is no sign-in.
    ///
    /// # Errors
    /// The same as for [`classify`](Classifier::classify).
    pub fn explain<'a>(&'a mut self, input: &'a [u8]) -> Result<Option<Explanation<'a>>, Error> {
        let mut arrival = Arrival::default();
        let record = self.find_signin(input, &mut arrival)?;
        Ok(record.and_then(|record| Some(explain(input, &record, &decide(record.fields)?))))
    }
}

fn explain<'a>(
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
        record_offset: offset(input, record.json),
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
                let name = self.decisions.result_key.unwrap_or(&name);
                (format!("{}.{name}", field.path()), self.decisions.result)
            }
            _ => (field.path().to_string(), self.record.fields.get(field)),
        };
        ExplainedField {
            path,
            value: value.map(|value| String::from_utf8_lossy(value.raw).into_owned()),
            offset: value.and_then(|value| offset(self.record.json, value.raw)),
        }
    }
}

/// The offset of `part` in `whole`, if it is a part of it.
fn offset(whole: &[u8], part: &[u8]) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset + part.len() <= whole.len()).then_some(offset)
}
