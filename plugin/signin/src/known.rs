//! The verdict on records that are alike.

use sekisho_skeleton::Located;

use crate::field_source::FieldSource;
use crate::fields::Fields;
use crate::table::verdict;
use crate::trace::{Conditions, MAX_FIXED_STRINGS, Trace};
use crate::verdict::Verdict;

/// The verdict on all records with the skeleton of one of them, if they have the same
/// [`FixedStrings`].
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownVerdict(Option<(Verdict, Conditions)>);

/// The strings of a record that decide its verdict and have few contents, each with its quotes.
#[derive(Clone, Copy, Debug)]
pub struct FixedStrings<'a> {
    strings: [&'a [u8]; MAX_FIXED_STRINGS],
    count: usize,
}

impl<'a> FixedStrings<'a> {
    /// The strings, in the order of the record.
    #[must_use]
    pub fn as_slice(&self) -> &[&'a [u8]] {
        self.strings.get(..self.count).unwrap_or_default()
    }

    /// Adds a string. Most come in the order of the record.
    #[inline(never)]
    fn insert(&mut self, mut string: &'a [u8]) {
        for known in self
            .strings
            .iter_mut()
            .take(self.count)
            .skip_while(|known| known.as_ptr() < string.as_ptr())
        {
            core::mem::swap(known, &mut string);
        }
        if let Some(free) = self.strings.get_mut(self.count) {
            *free = string;
            self.count += 1;
        }
    }
}

impl KnownVerdict {
    /// What is known of records that are like the one with these fields, and what they have in common.
    #[inline(never)]
    #[must_use]
    pub fn of<'a>(fields: &Fields<'a>) -> (Self, FixedStrings<'a>) {
        let trace = Trace::new(fields);
        let verdict = verdict(FieldSource::traced(&trace));
        let mut fixed = FixedStrings { strings: [b""; MAX_FIXED_STRINGS], count: 0 };
        trace.for_each_fixed(|string| fixed.insert(string));
        (KnownVerdict(verdict.zip(trace.conditions())), fixed)
    }

    /// The verdict on a record of this skeleton. The value of a field has the index that the field has
    /// as a number. `None` if it is not a sign-in.
    #[inline(never)]
    #[must_use]
    pub fn classify(&self, record: &Located<'_>) -> Option<Verdict> {
        match &self.0 {
            Some((verdict, conditions)) if all_hold(conditions, record) => Some(*verdict),
            _ => verdict(FieldSource::located(record)),
        }
    }
}

#[inline(always)]
fn all_hold(conditions: &Conditions, record: &Located<'_>) -> bool {
    conditions.iter().map_while(|condition| *condition).all(|condition| {
        let text = record.string(condition.field as usize);
        text.is_some_and(|text| condition.test.holds(text)) == condition.holds
    })
}
