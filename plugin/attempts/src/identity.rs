//! Who signed in: the fields of an attempt that name the user, by which correlations group.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use sekisho_signin::{Kind, Principal, Verdict};

use crate::identity_fields::IdentityFields;
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
    /// The id to count by. See [`IdentityFields::identity`].
    Identity,
}

impl IdentityField {
    /// Every field.
    pub const ALL: &'static [IdentityField] = &[
        IdentityField::Account,
        IdentityField::PrincipalId,
        IdentityField::User,
        IdentityField::SourceIp,
        IdentityField::Identity,
    ];

    /// The name of the field in JSON, and in a rule's `group-by`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            IdentityField::Account => "account",
            IdentityField::PrincipalId => "principal_id",
            IdentityField::User => "user",
            IdentityField::SourceIp => "source_ip",
            IdentityField::Identity => "identity",
        }
    }
}

const FIELDS: usize = IdentityField::ALL.len();

/// The values of all fields, in one allocation.
///
/// ```
/// use sekisho_attempts::{Identity, IdentityField};
///
/// let values = [Some("111122223333"), None, Some("Anaya"), Some("192.0.2.10"), Some("anaya")];
/// let identity = Identity::new(values);
/// assert_eq!(identity.get(IdentityField::User), Some("Anaya"));
/// assert_eq!(identity.get(IdentityField::PrincipalId), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    text: Box<str>,
    /// For each field where its value starts and ends in `text`, or [`ABSENT`].
    spans: [(u16, u16); FIELDS],
}

const ABSENT: (u16, u16) = (u16::MAX, 0);

impl Identity {
    /// An identity with the values of [`IdentityField::ALL`], in this order, each cut to
    /// [`MAX_TEXT_BYTES`](crate::MAX_TEXT_BYTES).
    #[inline(never)]
    #[must_use]
    pub fn new(mut values: [Option<&str>; FIELDS]) -> Self {
        let mut length = 0;
        for value in values.iter_mut().flatten() {
            *value = truncate(value);
            length += value.len();
        }
        let mut text = String::with_capacity(length);
        let mut spans = [ABSENT; FIELDS];
        for (index, value) in values.iter().enumerate() {
            let Some(value) = *value else { continue };
            // The id to count by is often the name or the id of the user, which is kept once.
            let is_same = |other: &Option<&str>| {
                other.is_some_and(|other| {
                    other.len() == value.len() && (core::ptr::eq(other, value) || other == value)
                })
            };
            spans[index] = match values[..index].iter().position(is_same) {
                Some(same) => spans[same],
                None => {
                    let start = text.len() as u16;
                    text.push_str(value);
                    (start, text.len() as u16)
                }
            };
        }
        Identity { text: text.into(), spans }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: IdentityField) -> Option<&str> {
        let (start, end) = self.spans[field as usize];
        self.text.get(usize::from(start)..usize::from(end))
    }

    /// The values of a later record, and for the fields that it lacks those of `self`.
    #[inline(never)]
    #[must_use]
    pub fn updated(self, later: Identity) -> Identity {
        if later == self || !later.spans.contains(&ABSENT) {
            return later;
        }
        let (earlier, later) = (self.values(), later.values());
        let value = |index: usize| later[index].or(earlier[index]);
        Identity::new([value(0), value(1), value(2), value(3), value(4)])
    }

    /// The same with these fields alone.
    #[must_use]
    pub(crate) fn only(&self, fields: &[IdentityField]) -> Identity {
        let mut values = [None; FIELDS];
        for field in fields {
            values[*field as usize] = self.get(*field);
        }
        Identity::new(values)
    }

    /// The same with another user and another id to count by.
    #[must_use]
    pub(crate) fn with_user(&self, user: Option<&str>, identity: Option<&str>) -> Identity {
        let [account, principal_id, _, source_ip, _] = self.values();
        Identity::new([account, principal_id, user, source_ip, identity])
    }

    /// The same with the user and the id to count by that follow from the other fields.
    #[cold]
    #[must_use]
    pub(crate) fn derived(&self, verdict: Option<&Verdict>) -> Identity {
        let (kind, principal) = verdict.map_or((Kind::NotSignin, Principal::Unknown), |verdict| {
            (verdict.kind, verdict.principal)
        });
        let [account, principal_id, user_name, ..] = self.values();
        let fields =
            IdentityFields { account, principal_id, user_name, ..IdentityFields::default() };
        self.with_user(fields.user(principal), fields.identity(kind, principal).as_deref())
    }

    fn values(&self) -> [Option<&str>; FIELDS] {
        let mut values = [None; FIELDS];
        for (value, field) in values.iter_mut().zip(IdentityField::ALL) {
            *value = self.get(*field);
        }
        values
    }
}

/// No field has a value.
impl Default for Identity {
    fn default() -> Self {
        Identity { text: Box::default(), spans: [ABSENT; FIELDS] }
    }
}

/// An identity is encoded as the value of each field: the layout in memory is not part of a state.
impl Snapshot for Identity {
    #[inline(never)]
    fn encode(&self, output: &mut Vec<u8>) {
        for value in self.values() {
            value.map(Box::<str>::from).encode(output);
        }
    }

    #[inline(never)]
    fn decode(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut values: [Option<Box<str>>; FIELDS] = Default::default();
        let known = if reader.version() == 1 { FIELDS_OF_VERSION_1 } else { FIELDS };
        for value in &mut values[..known] {
            *value = Option::decode(reader)?;
        }
        Ok(Identity::new(values.each_ref().map(Option::as_deref)))
    }
}

/// Version 1 has no id to count by; see [`Identity::derived`].
const FIELDS_OF_VERSION_1: usize = 4;

#[cfg(test)]
mod tests {
    use crate::MAX_TEXT_BYTES;

    use super::*;

    #[test]
    fn returns_the_value_of_each_field() {
        let values = [Some("111122223333"), None, Some(""), Some("192.0.2.10"), Some("22")];
        let identity = Identity::new(values);
        assert_eq!(identity.values(), values);
        assert_eq!(identity.get(IdentityField::User), Some(""));
        assert_eq!(identity.get(IdentityField::Identity), Some("22"));
        assert_eq!(Identity::default(), Identity::new([None; FIELDS]));
    }

    #[test]
    fn an_update_keeps_the_fields_that_the_later_record_lacks() {
        let first = Identity::new([Some("a"), Some("b"), None, Some("d"), Some("e")]);
        let later = Identity::new([None, Some("B"), Some("C"), None, None]);
        let both = Identity::new([Some("a"), Some("B"), Some("C"), Some("d"), Some("e")]);
        assert_eq!(first.clone().updated(later), both);
        assert_eq!(first.clone().updated(both.clone()), both);
        assert_eq!(first.clone().updated(first.clone()), first);
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let long = "é".repeat(MAX_TEXT_BYTES);
        let odd = ["x", &long].concat();
        let identity = Identity::new([Some(&long), Some(&odd), Some(&long), None, Some(&long)]);
        assert_eq!(identity.get(IdentityField::Account).map(str::len), Some(MAX_TEXT_BYTES));
        assert_eq!(
            identity.get(IdentityField::PrincipalId).map(str::len),
            Some(MAX_TEXT_BYTES - 1)
        );
        assert_eq!(identity.get(IdentityField::Identity).map(str::len), Some(MAX_TEXT_BYTES));
    }
}
