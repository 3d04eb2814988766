//! What a verdict depends on.

use core::cell::Cell;

use sekisho_scan::Value;

use crate::condition::Condition;

/// The most members that are looked up for a verdict.
pub(crate) const MAX_MEMBERS: usize = 2;

/// The most conditions of a verdict.
const MAX_CONDITIONS: usize = 6;

/// The conditions of a verdict.
pub(crate) type Conditions = [Option<Condition>; MAX_CONDITIONS];

/// Notes what the tables ask of the fields of a record.
///
/// The verdict on another record is the same if that has the same skeleton, the same strings where they
/// are fixed, and if the same conditions hold.
#[derive(Debug, Default)]
pub(crate) struct Trace<'a> {
    conditions: Cell<Conditions>,
    members: Cell<[Option<Value<'a>>; MAX_MEMBERS]>,
    depends_on_more: Cell<bool>,
}

impl<'a> Trace<'a> {
    /// Notes a condition of a string that is not fixed.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_condition(&self, condition: Condition) {
        let mut conditions = self.conditions.get();
        match conditions.iter_mut().find(|known| known.is_none()) {
            Some(free) => *free = Some(condition),
            None => self.depend_on_more(),
        }
        self.conditions.set(conditions);
    }

    /// Notes a string in an object that is fixed.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_member(&self, member: Value<'a>) {
        let mut members = self.members.get();
        match members.iter_mut().find(|known| known.is_none()) {
            Some(free) => *free = Some(member),
            None => self.depend_on_more(),
        }
        self.members.set(members);
    }

    /// Notes that the verdict depends on the content of another string.
    pub(crate) fn depend_on_more(&self) {
        self.depends_on_more.set(true);
    }

    /// The conditions, if the verdict depends on nothing else.
    pub(crate) fn conditions(&self) -> Option<Conditions> {
        (!self.depends_on_more.get()).then(|| self.conditions.get())
    }

    /// The strings in objects.
    pub(crate) fn members(&self) -> impl Iterator<Item = Value<'a>> {
        self.members.get().into_iter().flatten()
    }
}
