//! The list of a field: values and operators.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use sekisho_scan::ValueKind;

use crate::PatternErrorKind as Wrong;
use crate::address::{Address, AddressRange};
use crate::condition::{Condition, End, NumberRange, words};
use crate::number::Number;
use crate::order::sorted;
use crate::parse::{Parsed, Parser, fault};
use crate::wildcard::{Wildcard, complexity};

impl Parser<'_> {
    /// The list that begins here, as a set in order.
    pub(crate) fn conditions(&mut self) -> Parsed<Vec<Condition>> {
        let offset = self.reader.offset();
        let mut conditions = Vec::new();
        self.reader.enter()?;
        while self.reader.next_element()? {
            conditions.push(match self.reader.peek()? {
                ValueKind::String => value(&self.string()?),
                ValueKind::Number => {
                    let text = self.reader.value()?.raw;
                    Number::parse(text)
                        .map_or_else(|| Condition::Exact(text.into()), Condition::Number)
                }
                ValueKind::Boolean | ValueKind::Null => {
                    Condition::Exact(self.reader.value()?.raw.into())
                }
                ValueKind::Object => self.operator()?,
                ValueKind::Array => return Err(self.fault(Wrong::NestedList)),
            });
        }
        if conditions.is_empty() {
            return Err(fault(Wrong::EmptyList, offset));
        }
        let conditions = set(conditions);
        let limit = self.limits.wildcard_prefixes;
        let mut wildcards = Vec::new();
        add_wildcards(&conditions, &mut wildcards);
        if !wildcards.is_empty() && limit < usize::MAX && complexity(&wildcards, limit) > limit {
            return Err(fault(Wrong::WildcardComplexity(limit), offset));
        }
        Ok(conditions)
    }

    /// The object with one operator that begins here.
    fn operator(&mut self) -> Parsed<Condition> {
        let (name, offset) = self.operator_name(Wrong::NoOperator)?;
        let condition = match &*name {
            "exactly" => self.exact()?,
            "prefix" => match self.nested_equals_ignore_case()? {
                Some(text) => Condition::PrefixIgnoreCase(prefix(&text)),
                None => Condition::Prefix(prefix(&self.string()?).into()),
            },
            "suffix" => match self.nested_equals_ignore_case()? {
                Some(text) => Condition::SuffixIgnoreCase(suffix(&text)),
                None => Condition::Suffix(suffix(&self.string()?).into()),
            },
            "equals-ignore-case" => self.equals_ignore_case()?,
            "wildcard" => self.wildcard()?,
            "anything-but" => self.anything_but()?,
            "numeric" => Condition::Range(self.numeric()?),
            "cidr" => self.cidr()?,
            "exists" => self.exists()?,
            _ => return Err(fault(Wrong::UnknownOperator, offset)),
        };
        self.no_second_operator()?;
        Ok(condition)
    }

    /// The first key of the object that begins here, and its offset.
    fn operator_name(&mut self, without: Wrong) -> Parsed<(String, usize)> {
        let offset = self.reader.offset();
        self.reader.enter()?;
        self.key()?.ok_or_else(|| fault(without, offset))
    }

    fn no_second_operator(&mut self) -> Parsed<()> {
        match self.key()? {
            None => Ok(()),
            Some((_, offset)) => Err(fault(Wrong::SecondOperator, offset)),
        }
    }

    /// The text of an object with `equals-ignore-case`, if an object begins here.
    fn nested_equals_ignore_case(&mut self) -> Parsed<Option<String>> {
        if self.reader.peek()? != ValueKind::Object {
            return Ok(None);
        }
        let (name, offset) = self.operator_name(Wrong::ExpectedEqualsIgnoreCase)?;
        if name != "equals-ignore-case" {
            return Err(fault(Wrong::ExpectedEqualsIgnoreCase, offset));
        }
        let text = self.string()?;
        self.no_second_operator()?;
        Ok(Some(text))
    }

    fn equals_ignore_case(&mut self) -> Parsed<Condition> {
        Ok(Condition::EqualsIgnoreCase(quoted(&self.string()?)))
    }

    fn wildcard(&mut self) -> Parsed<Condition> {
        self.reader.peek()?;
        let offset = self.reader.offset();
        let wildcard = Wildcard::parse(quoted(&self.string()?).as_bytes());
        Ok(Condition::Wildcard(wildcard.map_err(|kind| fault(kind, offset))?))
    }

    fn cidr(&mut self) -> Parsed<Condition> {
        self.reader.peek()?;
        let offset = self.reader.offset();
        let range = AddressRange::parse(&self.string()?);
        Ok(Condition::Address(range.map_err(|kind| fault(kind, offset))?))
    }

    /// Not empty, as every string would be excluded.
    fn affix(&mut self) -> Parsed<String> {
        self.reader.peek()?;
        let offset = self.reader.offset();
        let text = self.string()?;
        if text.is_empty() { Err(fault(Wrong::EmptyAffix, offset)) } else { Ok(text) }
    }

    fn anything_but(&mut self) -> Parsed<Condition> {
        let excluded = match self.reader.peek()? {
            ValueKind::String => Vec::from([self.exact()?]),
            ValueKind::Number => Vec::from([Condition::Number(self.number()?)]),
            ValueKind::Array => self.anything_but_list()?,
            ValueKind::Object => self.anything_but_operator()?,
            ValueKind::Boolean | ValueKind::Null => return Err(self.fault(Wrong::AnythingBut)),
        };
        Ok(Condition::AnythingBut(excluded))
    }

    fn anything_but_list(&mut self) -> Parsed<Vec<Condition>> {
        let offset = self.reader.offset();
        let excluded = self.list(|parser| match parser.reader.peek()? {
            ValueKind::String => parser.exact(),
            ValueKind::Number => Ok(Condition::Number(parser.number()?)),
            _ => Err(parser.fault(Wrong::AnythingBut)),
        })?;
        let numbers = excluded.iter().filter(|value| matches!(value, Condition::Number(_))).count();
        if excluded.is_empty() || numbers != 0 && numbers != excluded.len() {
            return Err(fault(Wrong::AnythingButList, offset));
        }
        Ok(excluded)
    }

    fn anything_but_operator(&mut self) -> Parsed<Vec<Condition>> {
        let (name, offset) = self.operator_name(Wrong::AnythingButOperator)?;
        let one: fn(&mut Self) -> Parsed<Condition> = match &*name {
            "prefix" => |parser| Ok(Condition::Prefix(prefix(&parser.affix()?).into())),
            "suffix" => |parser| Ok(Condition::Suffix(suffix(&parser.affix()?).into())),
            "equals-ignore-case" => Self::equals_ignore_case,
            "wildcard" => Self::wildcard,
            _ => return Err(fault(Wrong::AnythingButOperator, offset)),
        };
        let excluded = match self.reader.peek()? {
            ValueKind::Array => self.list(one)?,
            ValueKind::Object => return Err(self.fault(Wrong::AnythingBut)),
            _ => Vec::from([one(self)?]),
        };
        self.no_second_operator()?;
        Ok(excluded)
    }

    /// The list that begins here, as a set in order.
    fn list(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Parsed<Condition>,
    ) -> Parsed<Vec<Condition>> {
        let mut elements = Vec::new();
        self.reader.enter()?;
        while self.reader.next_element()? {
            elements.push(element(self)?);
        }
        Ok(set(elements))
    }

    fn exact(&mut self) -> Parsed<Condition> {
        Ok(Condition::Exact(quoted(&self.string()?).into()))
    }

    fn numeric(&mut self) -> Parsed<NumberRange> {
        if self.reader.peek()? != ValueKind::Array {
            return Err(self.fault(Wrong::NumericList));
        }
        let list_offset = self.reader.offset();
        self.reader.enter()?;
        let first = self.comparison()?;
        let (comparison, offset) = first.ok_or_else(|| fault(Wrong::NumericOperator, list_offset))?;
        let number = self.compared()?;
        let end = |included| Some(End { number, included });
        let mut range = match &*comparison {
            "=" => NumberRange { low: end(true), high: end(true) },
            "<" => NumberRange { low: None, high: end(false) },
            "<=" => NumberRange { low: None, high: end(true) },
            ">" => NumberRange { low: end(false), high: None },
            ">=" => NumberRange { low: end(true), high: None },
            _ => return Err(fault(Wrong::NumericOperator, offset)),
        };
        let Some((comparison, offset)) = self.comparison()? else { return Ok(range) };
        if range.high.is_some() {
            return Err(fault(Wrong::NumericTooLong, offset));
        }
        let included = match &*comparison {
            "<" => false,
            "<=" => true,
            _ => return Err(fault(Wrong::NumericOperator, offset)),
        };
        let high = self.compared()?;
        if high <= number {
            return Err(fault(Wrong::NumericRange, list_offset));
        }
        range.high = Some(End { number: high, included });
        if self.reader.next_element()? {
            return Err(self.fault(Wrong::NumericTooLong));
        }
        Ok(range)
    }

    /// The comparison that is next in `numeric`, and its place; `None` at the end of the list.
    fn comparison(&mut self) -> Parsed<Option<(String, usize)>> {
        if !self.reader.next_element()? {
            return Ok(None);
        }
        if self.reader.peek()? != ValueKind::String {
            return Err(self.fault(Wrong::NumericOperator));
        }
        let offset = self.reader.offset();
        Ok(Some((self.string()?, offset)))
    }

    /// The number behind a comparison.
    fn compared(&mut self) -> Parsed<Number> {
        if !self.reader.next_element()? || self.reader.peek()? != ValueKind::Number {
            return Err(self.fault(Wrong::NumericValue));
        }
        self.number()
    }

    /// A number that can be compared.
    fn number(&mut self) -> Parsed<Number> {
        let value = self.reader.value()?;
        Number::parse(value.raw).ok_or_else(|| fault(Wrong::NumberPrecision, value.offset))
    }

    fn exists(&mut self) -> Parsed<Condition> {
        let value = self.reader.value()?;
        match value.raw {
            b"true" => Ok(Condition::Exists),
            b"false" => Ok(Condition::Absent),
            _ => Err(fault(Wrong::Exists, value.offset)),
        }
    }
}

