//! Finds the predicates that a value makes true.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_scan::raw;

use crate::address::Address;
use crate::condition::{Condition, NeededFacts, Value};
use crate::fold;
use crate::hash::hash;
use crate::path_tree::name_bit;
use crate::predicate::Predicate;
use crate::table::Table;

/// The predicates that trigger branches or belong to the prefilter, by their conditions.
#[derive(Debug)]
pub(crate) struct Index {
    paths: Vec<PathIndex>,
    entries: Vec<Entry>,
    /// The entries by path, form and key.
    table: Table,
}

/// How the predicates at a path are found.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathIndex {
    /// Whether any predicate tests the path.
    pub(crate) is_used: bool,
    pub(crate) needed_facts: NeededFacts,
    /// A [`name_bit`] for each exact value. It rules out most values without a lookup.
    exact: u64,
    numbers: bool,
    addresses: bool,
    folded: bool,
    prefixes: Lengths,
    suffixes: Lengths,
    /// The predicates to test one by one.
    tested: Vec<u32>,
}

/// The lengths of the prefixes or suffixes to look up, in ascending order. Each has a bit for the byte
/// of each of them that is innermost in a value, which rules out most values without a lookup.
#[derive(Clone, Debug, Default)]
struct Lengths(Vec<(usize, u64)>);

impl Lengths {
    fn add(&mut self, length: usize, innermost: Option<&u8>) {
        let bit = innermost.map_or(u64::MAX, |byte| 1 << (byte & 63));
        match self.0.binary_search_by_key(&length, |(known, _)| *known) {
            Ok(index) => self.0[index].1 |= bit,
            Err(index) => self.0.insert(index, (length, bit)),
        }
    }

    /// Calls `look_up` with the parts of a text that may be among the prefixes or suffixes. `part`
    /// returns the one of a length, and its innermost byte; `None` if the text is shorter.
    #[inline(always)]
    fn each<'t>(
        &self,
        part: impl Fn(usize) -> Option<(&'t [u8], u8)>,
        mut look_up: impl FnMut(&'t [u8]),
    ) {
        for (length, bits) in &self.0 {
            let Some((part, innermost)) = part(*length) else { break };
            if bits >> (innermost & 63) & 1 == 1 {
                look_up(part);
            }
        }
    }
}

#[derive(Debug)]
struct Entry {
    path: u32,
    form: Form,
    key: Box<[u8]>,
    predicates: Vec<u32>,
}

/// What of a value is compared with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Exact,
    Number,
    Prefix,
    Suffix,
    Folded,
    V4,
    V6,
}

impl Index {
    pub(crate) fn new(paths: usize, predicates: &[Predicate]) -> Self {
        let paths = alloc::vec![PathIndex::default(); paths];
        let mut index = Index { paths, entries: Vec::new(), table: Table::default() };
        for (number, predicate) in predicates.iter().enumerate() {
            let path = &mut index.paths[predicate.path as usize];
            path.is_used = true;
            predicate.conditions.iter().for_each(|condition| path.needed_facts.add(condition));
            if predicate.in_prefilter || !predicate.triggers.is_empty() {
                for condition in &predicate.conditions {
                    index.add(predicate.path, condition, number as u32);
                }
            }
        }
        index
    }

    pub(crate) fn path(&self, path: u32) -> &PathIndex {
        &self.paths[path as usize]
    }

