//! What is learned of sign-ins that were read.
//!
//! It affects speed only. So nothing is learned whose result depends on what is in a string in another
//! way than the truth tables and the rules do.

use sekisho_scan::{Value, ValueKind};
use sekisho_signin::Field;
use sekisho_skeleton::Skeletons;

use crate::arrival::{ENCODED, Record};
use crate::form::{FORM_VALUES, form_values};
use crate::observation::{OBSERVED, observed_values};
use crate::rules::Rules;

/// The index of the first value that rules test, after the fields, what attempts need, and what forms
/// need.
pub(crate) const FIRST_OF_RULES: usize = Field::ALL.len() + OBSERVED + FORM_VALUES;

/// Learns the skeleton of an input with a sign-in, if all fields of the sign-in are in the input itself.
///
/// The first place of several that have an `eventSource` is where the record is, and a foreign one
/// anywhere excludes it, so there must not be two. A field that may be JSON text must not be a string.
/// What is silenced needs more of the record.
#[inline(never)]
pub(crate) fn learn(
    skeletons: &mut Skeletons,
    observes: bool,
    rules: Option<&Rules>,
    record: &Record<'_, '_>,
    input: &[u8],
) {
    let is_in_input = |value: Value<'_>| {
        let rest = input.get(value.offset..).unwrap_or_default();
        core::ptr::eq(rest.as_ptr(), value.raw.as_ptr())
    };
    let may_be_text = |field: &Field| {
        record.fields.get(*field).is_some_and(|value| value.kind == ValueKind::String)
    };
    if !record.is_signin
        || !record.fields.get(Field::EventSource).is_some_and(is_in_input)
        || ENCODED.iter().any(may_be_text)
        || rules.is_some_and(|rules| rules.silence().is_some())
    {
        return;
    }
    skeletons.learn(input, "eventSource", &mut |layout| {
        for value in record.fields.values() {
            layout.push(0, value.as_ref())?;
        }
        let observed = if observes { observed_values(record, input)? } else { [None; OBSERVED] };
        let of_forms = if observes { form_values(record, input) } else { [None; FORM_VALUES] };
        for value in observed.iter().chain(&of_forms) {
            layout.push(0, value.as_ref())?;
        }
        match rules {
            None => Some(()),
            Some(rules) => rules
                .find_values(input, record, &mut |number, value| layout.push(number, Some(value))),
        }
    });
}
