//! Finds the predicates that a value makes true.

use alloc::boxed::Box;
use alloc::vec::Vec;

use sekisho_scan::raw;

use crate::address::Address;
use crate::condition::{Condition, NeededFacts, Value};
use crate::filter::Filter;
use crate::fold;
use crate::hash::hash;
use crate::order::add_to_set;
use crate::predicate::Predicate;
use crate::table::Table;

/// Predicates by their conditions: those that trigger branches, or those of the prefilter.
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
    /// Which exact values, prefixes and suffixes there are.
    exact: Filter,
    prefixes: Filter,
    suffixes: Filter,
    /// The lengths of the prefixes and suffixes, in ascending order.
    prefix_lengths: Vec<usize>,
    suffix_lengths: Vec<usize>,
    numbers: bool,
    addresses: bool,
    folded: bool,
    /// The predicates to test one by one.
    tested: Vec<u32>,
}

impl PathIndex {
    /// The filter for keys of a form, and whether it compares their end.
    fn filter(&mut self, form: Form) -> Option<(&mut Filter, bool)> {
        match form {
            Form::Exact => Some((&mut self.exact, true)),
            Form::Prefix => Some((&mut self.prefixes, false)),
            Form::Suffix => Some((&mut self.suffixes, true)),
            Form::Number | Form::Folded | Form::V4 | Form::V6 => None,
        }
    }

    /// Whether any value can make a predicate true that is in the index.
    pub(crate) fn finds_any(&self) -> bool {
        self.looks_further()
            || self.folded
            || ![&self.prefixes, &self.suffixes, &self.exact].into_iter().all(Filter::is_empty)
    }

    /// Whether a value with this text may make a predicate true that is in the index. It mostly may not.
    #[inline(always)]
    pub(crate) fn may_find(&self, text: &[u8]) -> bool {
        self.looks_further()
            || self.folded
            || self.prefixes.may_have(text, false)
            || self.suffixes.may_have(text, true)
            || self.exact.may_have(text, true)
    }

    /// Whether values are looked up or tested by more than their text.
    #[inline(always)]
    fn looks_further(&self) -> bool {
        self.numbers || self.addresses || !self.tested.is_empty()
    }

    /// The facts that are needed to look a value up.
    pub(crate) fn facts_to_look_up(&self) -> NeededFacts {
        if self.looks_further() { self.needed_facts } else { NeededFacts::default() }
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
    /// The index of those predicates that are wanted.
    pub(crate) fn new(
        paths: usize,
        predicates: &[Predicate],
        is_wanted: fn(&Predicate) -> bool,
    ) -> Self {
        let paths = alloc::vec![PathIndex::default(); paths];
        let mut index = Index { paths, entries: Vec::new(), table: Table::default() };
        for (number, predicate) in predicates.iter().enumerate() {
            let path = &mut index.paths[predicate.path as usize];
            path.is_used = true;
            predicate.conditions.iter().for_each(|condition| path.needed_facts.add(condition));
            if is_wanted(predicate) {
                for condition in &predicate.conditions {
                    index.add(predicate.path, condition, number as u32);
                }
            }
        }
        index.fill_filters();
        index
    }

    fn fill_filters(&mut self) {
        for Entry { path, form, key, .. } in &self.entries {
            if let Some((filter, _)) = self.paths[*path as usize].filter(*form) {
                filter.count(key);
            }
        }
        for Entry { path, form, key, .. } in &self.entries {
            if let Some((filter, at_end)) = self.paths[*path as usize].filter(*form) {
                filter.add(key, at_end);
            }
        }
    }

    pub(crate) fn path(&self, path: u32) -> &PathIndex {
        &self.paths[path as usize]
    }

    fn add(&mut self, path: u32, condition: &Condition, predicate: u32) {
        let index = &mut self.paths[path as usize];
        match condition {
            Condition::Exact(text) => self.insert(path, Form::Exact, text, predicate),
            Condition::Number(number) => {
                index.numbers = true;
                self.insert(path, Form::Number, &number.key(), predicate);
            }
            Condition::Prefix(text) => {
                add_to_set(&mut index.prefix_lengths, text.len());
                self.insert(path, Form::Prefix, text, predicate);
            }
            Condition::Suffix(text) => {
                add_to_set(&mut index.suffix_lengths, text.len());
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
        if index.exact.may_have(text, true) {
            look_up(Form::Exact, text, Certainty::True);
        }
        if index.prefixes.may_have(text, false) {
            for length in &index.prefix_lengths {
                let Some(prefix) = text.get(..*length) else { break };
                look_up(Form::Prefix, prefix, Certainty::True);
            }
        }
        if index.suffixes.may_have(text, true) {
            for length in &index.suffix_lengths {
                let Some(start) = text.len().checked_sub(*length) else { break };
                look_up(Form::Suffix, &text[start..], Certainty::True);
            }
        }
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