    fn add(&mut self, path: u32, condition: &Condition, predicate: u32) {
        let index = &mut self.paths[path as usize];
        match condition {
            Condition::Exact(text) => {
                index.exact |= name_bit(text);
                self.insert(path, Form::Exact, text, predicate);
            }
            Condition::Number(number) => {
                index.numbers = true;
                self.insert(path, Form::Number, &number.key(), predicate);
            }
            Condition::Prefix(text) => {
                index.prefixes.add(text.len(), text.last());
                self.insert(path, Form::Prefix, text, predicate);
            }
            Condition::Suffix(text) => {
                index.suffixes.add(text.len(), text.first());
                self.insert(path, Form::Suffix, text, predicate);
            }
            Condition::EqualsIgnoreCase(text) => {
                index.folded = true;
                let mut key = Vec::new();
                fold::push_key(text.as_bytes(), &mut key);
                self.insert(path, Form::Folded, &key, predicate);
            }
            Condition::Address(range) if let Some(address) = range.single() => {
                index.addresses = true;
                let (form, key): (_, &[u8]) = match address {
                    Address::V4(bits) => (Form::V4, &bits.to_le_bytes()),
                    Address::V6(bits) => (Form::V6, &bits.to_le_bytes()),
                };
                self.insert(path, form, key, predicate);
            }
            Condition::Absent => {}
            _ if index.tested.last() == Some(&predicate) => {}
            _ => index.tested.push(predicate),
        }
    }

    fn insert(&mut self, path: u32, form: Form, key: &[u8], predicate: u32) {
        if let Some(entry) = self.find(path, form, key) {
            self.entries[entry].predicates.push(predicate);
            return;
        }
        self.table.insert(hash(seed(path, form), key), self.entries.len() as u32);
        self.entries.push(Entry {
            path,
            form,
            key: key.into(),
            predicates: Vec::from([predicate]),
        });
    }

    #[inline]
    fn find(&self, path: u32, form: Form, key: &[u8]) -> Option<usize> {
        let is_same = |entry: u32| {
            let entry = &self.entries[entry as usize];
            entry.path == path && entry.form == form && raw::is_same(&entry.key, key)
        };
        self.table.find(hash(seed(path, form), key), is_same).map(|entry| entry as usize)
    }

    /// Calls `found` with each predicate that a value at `path` makes true or may make true.
    /// `folded` is a buffer for the value in another case.
    #[inline(never)]
    pub(crate) fn look_up(
        &self,
        path: u32,
        value: &Value<'_>,
        folded: &mut Vec<u8>,
        found: &mut dyn FnMut(u32, Certainty),
    ) {
        let index = self.path(path);
        let text = value.text;
        let mut look_up = |form, key: &[u8], certainty| {
            if let Some(entry) = self.find(path, form, key) {
                let predicates = &self.entries[entry].predicates;
                predicates.iter().for_each(|predicate| found(*predicate, certainty));
            }
        };
        if index.exact & name_bit(text) != 0 {
            look_up(Form::Exact, text, Certainty::True);
        }
        let prefix = |length: usize| Some((text.get(..length)?, *text.get(length - 1)?));
        index.prefixes.each(prefix, |prefix| look_up(Form::Prefix, prefix, Certainty::True));
        let suffix = |length: usize| {
            let suffix = text.get(text.len().checked_sub(length)?..)?;
            Some((suffix, *suffix.first()?))
        };
        index.suffixes.each(suffix, |suffix| look_up(Form::Suffix, suffix, Certainty::True));
        if index.numbers
            && let Some(number) = value.facts.number
        {
            look_up(Form::Number, &number.key(), Certainty::True);
        }
        if index.folded {
            folded.clear();
            fold::push_key(text, folded);
            look_up(Form::Folded, folded, Certainty::Possible);
        }
        if index.addresses
            && let Some(address) = value.facts.address
        {
            // An IPv6 address equals an IPv4 address that has its first 32 bits.
            look_up(Form::V4, &address.head().to_le_bytes(), Certainty::True);
            if let Address::V6(bits) = address {
                look_up(Form::V6, &bits.to_le_bytes(), Certainty::True);
            }
        }
        index.tested.iter().for_each(|predicate| found(*predicate, Certainty::Possible));
    }
}

/// What is known of a predicate that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// It is true.
    True,
    /// It may be true and must be tested.
    Possible,
}

fn seed(path: u32, form: Form) -> u64 {
    u64::from(path) << 8 | form as u64
}
