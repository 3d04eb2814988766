//! What is said about a pattern that AWS would refuse.

use core::fmt;

use sekisho_scan::Malformed;

/// A pattern is not valid, at a known place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// What is wrong.
    pub kind: PatternErrorKind,
    /// Offset in bytes of what is wrong.
    pub offset: usize,
    /// Its line, from 1.
    pub line: u32,
    /// Its column in characters, from 1.
    pub column: u32,
}

/// What can be wrong with a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternErrorKind {
    /// It is not well-formed JSON, or nests too deep.
    Json(Malformed),
    /// It is longer than the characters that are the limit.
    TooLong(usize),
    /// It is no object.
    NotAnObject,
    /// An object without members.
    EmptyObject,
    /// A field that lists nothing.
    EmptyList,
    /// A field that is neither a list nor an object.
    NotAList,
    /// A list inside a list.
    NestedList,
    /// An object in a list without an operator.
    NoOperator,
    /// An operator that does not exist.
    UnknownOperator,
    /// Two operators in one object.
    SecondOperator,
    /// An operator that takes a string was given something else.
    ExpectedString,
    /// `prefix` and `suffix` take a string or an object with `equals-ignore-case` in it.
    ExpectedEqualsIgnoreCase,
    /// `anything-but` with something else than strings, numbers or an operator it can hold.
    AnythingBut,
    /// `anything-but` with strings and numbers in one list, or with an empty list.
    AnythingButList,
    /// `anything-but` with an operator that it cannot hold.
    AnythingButOperator,
    /// An empty prefix or suffix in `anything-but`: it would exclude every string.
    EmptyAffix,
    /// `numeric` with something else than a list.
    NumericList,
    /// `numeric` with an unknown comparison, or with one that cannot stand there.
    NumericOperator,
    /// `numeric` with something else than a number behind a comparison.
    NumericValue,
    /// `numeric` with more than it can take.
    NumericTooLong,
    /// `numeric` with a range in which no number is.
    NumericRange,
    /// A number that cannot be compared, as a double does not hold it exactly.
    NumberPrecision,
    /// `exists` with something else than `true` or `false`.
    Exists,
    /// `cidr` without exactly one slash and a number behind it.
    CidrForm,
    /// `cidr` with something else than an address.
    CidrAddress,
    /// `cidr` with as many bits as the address has, or more.
    CidrBits,
    /// Two stars side by side in `wildcard`.
    ConsecutiveWildcards,
    /// A backslash in `wildcard` before something else than a star or a backslash.
    WildcardEscape,
    /// The wildcards of a field have more prefixes that could match together than the limit.
    WildcardComplexity(usize),
    /// `$or` with something else than a list.
    OrList,
    /// `$or` with something else than an object in its list.
    OrElement,
    /// `$or` with fewer than two alternatives.
    OrTooFew,
    /// A field inside `$or` that has the name of an operator.
    OrReserved,
    /// The `$or`s multiply out to more combinations than the limit.
    TooManyBranches(usize),
}

/// What is wrong, as AWS means it, and what to write instead.
impl fmt::Display for PatternErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PatternErrorKind as Kind;
        f.write_str(match self {
            Kind::Json(malformed) => return write!(f, "not well-formed JSON: {malformed}"),
            Kind::TooLong(limit) => {
                return write!(
                    f,
                    "the pattern has more than {limit} characters: split it into several rules"
                );
            }
            Kind::WildcardComplexity(limit) => {
                return write!(
                    f,
                    "more than {limit} beginnings of these wildcards could match one value at the \
                     same time: use fewer `*`, or less repetition behind them"
                );
            }
            Kind::TooManyBranches(limit) => {
                return write!(
                    f,
                    "the `$or`s multiply out to more than {limit} combinations: \
                     split the pattern into several rules"
                );
            }
            Kind::NotAnObject => "a pattern is an object: write `{\"field\": [\"value\"]}`",
            Kind::EmptyObject => "an object that asks for nothing: name a field in it or remove it",
            Kind::EmptyList => {
                "a field that lists no value: list at least one, as in `[\"value\"]`"
            }
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
                "one operator to an object: write a second as an alternative, \
                 `[{\"prefix\": \"a\"}, {\"suffix\": \"b\"}]`"
            }
            Kind::ExpectedString => "this operator takes one string: write `\"text\"`",
            Kind::ExpectedEqualsIgnoreCase => {
                "only equals-ignore-case can stand here: \
                 write `{\"prefix\": {\"equals-ignore-case\": \"a\"}}` or a string"
            }
            Kind::AnythingBut => {
                "anything-but takes a string, a number, a list of them, or an object with prefix, \
                 suffix, equals-ignore-case or wildcard"
            }
            Kind::AnythingButList => {
                "anything-but takes a list of strings or a list of numbers: \
                 write at least one value, and one kind only"
            }
            Kind::AnythingButOperator => {
                "anything-but holds prefix, suffix, equals-ignore-case or wildcard only"
            }
            Kind::EmptyAffix => "every string has the empty prefix and suffix: write some text",
            Kind::NumericList => "numeric takes a list: write `[\">\", 0, \"<=\", 5]`",
            Kind::NumericOperator => {
                "numeric takes one of = < <= > >=, and behind a lower end only < or <=: \
                 write `[\">\", 0, \"<=\", 5]`"
            }
            Kind::NumericValue => "a comparison in numeric takes a number: write it without quotes",
            Kind::NumericTooLong => {
                "numeric takes one comparison, or a lower and then an upper end: \
                 write `[\">\", 0, \"<=\", 5]`"
            }
            Kind::NumericRange => "no number is in this range: write the lower end first",
            Kind::NumberPrecision => {
                "a double does not hold this number exactly, so it cannot be compared: \
                 write it with at most 15 digits"
            }
            Kind::Exists => "exists takes true or false",
            Kind::CidrForm => "cidr takes an address, a slash and a number: write `192.0.2.0/24`",
            Kind::CidrAddress => "no IP address: write four decimal numbers, or IPv6 without dots",
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
            Kind::OrReserved => "no field inside `$or` can have the name of an operator",
        })
    }
}

/// A sentence such as ``an operator … at line 3, column 12``.
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
