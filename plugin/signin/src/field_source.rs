//! Where the tables look fields up.

use sekisho_scan::{Reader, Text, Value, ValueKind};
use sekisho_skeleton::Located;

use crate::fields::{Field, Fields};

/// The fields of a record.
#[derive(Clone, Copy)]
pub(crate) enum FieldSource<'f, 'a> {
    /// As a walk found them.
    Walked(&'f Fields<'a>),
    /// In a text of a known skeleton, with the indexes of [`Field`].
    Located(&'f Located<'a>),
}

impl<'a> FieldSource<'_, 'a> {
    pub(crate) fn get(self, field: Field) -> Option<Value<'a>> {
        match self {
            FieldSource::Walked(fields) => fields.get(field),
            FieldSource::Located(located) => located.value(field as usize),
        }
    }

    /// The string value of a field. A value of any other type counts as absent.
    #[inline(never)]
    pub(crate) fn text(self, field: Field) -> Option<Text<'a>> {
        match self {
            FieldSource::Walked(fields) => fields.text(field),
            FieldSource::Located(located) => located.string(field as usize),
        }
    }

    /// The member with this key of the object at `field`. Of duplicates, the last one counts.
    pub(crate) fn member(self, field: Field, key: Text<'_>) -> Option<Value<'a>> {
        let object = self.get(field)?;
        only_member(object, key).or_else(|| self.find_member(field, |name| name == key))
    }

    /// The last member of the object at `field` that has such a key.
    pub(crate) fn find_member(
        self,
        field: Field,
        is_key: impl Fn(Text<'a>) -> bool,
    ) -> Option<Value<'a>> {
        let object = self.get(field).filter(|value| value.kind == ValueKind::Object)?;
        let mut reader = Reader::new(object.raw);
        let mut found = None;
        reader.enter().ok()?;
        while let Some(name) = reader.next_key().ok()? {
            let value = reader.value().ok()?;
            if is_key(name) {
                found = Some(value.shifted(object.offset));
            }
        }
        found
    }
}

/// The value in a compact object that has this key alone, as results mostly do.
fn only_member<'a>(object: Value<'a>, key: Text<'_>) -> Option<Value<'a>> {
    if key.is_escaped() {
        return None;
    }
    let rest = object.raw.strip_prefix(b"{\"")?.strip_prefix(key.raw())?.strip_prefix(b"\":")?;
    let mut reader = Reader::new(rest);
    let value = reader.value().ok()?;
    let start = object.raw.len() - rest.len();
    (rest.get(reader.offset()..) == Some(b"}")).then(|| value.shifted(object.offset + start))
}
