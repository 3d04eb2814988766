//! Names and their positions.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::hash::hash;
use crate::table::Table;

/// A list of different names, which finds a name by its hash.
///
/// ```
/// use sekisho_rules::NameTable;
///
/// let mut names = NameTable::default();
/// names.push("one");
/// names.push("two");
/// assert_eq!(names.position("two"), Some(1));
/// assert_eq!(names.position("three"), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct NameTable {
    names: Vec<Box<str>>,
    table: Table,
}

impl NameTable {
    /// The position of a name.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        let is_name = |index: u32| *self.names[index as usize] == *name;
        self.table.find(hash(0, name.as_bytes()), is_name).map(|index| index as usize)
    }

    /// Appends a name that is not in the list.
    pub fn push(&mut self, name: &str) {
        self.table.insert(hash(0, name.as_bytes()), self.names.len() as u32);
        self.names.push(name.into());
    }
}
