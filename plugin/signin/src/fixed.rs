//! The strings of a record that belong to its skeleton.

use sekisho_scan::{Text, Value};

use crate::condition::HIDDEN_NAME;
use crate::fields::{Field, Fields};
use crate::trace::{MAX_MEMBERS, Trace};

/// A longer string is none of a few that come again.
const MAX_FIXED: usize = 48;

/// The fields that the tables test and that have few contents.
const FEW_CONTENTS: [Field; 15] = [
    Field::IdentityType,
    Field::SessionMfa,
    Field::EventSource,
    Field::EventName,
    Field::ErrorCode,
    Field::ErrorMessage,
    Field::RequestGrantType,
    Field::PortalGrantType,
    Field::MfaUsed,
    Field::CredentialType,
    Field::DeviceEnrollmentRequired,
    Field::GrantType,
    Field::OAuthSuccess,
    // A name has few contents if it is hidden.
    Field::IdentityUserName,
    Field::UserName,
];

const MAX_FIXED_STRINGS: usize = FEW_CONTENTS.len() + MAX_MEMBERS;

/// Whether a field is fixed: its content belongs to the skeleton of the record.
///
/// That depends on nothing else in the record: where one skeleton has a fixed string and another one a
/// hole, a text takes the first that it fits.
#[inline(never)]
pub(crate) fn is_fixed(field: Field, text: Text<'_>) -> bool {
    match field {
        Field::IdentityUserName | Field::UserName => text == HIDDEN_NAME && !text.is_escaped(),
        _ => FEW_CONTENTS.contains(&field) && may_be_fixed(text),
    }
}

/// Whether a string is short enough to be fixed, and written as it is.
pub(crate) fn may_be_fixed(text: Text<'_>) -> bool {
    !text.is_escaped() && text.raw().len() <= MAX_FIXED
}

/// The strings of a record that decide its verdict and have few contents, each with its quotes.
#[derive(Clone, Copy, Debug)]
pub struct FixedStrings<'a> {
    strings: [&'a [u8]; MAX_FIXED_STRINGS],
    count: usize,
}

impl<'a> FixedStrings<'a> {
    /// Those of a record with these fields, and those in objects that the tables looked up.
    pub(crate) fn of(fields: &Fields<'a>, trace: &Trace<'a>) -> Self {
        let mut fixed = FixedStrings { strings: [b""; MAX_FIXED_STRINGS], count: 0 };
        let mut add = |value: Value<'a>| fixed.insert(value.raw);
        for field in FEW_CONTENTS {
            let is_fixed =
                |value: &Value<'a>| value.text().is_some_and(|text| is_fixed(field, text));
            fields.get(field).filter(is_fixed).into_iter().for_each(&mut add);
        }
        trace.members().for_each(add);
        fixed
    }

    /// The strings, in the order of the record.
    #[must_use]
    pub fn as_slice(&self) -> &[&'a [u8]] {
        self.strings.get(..self.count).unwrap_or_default()
    }

    /// Adds a string. Most come in the order of the record.
    #[inline(never)]
    fn insert(&mut self, mut string: &'a [u8]) {
        let known = self.strings.iter_mut().take(self.count);
        for known in known.skip_while(|known| known.as_ptr() < string.as_ptr()) {
            core::mem::swap(known, &mut string);
        }
        if let Some(free) = self.strings.get_mut(self.count) {
            *free = string;
            self.count += 1;
        }
    }
}
