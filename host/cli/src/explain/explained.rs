//! The explanation of one record, as both output formats print it.

use sekisho::{Actor, ExplainedField, Explanation, IdentityField};
use sekisho_records::Constraint;
use serde::Serialize;

use crate::input::position::Position;

/// The explanation of one record.
pub(super) struct Explained<'e> {
    /// Where the record is in the input.
    pub(super) position: Position<'e>,
    /// None if there is no CloudTrail record.
    pub(super) actor: Option<&'e Actor<'e>>,
    /// None if the record is not a sign-in.
    pub(super) explanation: Option<&'e Explanation<'e>>,
    /// None if there are no rules.
    pub(super) matches: Option<Vec<RuleMatch>>,
    /// The entries of `silence` that silence the record.
    pub(super) silenced_by: Vec<SilencedBy>,
}

impl Explained<'_> {
    /// Who the record is about and how they came in, as far as it says so.
    pub(super) fn actor(&self) -> Vec<(&'static str, String)> {
        let Some(actor) = self.actor else { return Vec::new() };
        let identity = |field| actor.identity.get(field).map(str::to_owned);
        let parts = [
            ("identity", identity(IdentityField::Identity)),
            ("user", identity(IdentityField::User)),
            ("account", identity(IdentityField::Account)),
            ("role", actor.role()),
            ("role_account", actor.role_account()),
            ("factor", actor.factor()),
            ("through", actor.through().map(|through| through.name().to_owned())),
        ];
        parts.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

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
    /// Whether the record is silenced for the rule. Omitted if it is not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) silenced: bool,
    #[serde(rename = "asked")]
    pub(super) constraints: Vec<Constraint>,
}

/// An entry of `silence`.
pub(super) struct SilencedBy {
    /// Its position among all, from 0.
    pub(super) position: usize,
    /// Its reason, its end and its place.
    pub(super) description: String,
}
