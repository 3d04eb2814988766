//! The verdicts on records that are alike.

use sekisho_skeleton::Located;

use crate::field_source::FieldSource;
use crate::fields::Fields;
use crate::fixed::FixedStrings;
use crate::table::verdict;
use crate::trace::{Conditions, Trace};
use crate::verdict::Verdict;

/// The most verdicts that are known of one skeleton.
const MAX_VERDICTS: usize = 2;

/// The verdicts on the records with one skeleton and the same [`FixedStrings`], each with its
/// conditions.
#[derive(Clone, Copy, Debug, Default)]
pub struct KnownVerdicts {
    known: [Option<(Verdict, Conditions)>; MAX_VERDICTS],
    /// How many were noted, also of those that depend on more than conditions.
    noted: u8,
}

impl KnownVerdicts {
    /// The verdict on the record with these fields is known, and others may be. Also returns what the
    /// records must have in common.
    #[inline(never)]
    #[must_use]
    pub fn of<'a>(fields: &Fields<'a>) -> (Self, FixedStrings<'a>) {
        let trace = Trace::default();
        let mut known = KnownVerdicts::default();
        known.note(verdict(FieldSource::walked(fields).traced(&trace)), &trace);
        (known, FixedStrings::of(fields, &trace))
    }

    /// The verdict on a record of this skeleton, which is known from then on if there is room. The value
    /// of a field has the index that the field has as a number. `None` if it is not a sign-in.
    #[inline(never)]
    pub fn classify(&mut self, record: &Located<'_>) -> Option<Verdict> {
        let mut known = self.known.iter().map_while(Option::as_ref);
        if let Some((verdict, _)) = known.find(|(_, conditions)| all_hold(conditions, record)) {
            return Some(*verdict);
        }
        self.read(record)
    }

    #[inline(never)]
    fn read(&mut self, record: &Located<'_>) -> Option<Verdict> {
        let fields = FieldSource::located(record);
        if usize::from(self.noted) == MAX_VERDICTS {
            return verdict(fields);
        }
        let trace = Trace::default();
        let verdict = verdict(fields.traced(&trace));
        self.note(verdict, &trace);
        verdict
    }

    fn note(&mut self, verdict: Option<Verdict>, trace: &Trace<'_>) {
        self.noted += 1;
        if let Some(free) = self.known.iter_mut().find(|known| known.is_none()) {
            *free = verdict.zip(trace.conditions());
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
