//! Who it was: what an attempt tells of its user, and what counted rules group by.

use alloc::boxed::Box;
use alloc::string::String;

use crate::snapshot::{Snapshot, StateError, StateReader};

/// Of each text of a record, at most this many bytes are remembered.
pub const MAX_TEXT_BYTES: usize = 256;

/// Something that is known of who tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum IdentityField {
    /// The account that received the record.
    Account,
    /// The one safe id of a person or role session.
    PrincipalId,
    /// The user's name, as the record gives it.
    User,
    /// Where from: an address, or the name of a host.
    SourceIp,
}

impl IdentityField {
    /// Every field, in the order in which an attempt tells them.
    pub const ALL: &'static [IdentityField] = &[
        IdentityField::Account,
        IdentityField::PrincipalId,
        IdentityField::User,
        IdentityField::SourceIp,
    ];

    /// Its name in an attempt, and in the `group-by` of a counted rule.
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

/// The values of all fields in one block of memory.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Identity {
    text: Box<str>,
    /// Where the text of each field ends, and 0x8000 if it is absent.
    ends: [u16; FIELDS],
}

const ABSENT: u16 = 0x8000;

impl Identity {
    /// What is known; each text is cut after [`MAX_TEXT_BYTES`] bytes.
    #[must_use]
    pub fn new(values: [Option<&str>; FIELDS]) -> Self {
        let values = values.map(|value| value.map(cut));
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

    /// Of both the later is right, where it knows.
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

/// As much of a text as is remembered.
pub(crate) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}

impl Snapshot for Identity {
    fn encode(&self, to: &mut alloc::vec::Vec<u8>) {
        for field in IdentityField::ALL {
            self.get(*field).map(Box::<str>::from).encode(to);
        }
    }

    fn decode(from: &mut StateReader<'_>) -> Result<Self, StateError> {
        let mut values: [Option<Box<str>>; FIELDS] = Default::default();
        for value in &mut values {
            *value = Option::decode(from)?;
        }
        Ok(Identity::new(values.each_ref().map(Option::as_deref)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_in_comes_out() {
        let identity = Identity::new([Some("111122223333"), None, Some(""), Some("192.0.2.10")]);
        assert_eq!(identity.get(IdentityField::Account), Some("111122223333"));
        assert_eq!(identity.get(IdentityField::PrincipalId), None);
        assert_eq!(identity.get(IdentityField::User), Some(""));
        assert_eq!(identity.get(IdentityField::SourceIp), Some("192.0.2.10"));
        assert_eq!(Identity::default(), Identity::new([Some(""), Some(""), Some(""), Some("")]));
    }

    #[test]
    fn the_later_is_right_where_it_knows() {
        let first = Identity::new([Some("a"), Some("b"), None, Some("d")]);
        let later = Identity::new([None, Some("B"), Some("C"), None]);
        let both = Identity::new([Some("a"), Some("B"), Some("C"), Some("d")]);
        assert_eq!(first.clone().updated(later), both);
        assert_eq!(first.clone().updated(both.clone()), both);
        assert_eq!(first.clone().updated(first.clone()), first);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
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
