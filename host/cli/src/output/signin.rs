//! A record with a verdict, on its way to the output.

use sekisho::Actor;
use sekisho_records::Record;
use serde_json::value::RawValue;

use super::verdict::Verdict;
use crate::input::position::Position;

/// A record with a verdict.
#[derive(Debug)]
pub(crate) struct Signin<'a> {
    /// Where it is in the input.
    pub(crate) position: Position<'a>,
    /// Who it is about; none if a rule matches what is no CloudTrail record.
    pub(crate) actor: Option<&'a Actor<'a>>,
    /// The fields to print.
    pub(crate) record: &'a Record,
    /// Its verdict.
    pub(crate) verdict: &'a Verdict<'a>,
    /// Its verdict as the module wrote it.
    pub(crate) json: &'a RawValue,
}
