//! Where the tables look fields up.

use sekisho_scan::{Reader, Text, Value, ValueKind, raw};
use sekisho_skeleton::Located;

use crate::condition::{Condition, Test};
use crate::fields::{Field, Fields};
use crate::fixed::{is_fixed, may_be_fixed};
use crate::trace::Trace;

/// The fields of a record.
#[derive(Clone, Copy)]
pub(crate) struct FieldSource<'f, 'a> {
    /// A bit for each field that may be a string. Most fields are absent.
    strings: u64,
    place: Place<'f, 'a>,
    /// Where it is noted what is asked.
    trace: Option<&'f Trace<'a>>,
}

#[derive(Clone, Copy)]
enum Place<'f, 'a> {
    /// As a walk found them.
    Walked(&'f Fields<'a>),
    /// In a text of a known skeleton, with the indexes of [`Field`].
    Located(&'f Located<'a>),
}

impl<'f, 'a> FieldSource<'f, 'a> {
    pub(crate) fn walked(fields: &'f Fields<'a>) -> Self {
        FieldSource { strings: u64::MAX, place: Place::Walked(fields), trace: None }
    }

    pub(crate) fn located(record: &'f Located<'a>) -> Self {
        FieldSource { strings: record.strings(), place: Place::Located(record), trace: None }
    }

    /// The same fields; what is asked of them is noted.
    pub(crate) fn traced(self, trace: &'f Trace<'a>) -> Self {
        FieldSource { trace: Some(trace), ..self }
    }

    pub(crate) fn get(self, field: Field) -> Option<Value<'a>> {
        let value = match self.place {
            Place::Walked(fields) => fields.get(field),
            Place::Located(located) => located.value(field as usize),
        };
        if let Some(trace) = self.trace
            && let Some(text) = value.and_then(|value| value.text())
        {
            self.note_read(trace, field, text);
        }
        value
    }

    /// Whether a field is such a string.
    ///
    /// For a field of many contents ask for nothing else, so that what is known of a record holds for
    /// others.
    #[inline(never)]
    pub(crate) fn is(self, field: Field, test: Test) -> bool {
        let FieldSource { strings, place, trace } = self;
        let Some(text) = (FieldSource { strings, place, trace: None }).text(field) else {
            return false;
        };
        let holds = test.holds(text);
        if let Some(trace) = trace
            && !self.is_fixed(field, text)
        {
            trace.add_condition(Condition { field, test, holds });
        }
        holds
    }

    /// The string value of a field. A value of any other type counts as absent.
    #[inline(always)]
    pub(crate) fn text(self, field: Field) -> Option<Text<'a>> {
        if self.strings >> field as u32 & 1 == 0 { None } else { self.present_text(field) }
    }

    #[inline(never)]
    fn present_text(self, field: Field) -> Option<Text<'a>> {
        let text = match self.place {
            Place::Walked(fields) => fields.text(field),
            Place::Located(located) => located.string(field as usize),
        }?;
        if let Some(trace) = self.trace {
            self.note_read(trace, field, text);
        }
        Some(text)
    }

    /// Notes that the tables read a string.
    #[cold]
    #[inline(never)]
    fn note_read(self, trace: &Trace<'a>, field: Field, text: Text<'a>) {
        if !self.is_fixed(field, text) {
            trace.depend_on_more();
        }
    }

    /// Whether a string belongs to the skeleton of the record, or will when that is learned.
    fn is_fixed(self, field: Field, text: Text<'a>) -> bool {
        match self.place {
            Place::Walked(_) => is_fixed(field, text),
            Place::Located(located) => located.is_fixed(text),
        }
    }

    /// The member with this key of the object at `field`. Of duplicates, the last one counts.
    pub(crate) fn member(self, field: Field, key: Text<'_>) -> Option<Value<'a>> {
        let object = self.get(field)?;
        let member = only_member(object, key);
        if member.is_none() {
            return self.find_member(field, |name| name == key);
        }
        self.trace_member(member)
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
        self.trace_member(found)
    }

    /// Notes that the tables read a member of an object.
    fn trace_member(self, member: Option<Value<'a>>) -> Option<Value<'a>> {
        if let Some(trace) = self.trace
            && let Some(text) = member.and_then(|member| member.text())
        {
            let is_fixed = match self.place {
                Place::Walked(_) => may_be_fixed(text),
                Place::Located(located) => located.is_fixed(text),
            };
            match member.filter(|_| is_fixed) {
                Some(member) => trace.add_member(member),
                None => trace.depend_on_more(),
            }
        }
        member
    }
}

/// The value in a compact object that has this key alone, as results mostly do.
fn only_member<'a>(object: Value<'a>, key: Text<'_>) -> Option<Value<'a>> {
    if key.is_escaped() {
        return None;
    }
    let rest = object.raw.strip_prefix(b"{\"")?;
    let (found, rest) = rest.split_at_checked(key.raw().len())?;
    let rest = rest.strip_prefix(b"\":").filter(|_| raw::is_same(found, key.raw()))?;
    let mut reader = Reader::new(rest);
    let value = reader.value().ok()?;
    let start = object.raw.len() - rest.len();
    (rest.get(reader.offset()..) == Some(b"}")).then(|| value.shifted(object.offset + start))
}

const _: () = assert!(Field::ALL.len() <= u64::BITS as usize);