/// What a plain string asks for: an address in any spelling, or the text.
fn value(text: &str) -> Condition {
    match Address::parse(text.as_bytes()) {
        Some(address) => Condition::Address(AddressRange::only(address)),
        None => Condition::Exact(quoted(text).into()),
    }
}

/// What a string that is this text has all of, with its quotes.
fn quoted(text: &str) -> Box<str> {
    ["\"", text, "\""].concat().into()
}

/// What a string that begins with this text begins with.
fn prefix(text: &str) -> Box<str> {
    ["\"", text].concat().into()
}

/// What a string that ends with this text ends with.
fn suffix(text: &str) -> Box<str> {
    [text, "\""].concat().into()
}

/// In an order that depends on nothing but them, each once.
fn set(conditions: Vec<Condition>) -> Vec<Condition> {
    if conditions.len() < 2 {
        return conditions;
    }
    let mut sorted = sorted(conditions.iter().map(words));
    sorted.dedup_by(|later, kept| later.0 == kept.0);
    sorted.into_iter().map(|(_, index)| conditions[index as usize].clone()).collect()
}

fn add_wildcards<'c>(conditions: &'c [Condition], wildcards: &mut Vec<&'c Wildcard>) {
    for condition in conditions {
        match condition {
            Condition::Wildcard(wildcard) => wildcards.push(wildcard),
            Condition::AnythingBut(excluded) => add_wildcards(excluded, wildcards),
            _ => {}
        }
    }
}
