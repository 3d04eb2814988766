//! A value of a verdict with its reason, and the tests on fields that several tables share.

use sekisho_scan::Text;

use crate::condition::Test;
use crate::field_source::FieldSource;
use crate::fields::Field;

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

/// What a table returns: a value with its reason, or the value alone, for which the same code takes
/// fewer instructions.
pub(super) trait Decided<T>: Copy {
    fn new(value: T, line: &'static str, fields: &'static [Field]) -> Self;

    fn value(self) -> T;

    fn fields(self) -> &'static [Field];
}

impl<T: Copy> Decided<T> for Decision<T> {
    fn new(value: T, line: &'static str, fields: &'static [Field]) -> Self {
        Decision { value, line, fields }
    }

    fn value(self) -> T {
        self.value
    }

    fn fields(self) -> &'static [Field] {
        self.fields
    }
}

/// A value without its reason.
#[derive(Clone, Copy)]
pub(super) struct Plain<T>(pub(super) T);

impl<T: Copy> Decided<T> for Plain<T> {
    fn new(value: T, _: &'static str, _: &'static [Field]) -> Self {
        Plain(value)
    }

    fn value(self) -> T {
        self.0
    }

    fn fields(self) -> &'static [Field] {
        &[]
    }
}

/// The value that a line decides.
pub(super) fn because<T, D: Decided<T>>(
    value: T,
    line: &'static str,
    fields: &'static [Field],
) -> D {
    D::new(value, line, fields)
}

/// Whether a field is a string that is not empty.
pub(super) fn is_present(fields: FieldSource<'_, '_>, field: Field) -> bool {
    fields.is(field, Test::Present)
}

/// Whether a field is this word, in any case.
pub(super) fn is_word(fields: FieldSource<'_, '_>, field: Field, word: &str) -> bool {
    fields.text(field).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

/// Whether a field is this string.
pub(super) fn is_text(fields: FieldSource<'_, '_>, field: Field, expected: &str) -> bool {
    fields.text(field).is_some_and(|text| text == expected)
}

/// Whether AWS wrote this instead of the name, because there is no such user.
pub(super) fn is_hidden(fields: FieldSource<'_, '_>, field: Field) -> bool {
    fields.is(field, Test::Hidden)
}

/// The value of a name in a list.
#[inline(never)]
pub(super) fn look_up<T: Copy>(name: Text<'_>, list: &[(&str, T)]) -> Option<T> {
    list.iter().find(|(known, _)| name == *known).map(|(_, value)| *value)
}
