//! What a verdict depends on.

use core::cell::Cell;

use sekisho_scan::{Text, Value};

use crate::condition::{Condition, HIDDEN_NAME};
use crate::fields::{Field, Fields};

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

/// The most members that are looked up for a verdict.
const MAX_MEMBERS: usize = 2;

/// The most conditions of a verdict.
pub(crate) const MAX_CONDITIONS: usize = 6;

/// The conditions of a verdict.
pub(crate) type Conditions = [Option<Condition>; MAX_CONDITIONS];

/// The fields of a record, which notes what the tables ask of them.
///
/// The verdict on another record is the same if that has the same skeleton, the same strings where they
/// are [fixed](is_fixed), and if the same conditions hold.
#[derive(Debug)]
pub(crate) struct Trace<'f, 'a> {
    pub(crate) fields: &'f Fields<'a>,
    conditions: Cell<Conditions>,
    members: Cell<[Option<Value<'a>>; MAX_MEMBERS]>,
    depends_on_more: Cell<bool>,
}

impl<'f, 'a> Trace<'f, 'a> {
    pub(crate) fn new(fields: &'f Fields<'a>) -> Self {
        Trace {
            fields,
            conditions: Cell::default(),
            members: Cell::default(),
            depends_on_more: Cell::new(false),
        }
    }

    /// Notes that the tables read a field.
    #[cold]
    pub(crate) fn read(&self, field: Field) {
        let text = self.fields.text(field);
        if text.is_some_and(|text| !is_fixed(field, text)) {
            self.depends_on_more.set(true);
        }
    }

    /// Notes that the tables ask for a condition.
    #[cold]
    pub(crate) fn ask(&self, condition: Condition) {
        let Some(text) = self.fields.text(condition.field) else { return };
        if is_fixed(condition.field, text) {
            return;
        }
        let mut conditions = self.conditions.get();
        match conditions.iter_mut().find(|known| known.is_none()) {
            Some(free) => *free = Some(condition),
            None => self.depends_on_more.set(true),
        }
        self.conditions.set(conditions);
    }

    /// Notes that the tables read a member of an object.
    #[cold]
    pub(crate) fn read_member(&self, member: Option<Value<'a>>) {
        let Some(text) = member.and_then(|member| member.text()) else { return };
        let mut members = self.members.get();
        match members.iter_mut().find(|known| known.is_none()) {
            Some(free) if may_be_fixed(text) => *free = member,
            _ => self.depends_on_more.set(true),
        }
        self.members.set(members);
    }

    /// The conditions, if the verdict depends on nothing else.
    pub(crate) fn conditions(&self) -> Option<Conditions> {
        (!self.depends_on_more.get()).then(|| self.conditions.get())
    }

    /// Passes on the strings that are fixed, with their quotes.
    pub(crate) fn for_each_fixed(&self, mut add: impl FnMut(&'a [u8])) {
        let mut add = |value: Option<Value<'a>>| value.into_iter().for_each(|value| add(value.raw));
        for field in FEW_CONTENTS {
            let is_fixed =
                |value: &Value<'a>| value.text().is_some_and(|text| is_fixed(field, text));
            add(self.fields.get(field).filter(is_fixed));
        }
        self.members.get().into_iter().for_each(add);
    }
}

/// Whether the content of a field belongs to the skeleton of a record.
///
/// It depends on nothing else in the record: where one skeleton has a fixed string and another one a
/// hole, a text takes the first that it fits.
#[inline(never)]
fn is_fixed(field: Field, text: Text<'_>) -> bool {
    match field {
        Field::IdentityUserName | Field::UserName => text == HIDDEN_NAME && !text.is_escaped(),
        _ => FEW_CONTENTS.contains(&field) && may_be_fixed(text),
    }
}

fn may_be_fixed(text: Text<'_>) -> bool {
    !text.is_escaped() && text.raw().len() <= MAX_FIXED
}

/// How many strings are fixed at most.
pub(crate) const MAX_FIXED_STRINGS: usize = FEW_CONTENTS.len() + MAX_MEMBERS;
