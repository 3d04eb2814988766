//! The form of results: verdicts, or events of ECS or OCSF.

use alloc::vec::Vec;

use sekisho_forms::{ECS_MEMBERS, EventBuffer, write_ecs, write_identity, write_ocsf};
use sekisho_scan::{Reader, Text, Value};
use sekisho_signin::Verdict;
use sekisho_skeleton::Located;

use crate::arrival::Record;
use crate::attempt::Attempt;
use crate::error::{ConfigurationError, Error};
use crate::finding::Finding;
use crate::form_details::{DetailBuffers, RecordTexts, with_details};
use crate::form_lines::{write_attempt, write_finding};
use crate::members::{boolean, expected};
use crate::particulars::{PARTICULARS, find_particulars};
use crate::rule_id::MatchedRules;

/// The values of a record that forms need beside those that attempts need.
pub(crate) const FORM_VALUES: usize = PARTICULARS;

/// These values.
#[cold]
pub(crate) fn form_values<'a>(record: &Record<'_, 'a>) -> [Option<Value<'a>>; FORM_VALUES] {
    find_particulars(|field| record.fields.get(field))
}

/// The form of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// Verdicts.
    #[default]
    Verdict,
    /// Verdicts with who it was.
    Identity,
    /// Events of the Elastic Common Schema.
    Ecs,
    /// Events of the Open Cybersecurity Schema Framework.
    Ocsf,
}

impl Form {
    /// Reads the values of `form` and `identity`.
    pub(crate) fn read(
        form: Option<Value<'_>>,
        identity: Option<Value<'_>>,
    ) -> Result<Self, ConfigurationError> {
        let has_identity = identity.is_some_and(|value| value.raw == b"true");
        if let Some(identity) = identity {
            boolean("identity", identity)?;
        }
        let verdict = if has_identity { Form::Identity } else { Form::Verdict };
        let Some(value) = form else { return Ok(verdict) };
        let forms = [("verdict", verdict), ("ecs", Form::Ecs), ("ocsf", Form::Ocsf)];
        let is_named = |text: Text<'_>| forms.iter().find(|(name, _)| text == **name);
        match value.text().and_then(is_named) {
            Some((_, form)) => Ok(*form),
            None => Err(expected("form", "`verdict`, `ecs` or `ocsf`", value.offset)),
        }
    }

    /// Whether it is a verdict and nothing else.
    pub(crate) const fn is_verdict(self) -> bool {
        matches!(self, Form::Verdict)
    }

    /// Whether it has another object than a verdict.
    pub(crate) const fn replaces_verdict(self) -> bool {
        matches!(self, Form::Ecs | Form::Ocsf)
    }

    /// Appends an attempt, without a line end.
    pub(crate) fn write_attempt(self, attempt: &Attempt<'_>, output: &mut Vec<u8>) {
        match self {
            Form::Verdict | Form::Identity => attempt.write_json(output),
            Form::Ecs | Form::Ocsf => write_attempt(self == Form::Ecs, attempt, output),
        }
    }

    /// Appends a finding, without a line end.
    pub(crate) fn write_finding(self, finding: &Finding<'_>, output: &mut Vec<u8>) {
        match self {
            Form::Verdict | Form::Identity => finding.write_json(output),
            Form::Ecs | Form::Ocsf => write_finding(self == Form::Ecs, finding, output),
        }
    }
}

/// A record in its form. The buffers are kept from one record to the next.
#[derive(Debug, Default)]
pub(crate) struct Formed {
    event: EventBuffer,
    details: DetailBuffers,
}

impl Formed {
    /// Forgets the events that were written.
    pub(crate) fn reset(&mut self) {
        *self = Formed::default();
    }

    /// Writes a record as a walk found it, or that there is none.
    pub(crate) fn write_record(
        &mut self,
        form: Form,
        record: Option<&Record<'_, '_>>,
        verdict: Verdict,
        matched: Option<MatchedRules<'_>>,
    ) -> Result<(), Error> {
        self.write(form, &RecordTexts::walked(record)?, verdict, matched)
    }

    /// Writes a record whose skeleton is known.
    pub(crate) fn write_located(
        &mut self,
        form: Form,
        located: &Located<'_>,
        verdict: Verdict,
        matched: Option<MatchedRules<'_>>,
    ) -> Result<(), Error> {
        let mut texts = RecordTexts::none();
        texts.locate(located, verdict);
        self.write(form, &texts, verdict, matched)
    }

    #[inline(never)]
    fn write(
        &mut self,
        form: Form,
        texts: &RecordTexts<'_>,
        verdict: Verdict,
        matched: Option<MatchedRules<'_>>,
    ) -> Result<(), Error> {
        let Formed { event, details } = self;
        with_details(texts, verdict, matched, details, |details| match form {
            Form::Verdict => {}
            Form::Identity => write_identity(details, event),
            Form::Ecs => write_ecs(details, event),
            Form::Ocsf => write_ocsf(details, event),
        })
    }

    /// The event that was written last.
    pub(crate) fn json(&self) -> Result<&[u8], Error> {
        Ok(self.event.json()?)
    }

    /// Appends the event that was written last.
    pub(crate) fn append(&self, output: &mut Vec<u8>) -> Result<(), Error> {
        let event = self.json()?;
        output.try_reserve(event.len())?;
        output.extend_from_slice(event);
        Ok(())
    }

    /// Adds who it was to the verdict at the end of the output.
    pub(crate) fn append_identity(&self, output: &mut Vec<u8>) -> Result<(), Error> {
        const KEY: &[u8] = b",\"identity\":";
        let identity = self.json()?;
        output.try_reserve(identity.len() + KEY.len())?;
        output.pop();
        for part in [KEY, identity, b"}"] {
            output.extend_from_slice(part);
        }
        Ok(())
    }

    /// The members of the event that was written last, if it is of ECS and the input has none of their
    /// names at its top.
    pub(crate) fn top_level(&self, form: Form, input: &[u8]) -> Option<&[u8]> {
        let is_free = form == Form::Ecs && !has_any_member(input);
        let event = self.event.json().ok().filter(|_| is_free)?;
        event.get(1..event.len() - 1)
    }
}

/// Whether an object has a top-level member that an event of ECS may have, or a part of one with dots
/// in its key.
fn has_any_member(object: &[u8]) -> bool {
    let mut reader = Reader::new(object);
    if reader.enter().is_err() {
        return true;
    }
    while let Ok(Some(key)) = reader.next_key() {
        let is_part = |name: &str| {
            key.starts_with(name) && matches!(key.chars().nth(name.len()), None | Some('.'))
        };
        if ECS_MEMBERS.iter().any(|name| is_part(name)) || reader.value().is_err() {
            return true;
        }
    }
    false
}
