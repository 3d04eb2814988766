//! From a value at a path to the predicates that it makes true.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::address::Address;
use crate::compile::Predicate;
use crate::condition::{Asks, Condition, Value};
use crate::fold;
use crate::hash::hash;
use crate::order::add_to_set;
use crate::table::Table;

/// The predicates that wake branches or are gates, by what they ask for.
#[derive(Debug)]
pub(crate) struct Index {
    /// For each path.
    places: Vec<Place>,
    entries: Vec<Entry>,
    /// Into the entries.
    table: Table,
}

/// What is asked of a path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Whether anything is.
    pub(crate) asked: bool,
    pub(crate) asks: Asks,
    exact: bool,
    numbers: bool,
    addresses: bool,
    folded: bool,
    /// The lengths of the prefixes and suffixes that are looked up, ascending.
    prefixes: Vec<usize>,
    suffixes: Vec<usize>,
    /// The predicates that are tested one by one.
    tested: Vec<u32>,
}

#[derive(Debug)]
struct Entry {
    path: u32,
    form: Form,
    key: Box<[u8]>,
    predicates: Vec<u32>,
}

/// How a key is compared with a value.
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
        let places = alloc::vec![Place::default(); paths];
        let mut index = Index { places, entries: Vec::new(), table: Table::default() };
        for (number, predicate) in predicates.iter().enumerate() {
            let place = &mut index.places[predicate.path as usize];
            place.asked = true;
            predicate.conditions.iter().for_each(|condition| place.asks.add(condition));
            if predicate.is_gate || !predicate.wakes.is_empty() {
                for condition in &predicate.conditions {
                    index.add(predicate.path, condition, number as u32);
                }
            }
        }
        index
    }

    pub(crate) fn place(&self, path: u32) -> &Place {
        &self.places[path as usize]
    }

    fn add(&mut self, path: u32, condition: &Condition, predicate: u32) {
        let place = &mut self.places[path as usize];
        match condition {
            Condition::Exact(text) => {
                place.exact = true;
                self.insert(path, Form::Exact, text, predicate);
            }
            Condition::Number(number) => {
                place.numbers = true;
                self.insert(path, Form::Number, &number.key(), predicate);
            }
            Condition::Prefix(text) => {
                add_to_set(&mut place.prefixes, text.len());
                self.insert(path, Form::Prefix, text, predicate);
            }
            Condition::Suffix(text) => {
                add_to_set(&mut place.suffixes, text.len());
                self.insert(path, Form::Suffix, text, predicate);
            }
            Condition::EqualsIgnoreCase(text) => {
                place.folded = true;
                let mut key = Vec::new();
                fold::push_key(text.as_bytes(), &mut key);
                self.insert(path, Form::Folded, &key, predicate);
            }
            Condition::Address(range) if let Some(address) = range.single() => {
                place.addresses = true;
                let (form, key): (_, &[u8]) = match address {
                    Address::V4(bits) => (Form::V4, &bits.to_le_bytes()),
                    Address::V6(bits) => (Form::V6, &bits.to_le_bytes()),
                };
                self.insert(path, form, key, predicate);
            }
            Condition::Absent => {}
            _ if place.tested.last() == Some(&predicate) => {}
            _ => place.tested.push(predicate),
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
        let is_it = |entry: u32| {
            let entry = &self.entries[entry as usize];
            entry.path == path && entry.form == form && *entry.key == *key
        };
        self.table.find(hash(seed(path, form), key), is_it).map(|entry| entry as usize)
    }

    /// Tells the predicates that a value at `path` may make true by its look; they are to be
    /// tested where not all of them do. `folded` is room for the value in another case.
    #[inline]
    pub(crate) fn wake(
        &self,
        path: u32,
        value: &Value<'_>,
        folded: &mut Vec<u8>,
        mut tell: impl FnMut(u32, Sure),
    ) {
        let place = self.place(path);
        let text = value.text;
        let mut look_up = |form, key: &[u8], sure| {
            if let Some(entry) = self.find(path, form, key) {
                self.entries[entry].predicates.iter().for_each(|predicate| tell(*predicate, sure));
            }
        };
        if place.exact {
            look_up(Form::Exact, text, Sure::Yes);
        }
        for length in &place.prefixes {
            let Some(prefix) = text.get(..*length) else { break };
            look_up(Form::Prefix, prefix, Sure::Yes);
        }
        for length in &place.suffixes {
            let Some(start) = text.len().checked_sub(*length) else { break };
            look_up(Form::Suffix, &text[start..], Sure::Yes);
        }
        if place.numbers
            && let Some(number) = value.facts.number
        {
            look_up(Form::Number, &number.key(), Sure::Yes);
        }
        if place.folded {
            folded.clear();
            fold::push_key(text, folded);
            look_up(Form::Folded, folded, Sure::No);
        }
        if place.addresses
            && let Some(address) = value.facts.address
        {
            // An IPv6 address is in the range of an IPv4 address that has its first 32 bits.
            look_up(Form::V4, &address.head().to_le_bytes(), Sure::Yes);
            if let Address::V6(bits) = address {
                look_up(Form::V6, &bits.to_le_bytes(), Sure::Yes);
            }
        }
        place.tested.iter().for_each(|predicate| tell(*predicate, Sure::No));
    }
}

/// Whether a predicate that was found is true, or must be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sure {
    Yes,
    No,
}

fn seed(path: u32, form: Form) -> u64 {
    u64::from(path) << 8 | form as u64
}
