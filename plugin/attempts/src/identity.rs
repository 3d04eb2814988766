//! Who signed in: the fields of an attempt that name the user, by which correlations group.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::state::{Snapshot, StateError, StateReader};
use crate::text::truncate;

/// A field of an [`Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum IdentityField {
    /// The account that received the record.
    Account,
    /// The id of the user or role session, which no other has.
    PrincipalId,
    /// The name of the user, as written in the record.
    User,
    /// The source: an IP address, or the name of a host.
    SourceIp,
}

impl IdentityField {
    /// Every field, in the order of an attempt's JSON.
    pub const ALL: &'static [IdentityField] = &[
        IdentityField::Account,
        IdentityField::PrincipalId,
        IdentityField::User,
        IdentityField::SourceIp,
    ];

    /// The name of the field in JSON, and in a rule's `group-by`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            IdentityField::Account => "account",
            IdentityField::PrincipalId => "principal_id",
            IdentityField::User => "user",
            IdentityField::SourceIp => "source_ip",
        }
    }
}

const FIELDS: usize = IdentityField::ALL.len();

/// The values of all fields, in one allocation.
///
/// ```
/// use sekisho_attempts::{Identity, IdentityField};
///
/// let identity = Identity::new([Some("111122223333"), None, Some("anaya"), Some("192.0.2.10")]);
/// assert_eq!(identity.get(IdentityField::User), Some("anaya"));
/// assert_eq!(identity.get(IdentityField::PrincipalId), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Identity {
    text: Box<str>,
    /// For each field the end of its value in `text`, with the bit [`ABSENT`] if it has none.
    ends: [u16; FIELDS],
}

const ABSENT: u16 = 0x8000;

impl Identity {
    /// An identity with the values of [`IdentityField::ALL`], in this order, each cut to
    /// [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    #[must_use]
    pub fn new(values: [Option<&str>; FIELDS]) -> Self {
        let values = values.map(|value| value.map(truncate));
        let length = values.iter().flatten().map(|value| value.len()).sum();
        let mut text = String::with_capacity(length);
        let ends = values.map(|value| {
            text.push_str(value.unwrap_or_default());
            let end = text.len() as u16;
            if value.is_none() { end | ABSENT } else { end }
        });
        Identity { text: text.into(), ends }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: IdentityField) -> Option<&str> {
        let index = field as usize;
        let start = if index == 0 { 0 } else { usize::from(self.ends[index - 1] & !ABSENT) };
        let end = self.ends[index];
        if end & ABSENT != 0 { None } else { self.text.get(start..usize::from(end)) }
    }

    /// The values of a later record, and for the fields that it lacks those of `self`.
    #[must_use]
    pub fn updated(self, later: Identity) -> Identity {
        if later == self || later.ends.iter().all(|end| end & ABSENT == 0) {
            return later;
        }
        let value = |index: usize| {
            let field = IdentityField::ALL[index];
            later.get(field).or(self.get(field))
        };
        Identity::new([value(0), value(1), value(2), value(3)])
    }
}

/// An identity is encoded as the value of each field: the layout in memory is not part of a state.
impl Snapshot for Identity {
    fn encode(&self, output: &mut Vec<u8>) {
        for field in IdentityField::ALL {
            self.get(*field).map(Box::<str>::from).encode(output);
        }
    }

    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut values: [Option<Box<str>>; FIELDS] = Default::default();
        for value in &mut values {
            *value = Option::decode(reader)?;
        }
        Ok(Identity::new(values.each_ref().map(Option::as_deref)))
    }
}

#[cfg(test)]
mod tests {
    use crate::MAX_TEXT_BYTES;

    use super::*;

    #[test]
    fn returns_the_value_of_each_field() {
        let identity = Identity::new([Some("111122223333"), None, Some(""), Some("192.0.2.10")]);
        assert_eq!(identity.get(IdentityField::Account), Some("111122223333"));
        assert_eq!(identity.get(IdentityField::PrincipalId), None);
        assert_eq!(identity.get(IdentityField::User), Some(""));
        assert_eq!(identity.get(IdentityField::SourceIp), Some("192.0.2.10"));
        assert_eq!(Identity::default(), Identity::new([Some(""), Some(""), Some(""), Some("")]));
    }

    #[test]
    fn an_update_keeps_the_fields_that_the_later_record_lacks() {
        let first = Identity::new([Some("a"), Some("b"), None, Some("d")]);
        let later = Identity::new([None, Some("B"), Some("C"), None]);
        let both = Identity::new([Some("a"), Some("B"), Some("C"), Some("d")]);
        assert_eq!(first.clone().updated(later), both);
        assert_eq!(first.clone().updated(both.clone()), both);
        assert_eq!(first.clone().updated(first.clone()), first);
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let long = "é".repeat(MAX_TEXT_BYTES);
        let odd = ["x", &long].concat();
        let identity = Identity::new([Some(&long), Some(&odd), Some(&long), Some(&long)]);
        assert_eq!(identity.get(IdentityField::Account).map(str::len), Some(MAX_TEXT_BYTES));
        assert_eq!(
            identity.get(IdentityField::PrincipalId).map(str::len),
            Some(MAX_TEXT_BYTES - 1)
        );
        assert_eq!(identity.get(IdentityField::SourceIp).map(str::len), Some(MAX_TEXT_BYTES));
    }
}
