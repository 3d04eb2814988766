//! Who signed in: the fields of an attempt that name the user, by which correlations group.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use sekisho_scan::raw::{Buffer, is_same};
use sekisho_signin::{Kind, Principal, Verdict};

use crate::identity_fields::IdentityFields;
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
/// use sekisho_identity::{Identity, IdentityField};
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
    #[must_use]
    pub fn new(values: [Option<&str>; FIELDS]) -> Self {
        Identity::of(values.map(|value| value.map(str::as_bytes)))
    }

    /// The same of texts in UTF-8. One that is not counts as absent.
    #[inline(never)]
    #[must_use]
    pub fn of(mut values: [Option<&[u8]>; FIELDS]) -> Self {
        // Each is up to 256 bytes long, so all of them may not fit.
        let (mut short, mut long) = (Buffer::default(), Vec::new());
        let mut spans = [ABSENT; FIELDS];
        let mut length = 0;
        for index in 0..FIELDS {
            let Some(value) = values[index] else { continue };
            let value = truncate(value);
            values[index] = Some(value);
            // The id to count by is often the name or the id of the user, which is kept once.
            let is_value = |other: &Option<&[u8]>| {
                other.is_some_and(|other| core::ptr::eq(other, value) || is_same(other, value))
            };
            spans[index] = match values[..index].iter().position(is_value) {
                Some(same) => spans[same],
                None => {
                    let start = length;
                    length += value.len();
                    if short.put(value).is_none() {
                        long.extend_from_slice(short.bytes());
                        long.extend_from_slice(value);
                        short.clear();
                    }
                    (start as u16, length as u16)
                }
            };
        }
        let text = match long.is_empty() {
            true => core::str::from_utf8(short.bytes()).map(Box::from),
            false => {
                long.extend_from_slice(short.bytes());
                String::from_utf8(long).map(Box::from).map_err(|error| error.utf8_error())
            }
        };
        text.map_or_else(|_| Identity::of_valid(values), |text| Identity { text, spans })
    }

    /// An identity of those of the values that are UTF-8.
    #[cold]
    #[inline(never)]
    fn of_valid(values: [Option<&[u8]>; FIELDS]) -> Self {
        Identity::new(values.map(|value| core::str::from_utf8(value?).ok()))
    }

    /// The value of a field.
    #[inline(never)]
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
    pub fn only(&self, fields: &[IdentityField]) -> Identity {
        let mut values = [None; FIELDS];
        for field in fields {
            values[*field as usize] = self.get(*field);
        }
        Identity::new(values)
    }

    /// The same with another user and another id to count by.
    #[must_use]
    pub fn with_user(&self, user: Option<&str>, identity: Option<&str>) -> Identity {
        let [account, principal_id, _, source_ip, _] = self.values();
        Identity::new([account, principal_id, user, source_ip, identity])
    }

    /// The same with the user and the id to count by that follow from the other fields.
    #[cold]
    #[must_use]
    pub fn derived(&self, verdict: Option<&Verdict>) -> Identity {
        let (kind, principal) = verdict.map_or((Kind::NotSignin, Principal::Unknown), |verdict| {
            (verdict.kind, verdict.principal)
        });
        let [account, principal_id, user_name, source_ip, _] = self.bytes();
        let fields =
            IdentityFields { account, principal_id, user_name, ..IdentityFields::default() };
        let identity = fields.identity(kind, principal);
        Identity::of([
            account,
            principal_id,
            fields.user(principal),
            source_ip,
            identity.as_deref(),
        ])
    }

    fn bytes(&self) -> [Option<&[u8]>; FIELDS] {
        self.values().map(|value| value.map(str::as_bytes))
    }

    /// The values of all fields.
    #[must_use]
    pub fn values(&self) -> [Option<&str>; FIELDS] {
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
