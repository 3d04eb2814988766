//! What is learned of sign-ins that were read.
//!
//! It affects speed only. So nothing is learned whose result depends on what is in a string in another
//! way than the truth tables and the rules do.

use sekisho_scan::ValueKind;
use sekisho_signin::{Field, KnownVerdicts};
use sekisho_skeleton::Skeletons;

use crate::arrival::{ENCODED, Record, Route};
use crate::form::{FORM_VALUES, form_values};
use crate::observation::{OBSERVED, observed_values};
use crate::rules::Rules;

/// The index of the first value that rules test, after the fields, what attempts need, and what forms
/// need.
pub(crate) const FIRST_OF_RULES: usize = Field::ALL.len() + OBSERVED + FORM_VALUES;

/// The key that a record has once. The first place of several that have it is where the record is, and a
/// foreign one anywhere excludes it.
const UNIQUE: &str = "eventSource";

/// Learns the skeleton of an input with a sign-in, if all fields of the sign-in are in the input itself, or
/// in JSON text at one of the usual places. Of the latter, what is around it is learned first.
///
/// A field that may be JSON text must not be a string. What is silenced needs more of the record.
#[inline(never)]
pub(crate) fn learn<'a>(
    skeletons: &mut Skeletons<KnownVerdicts>,
    observes: bool,
    rules: Option<&Rules>,
    record: &Record<'_, 'a>,
    input: &'a [u8],
) {
    let may_be_text = |field: &Field| {
        record.fields.get(*field).is_some_and(|value| value.kind == ValueKind::String)
    };
    if !record.is_signin
        || record.route == Route::Other
        || ENCODED.iter().any(may_be_text)
        || rules.is_some_and(|rules| rules.silence().is_some())
        || !skeletons.learns()
    {
        return;
    }
    let input = match record.route {
        Route::InText { offset, .. } if !skeletons.is_known_around() => {
            skeletons.learn_around(input, UNIQUE, offset);
            return;
        }
        Route::InText { text, .. } => text,
        _ => input,
    };
    let (known, fixed) = KnownVerdicts::of(record.fields);
    skeletons.learn(input, UNIQUE, fixed.as_slice(), &mut |layout| {
        if record.route == Route::Searched {
            layout.no_text_outside(record.json)?;
        }
        for value in record.fields.values() {
            layout.push(0, value.as_ref())?;
        }
        let observed = if observes { observed_values(record)? } else { [None; OBSERVED] };
        let of_forms = if observes { form_values(record) } else { [None; FORM_VALUES] };
        for value in observed.iter().chain(&of_forms) {
            layout.push(0, value.as_ref())?;
        }
        if let Some(rules) = rules {
            rules.find_values(input, record, &mut |number, value| {
                layout.push(number, Some(value))
            })?;
        }
        Some(known)
    });
}
