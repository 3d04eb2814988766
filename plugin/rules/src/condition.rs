//! The conditions of a pattern.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use crate::address::{Address, AddressRange};
use crate::fold;
use crate::hash::hash;
use crate::number::Number;
use crate::order::sorted;
use crate::wildcard::{Pairs, Wildcard};

/// One of the alternatives that a field lists.
///
/// Texts are those of event-ruler: a string with its quotes and without escapes, anything else as
/// it is written in the JSON. So `"1"` is not a number, and a prefix or suffix includes one quote.
#[derive(Clone, Debug, Hash)]
pub(crate) enum Condition {
    Exact(Box<[u8]>),
    Number(Number),
    Prefix(Box<[u8]>),
    Suffix(Box<[u8]>),
    EqualsIgnoreCase(Box<str>),
    PrefixIgnoreCase(Box<str>),
    SuffixIgnoreCase(Box<str>),
    Wildcard(Wildcard),
    Range(NumberRange),
    Address(AddressRange),
    /// None of the conditions is met.
    AnythingBut(Vec<Condition>),
    /// There is a value.
    Exists,
    /// There is no value. No value meets this.
    Absent,
}

/// A value of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    /// See [`Condition`].
    pub(crate) text: &'a [u8],
    pub(crate) facts: &'a Facts,
}

/// Other forms of a value, each computed only if a condition at its path needs it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    /// Its numeric value, if it has one.
    pub(crate) number: Option<Number>,
    /// Its IP address, if it is a string that spells one.
    pub(crate) address: Option<Address>,
    /// Its pairs of bytes, if enough wildcards use them.
    pub(crate) pairs: Option<Pairs>,
}

/// Which facts the conditions at a path need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NeededFacts {
    numbers: bool,
    addresses: bool,
    wildcards: u32,
}

/// For up to this many wildcards, searching is faster than computing the pairs of a value.
const FEW_WILDCARDS: u32 = 3;

impl NeededFacts {
    pub(crate) fn add(&mut self, condition: &Condition) {
        match condition {
            Condition::Number(_) | Condition::Range(_) => self.numbers = true,
            Condition::Address(_) => self.addresses = true,
            Condition::Wildcard(_) => self.wildcards += 1,
            Condition::AnythingBut(excluded) => excluded.iter().for_each(|each| self.add(each)),
            _ => {}
        }
    }

    /// The facts of a text, if it has any.
    #[inline(always)]
    pub(crate) fn of(self, text: &[u8]) -> Option<Facts> {
        if self == NeededFacts::default() { None } else { self.find(text) }
    }

    #[inline(never)]
    fn find(self, text: &[u8]) -> Option<Facts> {
        let mut facts = Facts::default();
        match text {
            [b'"', content @ .., _] => {
                facts.address = if self.addresses { Address::parse(content) } else { None };
                facts.pairs = (self.wildcards > FEW_WILDCARDS).then(|| Pairs::of(text));
            }
            [b'-' | b'0'..=b'9', ..] if self.numbers => facts.number = Number::parse(text),
            _ => {}
        }
        let any = facts.address.is_some() || facts.pairs.is_some() || facts.number.is_some();
        any.then_some(facts)
    }
}

/// The bytes that conditions feed to a hasher. Only equal conditions have the same bytes.
pub(crate) fn canonical_bytes(conditions: &impl Hash) -> Vec<u8> {
    let mut collector = Collector(Vec::new());
    conditions.hash(&mut collector);
    collector.0
}

/// Conditions without duplicates, in an order that depends on their content only.
pub(crate) fn set(conditions: &[Condition]) -> Vec<Condition> {
    let mut sorted = sorted(conditions.iter().map(canonical_bytes));
    sorted.dedup_by(|later, kept| later.0 == kept.0);
    sorted.into_iter().map(|(_, index)| conditions[index as usize].clone()).collect()
}

struct Collector(Vec<u8>);

impl Hasher for Collector {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        hash(0, &self.0)
    }
}

impl Condition {
    pub(crate) fn matches(&self, value: &Value<'_>) -> bool {
        let Value { text, facts } = *value;
        match self {
            Condition::Exact(exact) => **exact == *text,
            Condition::Number(number) => facts.number == Some(*number),
            Condition::Prefix(prefix) => text.starts_with(prefix),
            Condition::Suffix(suffix) => text.ends_with(suffix),
            Condition::EqualsIgnoreCase(pattern) => {
                fold::strip_prefix(text, pattern).is_some_and(<[u8]>::is_empty)
            }
            Condition::PrefixIgnoreCase(pattern) => fold::strip_prefix(text, pattern).is_some(),
            Condition::SuffixIgnoreCase(pattern) => fold::has_suffix(text, pattern),
            Condition::Wildcard(wildcard) => {
                let possible = |pairs| wildcard.is_possible(pairs);
                facts.pairs.as_ref().is_none_or(possible) && wildcard.matches(text)
            }
            Condition::Range(range) => facts.number.is_some_and(|number| range.contains(number)),
            Condition::Address(range) => {
                facts.address.is_some_and(|address| range.contains(address))
            }
            Condition::AnythingBut(excluded) => {
                !excluded.iter().any(|condition| condition.matches(value))
            }
            Condition::Exists => true,
            Condition::Absent => false,
        }
    }
}

/// A range of numbers. A bound that is `None` does not limit it.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct NumberRange {
    pub(crate) low: Option<Bound>,
    pub(crate) high: Option<Bound>,
}

/// A bound of a range of numbers.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) struct Bound {
    pub(crate) number: Number,
    pub(crate) included: bool,
}

impl NumberRange {
    fn contains(&self, number: Number) -> bool {
        let above = |low: Bound| low.number < number || low.included && low.number == number;
        let below = |high: Bound| number < high.number || high.included && high.number == number;
        self.low.is_none_or(above) && self.high.is_none_or(below)
    }
}
