//! One entry of a field's list, as a VRL condition on a value `at` its path.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ip_address;
use super::pattern::Members;
use super::text::{ignoring_case, string, wildcard};

/// A condition on a value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// A VRL expression that must be true. If it has binary operators that bind weaker than `==`, it
    /// has parentheses: `||` and `&&` have the same precedence in VRL, and `??` has a lower one.
    If(String),
    /// The value must exist.
    Exists,
    /// The value must not exist.
    Absent,
}

/// Translates an entry of a valid list.
///
/// # Errors
/// What has no equivalent in VRL.
pub(super) fn condition(entry: &RawValue) -> Result<Condition, String> {
    let json = entry.get();
    Ok(Condition::If(match json.as_bytes() {
        [b'{', ..] => match member(entry)? {
            (name, operand) if name == "exists" => {
                return Ok(match operand.get() {
                    "true" => Condition::Exists,
                    _ => Condition::Absent,
                });
            }
            (name, operand) => operator(&name, &operand)?,
        },
        [b'"', ..] => {
            let text = text(entry)?;
            ip_address::parse(&text).map_or_else(|| equal(&text), ip_address::equal)
        }
        [b'-' | b'0'..=b'9', ..] => format!("at.value == {}", number(json)?),
        _ => format!("at.value == {json}"),
    }))
}

fn operator(name: &str, operand: &RawValue) -> Result<String, String> {
    let nested = operand.get().starts_with('{');
    Ok(match name {
        "exactly" => equal(&text(operand)?),
        "prefix" | "suffix" if nested => {
            affix(name, &text(&member(operand)?.1)?, affix_ignoring_case, equal_ignoring_case)
        }
        "prefix" | "suffix" => affix(name, &text(operand)?, plain_affix, equal),
        "equals-ignore-case" => equal_ignoring_case(&text(operand)?),
        "wildcard" => format!("(match(at.value, r'{}') ?? false)", wildcard(&text(operand)?)),
        "cidr" => ip_address::range(&text(operand)?).ok_or_else(|| unknown(name))?,
        "numeric" => numeric(operand)?,
        "anything-but" => anything_but(operand)?,
        _ => return Err(unknown(name)),
    })
}

fn unknown(name: &str) -> String {
    format!("the operator `{name}`, which this version does not know")
}

fn equal(text: &str) -> String {
    format!("at.value == {}", string(text))
}

fn equal_ignoring_case(text: &str) -> String {
    format!("(match(at.value, r'^{}$') ?? false)", ignoring_case(text))
}

/// event-ruler compares prefixes and suffixes including the quotes around a string, so a prefix that
/// ends in a quote, or a suffix that starts with one, also matches the whole string.
fn affix(
    name: &str,
    text: &str,
    affix_condition: impl Fn(&str, &str) -> String,
    equal: impl Fn(&str) -> String,
) -> String {
    let whole = match name {
        "prefix" => text.strip_suffix('"'),
        _ => text.strip_prefix('"'),
    };
    let condition = affix_condition(name, text);
    whole.map_or(condition.clone(), |whole| format!("({condition} || {})", equal(whole)))
}

fn plain_affix(name: &str, text: &str) -> String {
    let function = if name == "prefix" { "starts_with" } else { "ends_with" };
    format!("({function}(at.value, {}) ?? false)", string(text))
}

fn affix_ignoring_case(name: &str, text: &str) -> String {
    let text = ignoring_case(text);
    let regex = if name == "prefix" { format!("^{text}") } else { format!("{text}$") };
    format!("(match(at.value, r'{regex}') ?? false)")
}

fn numeric(operand: &RawValue) -> Result<String, String> {
    let terms: Vec<Box<RawValue>> = read(operand)?;
    let terms = terms.chunks_exact(2).map(|term| {
        let number = number(term[1].get())?;
        Ok(match &*text(&term[0])? {
            "=" => format!("at.value == {number}"),
            comparison => format!("((at.value {comparison} {number}) ?? false)"),
        })
    });
    Ok(format!("({})", terms.collect::<Result<Vec<_>, String>>()?.join(" && ")))
}

fn anything_but(operand: &RawValue) -> Result<String, String> {
    let (name, excluded) = match operand.get().starts_with('{') {
        true => member(operand)?,
        false => ("exactly".to_owned(), operand.to_owned()),
    };
    let excluded = match excluded.get().starts_with('[') {
        true => read(&excluded)?,
        false => vec![excluded],
    };
    let excluded = excluded.iter().map(|one| match one.get().starts_with('"') {
        true => operator(&name, one),
        false => Ok(format!("at.value == {}", number(one.get())?)),
    });
    Ok(format!("!({})", excluded.collect::<Result<Vec<_>, String>>()?.join(" || ")))
}

/// A number in VRL, which has 64-bit integers and doubles. An integer that is not exactly a double
/// only equals the same digits.
fn number(json: &str) -> Result<String, String> {
    /// A decimal number of up to this many digits survives a round trip through a double.
    const EXACT_DIGITS: usize = 15;
    let inexact = || format!("the number {json}, which VRL rounds");
    let value: f64 = json.parse().map_err(|_| inexact())?;
    if let Ok(integer) = json.parse::<i64>() {
        let is_exact = value.to_string() == integer.to_string();
        return Ok(match is_exact || integer == 0 {
            true => integer.to_string(),
            false => format!("{{\"digits\": \"{json}\"}}"),
        });
    }
    let (mantissa, _) = json.split_once(['e', 'E']).unwrap_or((json, ""));
    let digits = mantissa.replace(['-', '.'], "");
    let is_exact = digits.trim_matches('0').len() <= EXACT_DIGITS
        && (value == 0.0 || (1e-300..=1e300).contains(&value.abs()));
    match is_exact {
        true if value.fract() == 0.0 => Ok(format!("{value}.0")),
        true => Ok(value.to_string()),
        false => Err(inexact()),
    }
}

/// The only member of an object.
fn member(object: &RawValue) -> Result<(String, Box<RawValue>), String> {
    let Members(members) = read(object)?;
    members.into_iter().next().ok_or_else(|| format!("{object}"))
}

fn text(json: &RawValue) -> Result<String, String> {
    read(json)
}

/// Parses JSON that is known to be of this type, but may contain unpaired surrogates.
fn read<'j, T: Deserialize<'j>>(json: &'j RawValue) -> Result<T, String> {
    serde_json::from_str(json.get()).map_err(|_| format!("{json}, which is not valid Unicode"))
}
