//! The one form of results that a build without the feature `forms` has: verdicts.

use alloc::vec::Vec;

use sekisho_scan::Value;
use sekisho_signin::Verdict;
use sekisho_skeleton::Located;

use crate::arrival::Record;
use crate::attempt::Attempt;
use crate::error::{ConfigurationError, Error};
use crate::finding::Finding;
use crate::members::{boolean, expected};
use crate::rule_id::MatchedRules;

/// The values of a record that forms need.
pub(crate) const FORM_VALUES: usize = 0;

/// These values.
#[inline(always)]
pub(crate) fn form_values<'a>(_: &Record<'_, 'a>) -> [Option<Value<'a>>; FORM_VALUES] {
    []
}

/// The form of results.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Form {
    /// Verdicts.
    #[default]
    Verdict,
}

impl Form {
    /// Reads the values of `form` and `identity`.
    pub(crate) fn read(
        form: Option<Value<'_>>,
        identity: Option<Value<'_>>,
    ) -> Result<Self, ConfigurationError> {
        const ONLY: &str = "`verdict`: only sekisho-forms.wasm has other forms,";
        if let Some(form) = form
            && form.text().is_none_or(|form| form != "verdict")
        {
            return Err(expected("form", ONLY, form.offset));
        }
        if let Some(identity) = identity
            && boolean("identity", identity)?
        {
            const ONLY: &str = "false: only sekisho-forms.wasm adds who it was,";
            return Err(expected("identity", ONLY, identity.offset));
        }
        Ok(Form::Verdict)
    }

    pub(crate) const fn is_verdict(self) -> bool {
        true
    }

    pub(crate) const fn replaces_verdict(self) -> bool {
        false
    }

    pub(crate) fn write_attempt(self, attempt: &Attempt<'_>, output: &mut Vec<u8>) {
        attempt.write_json(output);
    }

    pub(crate) fn write_finding(self, finding: &Finding<'_>, output: &mut Vec<u8>) {
        finding.write_json(output);
    }
}

/// Nothing: a verdict needs no more of its record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Formed;

impl Formed {
    pub(crate) fn reset(self) {}

    pub(crate) fn write_record(
        self,
        _: Form,
        _: Option<&Record<'_, '_>>,
        _: Verdict,
        _: Option<MatchedRules<'_>>,
    ) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn write_located(
        self,
        _: Form,
        _: &Located<'_>,
        _: Verdict,
        _: Option<MatchedRules<'_>>,
    ) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn json(&self) -> Result<&[u8], Error> {
        Ok(&[])
    }

    pub(crate) fn append(self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn append_identity(self, _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn top_level(&self, _: Form, _: &[u8]) -> Option<&[u8]> {
        None
    }
}
