//! Errors of patterns.

use core::fmt;

use sekisho_scan::Malformed;
use sekisho_scan::message::{self, Part};

/// A pattern is not valid.
///
/// It displays as what is wrong, what to write instead, and the line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub kind: PatternErrorKind,
    /// The offset of the error, in bytes from the start of the pattern.
    pub offset: usize,
    /// The line of the error, from 1.
    pub line: u32,
    /// The column of the error in characters, from 1.
    pub column: u32,
}

/// What is wrong with a pattern.
///
/// It displays as what is wrong and what to write instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// It is not well-formed JSON or nests too deep.
    Json(Malformed),
    /// It has more characters than this limit.
    TooLong(usize),
    /// It is not an object.
    NotAnObject,
    /// An object has no members.
    EmptyObject,
    /// The list of a field is empty.
    EmptyList,
    /// A field is neither a list nor an object.
    NotAList,
    /// A list contains a list.
    NestedList,
    /// An object in a list has no operator.
    NoOperator,
    /// An operator does not exist.
    UnknownOperator,
    /// An object has two operators.
    SecondOperator,
    /// The value of an operator must be a string.
    ExpectedString,
    /// The value of `prefix` or `suffix` is neither a string nor an object with
    /// `equals-ignore-case`.
    ExpectedEqualsIgnoreCase,
    /// The value of `anything-but` is of the wrong type.
    AnythingBut,
    /// The list of `anything-but` is empty or mixes strings and numbers.
    AnythingButList,
    /// `anything-but` contains an operator that is not allowed there.
    AnythingButOperator,
    /// A prefix or suffix in `anything-but` is empty and would exclude every string.
    EmptyAffix,
    /// The value of `numeric` is not a list.
    NumericList,
    /// A comparison in `numeric` does not exist or is not allowed there.
    NumericOperator,
    /// A comparison in `numeric` is not followed by a number.
    NumericValue,
    /// `numeric` has too many comparisons.
    NumericTooLong,
    /// The range of `numeric` contains no number.
    NumericRange,
    /// A number cannot be compared because a double does not represent it exactly.
    NumberPrecision,
    /// The value of `exists` is neither `true` nor `false`.
    Exists,
    /// The value of `cidr` is not an address, a slash and a number.
    CidrForm,
    /// The address of `cidr` is not an IP address.
    CidrAddress,
    /// The number of bits of `cidr` is not less than the number of bits of the address.
    CidrBits,
    /// `wildcard` has two adjacent stars.
    ConsecutiveWildcards,
    /// `wildcard` has a backslash before anything but a star or a backslash.
    WildcardEscape,
    /// The complexity of the wildcards of a field exceeds this limit; see
    /// [`Limits::wildcard_prefixes`](crate::Limits::wildcard_prefixes).
    WildcardComplexity(usize),
    /// The value of `$or` is not a list.
    OrList,
    /// An alternative of `$or` is not an object.
    OrElement,
    /// `$or` has fewer than two alternatives.
    OrTooFew,
    /// A field inside `$or` has the name of an operator.
    OrReserved,
    /// The `$or`s multiply out to more combinations than this limit.
    TooManyBranches(usize),
}

