//! The explanation of one record, as both output formats print it.

use sekisho::{ExplainedField, Explanation};
use sekisho_records::Constraint;
use serde::Serialize;

use crate::input::position::Position;

/// The explanation of one record.
pub(super) struct Explained<'e> {
    /// Where the record is in the input.
    pub(super) position: Position<'e>,
    /// None if the record is not a sign-in.
    pub(super) explanation: Option<&'e Explanation<'e>>,
    /// None if there are no rules.
    pub(super) matches: Option<Vec<RuleMatch>>,
}

impl Explained<'_> {
    /// The offset of a field's value in the decompressed file. None if the field is absent or inside
    /// JSON text.
    pub(super) fn offset(&self, field: &ExplainedField) -> Option<u64> {
        let record_offset = self.explanation?.record_offset?;
        Some(self.position.offset + record_offset as u64 + field.offset? as u64)
    }
}

/// Whether a rule matches, and each of its constraints.
#[derive(Debug, Serialize)]
pub(super) struct RuleMatch {
    pub(super) id: String,
    #[serde(rename = "match")]
    pub(super) matches: bool,
    #[serde(rename = "asked")]
    pub(super) constraints: Vec<Constraint>,
}
