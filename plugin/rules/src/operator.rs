//! The list of a field: values and operators.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sekisho_scan::Kind;

use crate::PatternErrorKind as Wrong;
use crate::address::{Address, AddressRange};
use crate::condition::{Condition, End, NumberRange};
use crate::number::Number;
use crate::parse::{Fault, Parser};
use crate::wildcard::{Wildcard, complexity};

impl Parser<'_> {
    /// The list that begins here, as a set in order.
    pub(crate) fn conditions(&mut self) -> Result<Vec<Condition>, Fault> {
        let fault = self.fault(Wrong::EmptyList);
        let mut conditions = Vec::new();
        self.reader.enter()?;
        while self.reader.next_element()? {
            conditions.push(match self.reader.peek()? {
                Kind::String => value(&self.string()?),
                Kind::Number => {
                    let text = self.reader.value()?.raw;
                    Number::parse(text)
                        .map_or_else(|| Condition::Exact(text.into()), Condition::Number)
                }
                Kind::Boolean | Kind::Null => Condition::Exact(self.reader.value()?.raw.into()),
                Kind::Object => self.operator()?,
                Kind::Array => return Err(self.fault(Wrong::NestedList)),
            });
        }
        if conditions.is_empty() {
            return Err(fault);
        }
        conditions.sort_unstable();
        conditions.dedup();
        let limit = self.limits.wildcard_prefixes;
        let wildcards: Vec<&Wildcard> = conditions.iter().flat_map(wildcards).collect();
        if limit < usize::MAX && complexity(&wildcards, limit) > limit {
            return Err(Fault { kind: Wrong::WildcardComplexity(limit), ..fault });
        }
        Ok(conditions)
    }

    /// The object with one operator that begins here.
    fn operator(&mut self) -> Result<Condition, Fault> {
        let fault = self.fault(Wrong::NoOperator);
        self.reader.enter()?;
        let (name, at) = self.key()?.ok_or(fault)?;
        let condition = match &*name {
            "exactly" => self.exact()?,
            "prefix" => match self.nested_equals_ignore_case()? {
                Some(text) => Condition::PrefixIgnoreCase(format!("\"{text}").into()),
                None => Condition::Prefix(format!("\"{}", self.string()?).into_bytes().into()),
            },
            "suffix" => match self.nested_equals_ignore_case()? {
                Some(text) => Condition::SuffixIgnoreCase(format!("{text}\"").into()),
                None => Condition::Suffix(format!("{}\"", self.string()?).into_bytes().into()),
            },
            "equals-ignore-case" => self.equals_ignore_case()?,
            "wildcard" => self.wildcard()?,
            "anything-but" => self.anything_but()?,
            "numeric" => Condition::Range(self.numeric()?),
            "cidr" => self.cidr()?,
            "exists" => self.exists()?,
            _ => return Err(Fault { kind: Wrong::UnknownOperator, at }),
        };
        self.no_second_operator()?;
        Ok(condition)
    }

    fn no_second_operator(&mut self) -> Result<(), Fault> {
        match self.key()? {
            None => Ok(()),
            Some((_, at)) => Err(Fault { kind: Wrong::SecondOperator, at }),
        }
    }

    /// The text of an object with `equals-ignore-case`, if an object begins here.
    fn nested_equals_ignore_case(&mut self) -> Result<Option<String>, Fault> {
        if self.reader.peek()? != Kind::Object {
            return Ok(None);
        }
        let fault = self.fault(Wrong::ExpectedEqualsIgnoreCase);
        self.reader.enter()?;
        let (name, at) = self.key()?.ok_or(fault)?;
        if name != "equals-ignore-case" {
            return Err(Fault { at, ..fault });
        }
        let text = self.string()?;
        self.no_second_operator()?;
        Ok(Some(text))
    }

    fn equals_ignore_case(&mut self) -> Result<Condition, Fault> {
        Ok(Condition::EqualsIgnoreCase(quoted(&self.string()?).into()))
    }

    fn wildcard(&mut self) -> Result<Condition, Fault> {
        self.reader.peek()?;
        let at = self.reader.at();
        let wildcard = Wildcard::parse(quoted(&self.string()?).as_bytes());
        Ok(Condition::Wildcard(wildcard.map_err(|kind| Fault { kind, at })?))
    }

    fn cidr(&mut self) -> Result<Condition, Fault> {
        self.reader.peek()?;
        let at = self.reader.at();
        let range = AddressRange::parse(&self.string()?);
        Ok(Condition::Address(range.map_err(|kind| Fault { kind, at })?))
    }

    /// Not empty, as every string would be excluded.
    fn affix(&mut self) -> Result<String, Fault> {
        self.reader.peek()?;
        let fault = self.fault(Wrong::EmptyAffix);
        let text = self.string()?;
        if text.is_empty() { Err(fault) } else { Ok(text) }
    }

    fn anything_but(&mut self) -> Result<Condition, Fault> {
        let excluded = match self.reader.peek()? {
            Kind::String => Vec::from([self.exact()?]),
            Kind::Number => Vec::from([Condition::Number(self.number()?)]),
            Kind::Array => self.anything_but_list()?,
            Kind::Object => self.anything_but_operator()?,
            Kind::Boolean | Kind::Null => return Err(self.fault(Wrong::AnythingBut)),
        };
        Ok(Condition::AnythingBut(excluded))
    }

    fn anything_but_list(&mut self) -> Result<Vec<Condition>, Fault> {
        let fault = self.fault(Wrong::AnythingButList);
        let excluded = self.list(|parser| match parser.reader.peek()? {
            Kind::String => parser.exact(),
            Kind::Number => Ok(Condition::Number(parser.number()?)),
            _ => Err(parser.fault(Wrong::AnythingBut)),
        })?;
        let numbers = excluded.iter().filter(|value| matches!(value, Condition::Number(_))).count();
        if excluded.is_empty() || numbers != 0 && numbers != excluded.len() {
            return Err(fault);
        }
        Ok(excluded)
    }

    fn anything_but_operator(&mut self) -> Result<Vec<Condition>, Fault> {
        let fault = self.fault(Wrong::AnythingButOperator);
        self.reader.enter()?;
        let (name, at) = self.key()?.ok_or(fault)?;
        let one: fn(&mut Self) -> Result<Condition, Fault> = match &*name {
            "prefix" => {
                |parser| Ok(Condition::Prefix(format!("\"{}", parser.affix()?).into_bytes().into()))
            }
            "suffix" => {
                |parser| Ok(Condition::Suffix(format!("{}\"", parser.affix()?).into_bytes().into()))
            }
            "equals-ignore-case" => Self::equals_ignore_case,
            "wildcard" => Self::wildcard,
            _ => return Err(Fault { at, ..fault }),
        };
        let excluded = match self.reader.peek()? {
            Kind::Array => self.list(one)?,
            Kind::Object => return Err(self.fault(Wrong::AnythingBut)),
            _ => Vec::from([one(self)?]),
        };
        self.no_second_operator()?;
        Ok(excluded)
    }

    /// The list that begins here, as a set in order.
    fn list(
        &mut self,
        mut element: impl FnMut(&mut Self) -> Result<Condition, Fault>,
    ) -> Result<Vec<Condition>, Fault> {
        let mut elements = Vec::new();
        self.reader.enter()?;
        while self.reader.next_element()? {
            elements.push(element(self)?);
        }
        elements.sort_unstable();
        elements.dedup();
        Ok(elements)
    }

    fn exact(&mut self) -> Result<Condition, Fault> {
        Ok(Condition::Exact(quoted(&self.string()?).into_bytes().into()))
    }

    fn numeric(&mut self) -> Result<NumberRange, Fault> {
        if self.reader.peek()? != Kind::Array {
            return Err(self.fault(Wrong::NumericList));
        }
        let fault = self.fault(Wrong::NumericOperator);
        self.reader.enter()?;
        let (comparison, at) = self.comparison()?.ok_or(fault)?;
        let number = self.compared()?;
        let end = |included| Some(End { number, included });
        let mut range = match &*comparison {
            "=" => NumberRange { low: end(true), high: end(true) },
            "<" => NumberRange { low: None, high: end(false) },
            "<=" => NumberRange { low: None, high: end(true) },
            ">" => NumberRange { low: end(false), high: None },
            ">=" => NumberRange { low: end(true), high: None },
            _ => return Err(Fault { at, ..fault }),
        };
        let Some((comparison, at)) = self.comparison()? else { return Ok(range) };
        if range.high.is_some() {
            return Err(Fault { kind: Wrong::NumericTooLong, at });
        }
        let included = match &*comparison {
            "<" => false,
            "<=" => true,
            _ => return Err(Fault { at, ..fault }),
        };
        let high = self.compared()?;
        if high <= number {
            return Err(Fault { kind: Wrong::NumericRange, ..fault });
        }
        range.high = Some(End { number: high, included });
        if self.reader.next_element()? {
            return Err(self.fault(Wrong::NumericTooLong));
        }
        Ok(range)
    }

    /// The comparison that is next in `numeric`, and its place; `None` at the end of the list.
    fn comparison(&mut self) -> Result<Option<(String, usize)>, Fault> {
        if !self.reader.next_element()? {
            return Ok(None);
        }
        if self.reader.peek()? != Kind::String {
            return Err(self.fault(Wrong::NumericOperator));
        }
        let at = self.reader.at();
        Ok(Some((self.string()?, at)))
    }

    /// The number behind a comparison.
    fn compared(&mut self) -> Result<Number, Fault> {
        if !self.reader.next_element()? || self.reader.peek()? != Kind::Number {
            return Err(self.fault(Wrong::NumericValue));
        }
        self.number()
    }

    /// A number that can be compared.
    fn number(&mut self) -> Result<Number, Fault> {
        let fault = self.fault(Wrong::NumberPrecision);
        Number::parse(self.reader.value()?.raw).ok_or(fault)
    }

    fn exists(&mut self) -> Result<Condition, Fault> {
        self.reader.peek()?;
        let fault = self.fault(Wrong::Exists);
        match self.reader.value()?.raw {
            b"true" => Ok(Condition::Exists),
            b"false" => Ok(Condition::Absent),
            _ => Err(fault),
        }
    }
}

/// What a plain string asks for: an address in any spelling, or the text.
fn value(text: &str) -> Condition {
    match Address::parse(text.as_bytes()) {
        Some(address) => Condition::Address(AddressRange::only(address)),
        None => Condition::Exact(quoted(text).into_bytes().into()),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn wildcards(condition: &Condition) -> Vec<&Wildcard> {
    match condition {
        Condition::Wildcard(wildcard) => Vec::from([wildcard]),
        Condition::AnythingBut(excluded) => excluded.iter().flat_map(wildcards).collect(),
        _ => Vec::new(),
    }
}