impl fmt::Display for PatternErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PatternErrorKind as Kind;
        let mut over = None;
        let message = match self {
            Kind::Json(malformed) => {
                f.write_str("not well-formed JSON: ")?;
                return malformed.fmt(f);
            }
            Kind::TooLong(limit) => {
                over = Some(*limit);
                "the pattern has more than {} characters: split it into several rules"
            }
            Kind::WildcardComplexity(limit) => {
                over = Some(*limit);
                "more than {} prefixes of these wildcards could match one value at the same time: \
                 use fewer `*`, or less repetition after them"
            }
            Kind::TooManyBranches(limit) => {
                over = Some(*limit);
                "the `$or`s multiply out to more than {} combinations: \
                 split the pattern into several rules"
            }
            Kind::NotAnObject => "a pattern is an object: write `{\"field\": [\"value\"]}`",
            Kind::EmptyObject => "an object without fields: add a field to it or remove it",
            Kind::EmptyList => "an empty list: list at least one value, as in `[\"value\"]`",
            Kind::NotAList => "a field is a list or an object: write the value as `[\"value\"]`",
            Kind::NestedList => "a list inside a list: put its values into the outer list",
            Kind::NoOperator => {
                "an object without an operator: write one, as `{\"prefix\": \"a\"}`"
            }
            Kind::UnknownOperator => {
                "no such operator: write one of prefix, suffix, equals-ignore-case, wildcard, \
                 anything-but, numeric, cidr, exists, exactly"
            }
            Kind::SecondOperator => {
                "only one operator per object: write a second one as an alternative, \
                 `[{\"prefix\": \"a\"}, {\"suffix\": \"b\"}]`"
            }
            Kind::ExpectedString => "this operator takes one string: write `\"text\"`",
            Kind::ExpectedEqualsIgnoreCase => {
                "only equals-ignore-case is allowed here: \
                 write `{\"prefix\": {\"equals-ignore-case\": \"a\"}}` or a string"
            }
            Kind::AnythingBut => {
                "anything-but takes a string, a number, a list of them, or an object with prefix, \
                 suffix, equals-ignore-case or wildcard"
            }
            Kind::AnythingButList => {
                "anything-but takes a list of strings or a list of numbers: \
                 write at least one value, and values of one type only"
            }
            Kind::AnythingButOperator => {
                "anything-but allows prefix, suffix, equals-ignore-case and wildcard only"
            }
            Kind::EmptyAffix => "every string has the empty prefix and suffix: write some text",
            Kind::NumericList => "numeric takes a list: write `[\">\", 0, \"<=\", 5]`",
            Kind::NumericOperator => {
                "numeric takes one of = < <= > >=, and after a lower bound only < or <=: \
                 write `[\">\", 0, \"<=\", 5]`"
            }
            Kind::NumericValue => "a comparison in numeric takes a number: write it without quotes",
            Kind::NumericTooLong => {
                "numeric takes one comparison, or a lower and then an upper bound: \
                 write `[\">\", 0, \"<=\", 5]`"
            }
            Kind::NumericRange => "this range contains no number: write the lower bound first",
            Kind::NumberPrecision => {
                "a double does not represent this number exactly, so it cannot be compared: \
                 write it with at most 15 digits"
            }
            Kind::Exists => "exists takes true or false",
            Kind::CidrForm => "cidr takes an address, a slash and a number: write `192.0.2.0/24`",
            Kind::CidrAddress => {
                "not an IP address: write four decimal numbers, or IPv6 without dots"
            }
            Kind::CidrBits => {
                "at most 31 bits of an IPv4 and 127 of an IPv6 address can be fixed: \
                 write a single address as a plain value"
            }
            Kind::ConsecutiveWildcards => "two `*` side by side: write one",
            Kind::WildcardEscape => "a backslash escapes `*` or a backslash only: write `\\\\\\\\`",
            Kind::OrList => "`$or` takes a list of objects",
            Kind::OrElement => {
                "an alternative of `$or` is an object: write `{\"field\": [\"value\"]}`"
            }
            Kind::OrTooFew => "`$or` takes at least two alternatives",
            Kind::OrReserved => "a field inside `$or` cannot have the name of an operator",
        };
        match over {
            Some(limit) => message::write(f, message, &[Part::Number(limit as u64)]),
            None => f.write_str(message),
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {}, column {})", self.kind, self.line, self.column)
    }
}

impl core::error::Error for PatternError {}

impl From<Malformed> for PatternErrorKind {
    fn from(malformed: Malformed) -> Self {
        PatternErrorKind::Json(malformed)
    }
}
