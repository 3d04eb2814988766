//! Parses the list of a field: values and operators.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use sekisho_scan::ValueKind;

use crate::address::{Address, AddressRange};
use crate::condition::{Bound, Condition, NumberRange};
use crate::error::PatternErrorKind;
use crate::number::Number;
use crate::parser::{ParseResult, Parser, error};
use crate::wildcard::Wildcard;

impl Parser<'_> {
    /// The list of a field that starts here.
    pub(crate) fn conditions(&mut self) -> ParseResult<Vec<Condition>> {
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
                ValueKind::Array => return Err(self.error(PatternErrorKind::NestedList)),
            });
        }
        if conditions.is_empty() {
            return Err(error(PatternErrorKind::EmptyList, offset));
        }
        Ok(conditions)
    }

    /// The object with one operator that starts here.
    fn operator(&mut self) -> ParseResult<Condition> {
        let (name, offset) = self.operator_name(PatternErrorKind::NoOperator)?;
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
            _ => return Err(error(PatternErrorKind::UnknownOperator, offset)),
        };
        self.no_second_operator()?;
        Ok(condition)
    }

    /// The first key of the object that starts here, and its offset.
    fn operator_name(&mut self, missing: PatternErrorKind) -> ParseResult<(String, usize)> {
        let offset = self.reader.offset();
        self.reader.enter()?;
        self.key()?.ok_or_else(|| error(missing, offset))
    }

    fn no_second_operator(&mut self) -> ParseResult<()> {
        match self.key()? {
            None => Ok(()),
            Some((_, offset)) => Err(error(PatternErrorKind::SecondOperator, offset)),
        }
    }

    /// The text of the object with `equals-ignore-case`, if an object starts here.
    fn nested_equals_ignore_case(&mut self) -> ParseResult<Option<String>> {
        if self.reader.peek()? != ValueKind::Object {
            return Ok(None);
        }
        let (name, offset) = self.operator_name(PatternErrorKind::ExpectedEqualsIgnoreCase)?;
        if name != "equals-ignore-case" {
            return Err(error(PatternErrorKind::ExpectedEqualsIgnoreCase, offset));
        }
        let text = self.string()?;
        self.no_second_operator()?;
        Ok(Some(text))
    }

    fn equals_ignore_case(&mut self) -> ParseResult<Condition> {
        Ok(Condition::EqualsIgnoreCase(quoted(&self.string()?)))
    }

    fn wildcard(&mut self) -> ParseResult<Condition> {
        self.reader.peek()?;
        let offset = self.reader.offset();
        let wildcard = Wildcard::parse(quoted(&self.string()?).as_bytes());
        Ok(Condition::Wildcard(wildcard.map_err(|kind| error(kind, offset))?))
    }

    fn cidr(&mut self) -> ParseResult<Condition> {
        self.reader.peek()?;
        let offset = self.reader.offset();
        let range = AddressRange::parse(&self.string()?);
        Ok(Condition::Address(range.map_err(|kind| error(kind, offset))?))
    }

    /// A prefix or suffix in `anything-but`. It must not be empty, or it would exclude every string.
    fn affix(&mut self) -> ParseResult<String> {
        self.reader.peek()?;
        let offset = self.reader.offset();
        let text = self.string()?;
        if text.is_empty() { Err(error(PatternErrorKind::EmptyAffix, offset)) } else { Ok(text) }
    }

    fn anything_but(&mut self) -> ParseResult<Condition> {
        let excluded = match self.reader.peek()? {
            ValueKind::String => Vec::from([self.exact()?]),
            ValueKind::Number => Vec::from([Condition::Number(self.number()?)]),
            ValueKind::Array => self.anything_but_list()?,
            ValueKind::Object => self.anything_but_operator()?,
            ValueKind::Boolean | ValueKind::Null => {
                return Err(self.error(PatternErrorKind::AnythingBut));
            }
        };
        Ok(Condition::AnythingBut(excluded))
    }

    fn anything_but_list(&mut self) -> ParseResult<Vec<Condition>> {
        let offset = self.reader.offset();
        let excluded = self.list(|parser| match parser.reader.peek()? {
            ValueKind::String => parser.exact(),
            ValueKind::Number => Ok(Condition::Number(parser.number()?)),
            _ => Err(parser.error(PatternErrorKind::AnythingBut)),
        })?;
        let numbers = excluded.iter().filter(|value| matches!(value, Condition::Number(_))).count();
        if excluded.is_empty() || numbers != 0 && numbers != excluded.len() {
            return Err(error(PatternErrorKind::AnythingButList, offset));
        }
        Ok(excluded)
    }

    fn anything_but_operator(&mut self) -> ParseResult<Vec<Condition>> {
        let (name, offset) = self.operator_name(PatternErrorKind::AnythingButOperator)?;
        let one: fn(&mut Self) -> ParseResult<Condition> = match &*name {
            "prefix" => |parser| Ok(Condition::Prefix(prefix(&parser.affix()?).into())),
            "suffix" => |parser| Ok(Condition::Suffix(suffix(&parser.affix()?).into())),
            "equals-ignore-case" => Self::equals_ignore_case,
            "wildcard" => Self::wildcard,
            _ => return Err(error(PatternErrorKind::AnythingButOperator, offset)),
        };
        let excluded = match self.reader.peek()? {
            ValueKind::Array => self.list(one)?,
            ValueKind::Object => return Err(self.error(PatternErrorKind::AnythingBut)),
            _ => Vec::from([one(self)?]),
        };
        self.no_second_operator()?;
        Ok(excluded)
    }

    /// The list that starts here.
    fn list(
        &mut self,
        mut element: impl FnMut(&mut Self) -> ParseResult<Condition>,
    ) -> ParseResult<Vec<Condition>> {
        let mut elements = Vec::new();
        self.reader.enter()?;
        while self.reader.next_element()? {
            elements.push(element(self)?);
        }
        Ok(elements)
    }

    fn exact(&mut self) -> ParseResult<Condition> {
        Ok(Condition::Exact(quoted(&self.string()?).into()))
    }

    fn numeric(&mut self) -> ParseResult<NumberRange> {
        if self.reader.peek()? != ValueKind::Array {
            return Err(self.error(PatternErrorKind::NumericList));
        }
        let list_offset = self.reader.offset();
        self.reader.enter()?;
        let first = self.comparison()?;
        let (comparison, offset) =
            first.ok_or_else(|| error(PatternErrorKind::NumericOperator, list_offset))?;
        let number = self.operand()?;
        let bound = |included| Some(Bound { number, included });
        let mut range = match &*comparison {
            "=" => NumberRange { low: bound(true), high: bound(true) },
            "<" => NumberRange { low: None, high: bound(false) },
            "<=" => NumberRange { low: None, high: bound(true) },
            ">" => NumberRange { low: bound(false), high: None },
            ">=" => NumberRange { low: bound(true), high: None },
            _ => return Err(error(PatternErrorKind::NumericOperator, offset)),
        };
        let Some((comparison, offset)) = self.comparison()? else { return Ok(range) };
        if range.high.is_some() {
            return Err(error(PatternErrorKind::NumericTooLong, offset));
        }
        let included = match &*comparison {
            "<" => false,
            "<=" => true,
            _ => return Err(error(PatternErrorKind::NumericOperator, offset)),
        };
        let high = self.operand()?;
        if high <= number {
            return Err(error(PatternErrorKind::NumericRange, list_offset));
        }
        range.high = Some(Bound { number: high, included });
        if self.reader.next_element()? {
            return Err(self.error(PatternErrorKind::NumericTooLong));
        }
        Ok(range)
    }

    /// The next comparison in `numeric` and its offset; `None` at the end of the list.
    fn comparison(&mut self) -> ParseResult<Option<(String, usize)>> {
        if !self.reader.next_element()? {
            return Ok(None);
        }
        if self.reader.peek()? != ValueKind::String {
            return Err(self.error(PatternErrorKind::NumericOperator));
        }
        let offset = self.reader.offset();
        Ok(Some((self.string()?, offset)))
    }

    /// The number after a comparison.
    fn operand(&mut self) -> ParseResult<Number> {
        if !self.reader.next_element()? || self.reader.peek()? != ValueKind::Number {
            return Err(self.error(PatternErrorKind::NumericValue));
        }
        self.number()
    }

    /// A number that can be compared.
    fn number(&mut self) -> ParseResult<Number> {
        let value = self.reader.value()?;
        Number::parse(value.raw)
            .ok_or_else(|| error(PatternErrorKind::NumberPrecision, value.offset))
    }

    fn exists(&mut self) -> ParseResult<Condition> {
        let value = self.reader.value()?;
        match value.raw {
            b"true" => Ok(Condition::Exists),
            b"false" => Ok(Condition::Absent),
            _ => Err(error(PatternErrorKind::Exists, value.offset)),
        }
    }
}

/// The condition for a plain string: an address in any spelling, or the text.
fn value(text: &str) -> Condition {
    match Address::parse(text.as_bytes()) {
        Some(address) => Condition::Address(AddressRange::only(address)),
        None => Condition::Exact(quoted(text).into()),
    }
}

/// The text of a string with this content.
fn quoted(text: &str) -> Box<str> {
    ["\"", text, "\""].concat().into()
}

/// The start of the text of a string that starts with this content.
fn prefix(text: &str) -> Box<str> {
    ["\"", text].concat().into()
}

/// The end of the text of a string that ends with this content.
fn suffix(text: &str) -> Box<str> {
    [text, "\""].concat().into()
}
