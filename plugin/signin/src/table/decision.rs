//! A value of a verdict with its reason, and the tests on fields that several tables share.

use crate::fields::{Field, Fields};

/// A value of a verdict, and the line of the table that decided it.
#[derive(Clone, Copy, Debug)]
pub struct Decision<T> {
    /// The value.
    pub value: T,
    /// The condition of the line that matched, in words.
    pub line: &'static str,
    /// The fields that the line tests. The member with the result is named by the object that
    /// contains it; see [`Decisions::result`](crate::Decisions::result).
    pub fields: &'static [Field],
}

pub(super) fn because<T>(value: T, line: &'static str, fields: &'static [Field]) -> Decision<T> {
    Decision { value, line, fields }
}

/// Whether a field is a string that is not empty.
pub(super) fn is_present(fields: &Fields<'_>, field: Field) -> bool {
    fields.text(field).is_some_and(|text| !text.is_empty())
}

/// Whether a field is this word, in any case.
pub(super) fn is_word(fields: &Fields<'_>, field: Field, word: &str) -> bool {
    fields.text(field).is_some_and(|text| text.eq_ignore_ascii_case(word))
}
