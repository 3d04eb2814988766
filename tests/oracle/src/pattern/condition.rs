//! Whether a value satisfies one condition of a pattern: a plain value or an operator.

use crate::json::Json;

/// Whether `value`, which is no container, satisfies one entry of a field's list.
///
/// # Panics
/// If the condition is not valid.
pub(super) fn matches(condition: &Json, value: &Json) -> bool {
    let Json::Object(operator) = condition else { return equals(condition, value) };
    let [(name, operand)] = operator.as_slice() else {
        panic!("expected one operator in {operator:?}")
    };
    match (name.as_str(), operand) {
        ("exists", _) => true,
        ("exactly", _) => operand == value,
        ("prefix", Json::Object(nested)) => on_quoted(value, |quoted| {
            strip_prefix_ignoring_case(quoted, &format!("\"{}", text(&nested[0].1))).is_some()
        }),
        ("suffix", Json::Object(nested)) => on_quoted(value, |quoted| {
            let suffix = format!("{}\"", text(&nested[0].1));
            let starts = (0..=quoted.len()).filter(|start| quoted.is_char_boundary(*start));
            starts.map(|start| &quoted[start..]).any(|end| equals_ignoring_case(end, &suffix))
        }),
        ("prefix", prefix) => {
            on_quoted(value, |quoted| quoted.starts_with(&format!("\"{}", text(prefix))))
        }
        ("suffix", suffix) => {
            on_quoted(value, |quoted| quoted.ends_with(&format!("{}\"", text(suffix))))
        }
        ("equals-ignore-case", pattern) => {
            on_text(value, |string| equals_ignoring_case(string, text(pattern)))
        }
        ("wildcard", pattern) => on_text(value, |string| wildcard(text(pattern), string)),
        ("numeric", Json::Array(terms)) => numeric(terms, value),
        ("cidr", range) => on_text(value, |string| cidr(text(range), string)),
        ("anything-but", Json::Object(nested)) => {
            let (name, operand) = &nested[0];
            let mut one = list(operand).into_iter();
            one.all(|one| !matches(&Json::Object(vec![(name.clone(), one)]), value))
        }
        ("anything-but", operand) => list(operand).iter().all(|excluded| match excluded {
            Json::String(_) => excluded != value,
            _ => !same_number(excluded, value),
        }),
        _ => panic!("no operator {name} with {operand:?}"),
    }
}

/// Compares with a plain value: numbers by value, addresses in any notation, anything else exactly.
fn equals(expected: &Json, value: &Json) -> bool {
    match (expected, value) {
        (Json::String(expected), Json::String(text)) if hexadecimal(expected).is_some() => {
            let expected = hexadecimal(expected).expect("it is an address");
            hexadecimal(text).is_some_and(|text| text.starts_with(&expected))
        }
        _ => expected == value || same_number(expected, value),
    }
}

/// The text of an operand.
fn text(operand: &Json) -> &str {
    operand.as_str().unwrap_or_else(|| panic!("expected a string, found {operand:?}"))
}

fn list(operand: &Json) -> Vec<Json> {
    match operand {
        Json::Array(list) => list.clone(),
        single => vec![single.clone()],
    }
}

fn on_text(value: &Json, test: impl Fn(&str) -> bool) -> bool {
    matches!(value, Json::String(text) if test(text))
}

/// Prefixes and suffixes include the quotes around a string.
fn on_quoted(value: &Json, test: impl Fn(&str) -> bool) -> bool {
    on_text(value, |text| test(&format!("\"{text}\"")))
}

/// The value of a number that a double represents exactly.
fn number(value: &Json) -> Option<f64> {
    let Json::Number(text) = value else { return None };
    let double: f64 = text.parse().ok()?;
    (normal_form(text) == normal_form(&double.to_string())).then_some(double)
}

fn same_number(left: &Json, right: &Json) -> bool {
    matches!((number(left), number(right)), (Some(left), Some(right)) if left == right)
}

/// The sign of a number, its digits without leading and trailing zeros, and the power of ten of
/// its last digit.
fn normal_form(text: &str) -> (bool, String, i64) {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let significant = digits.trim_end_matches('0');
    let zeros = digits.len() - significant.len();
    let power =
        exponent.parse::<i64>().expect("an exponent") + zeros as i64 - fraction.len() as i64;
    match significant.trim_start_matches('0') {
        "" => (false, String::new(), 0),
        significant => (text.starts_with('-'), significant.to_owned(), power),
    }
}

fn numeric(terms: &[Json], value: &Json) -> bool {
    let Some(value) = number(value) else { return false };
    terms.chunks(2).all(|term| {
        let end = number(&term[1]).expect("a number that can be compared");
        match text(&term[0]) {
            "=" => value == end,
            "<" => value < end,
            "<=" => value <= end,
            ">" => value > end,
            ">=" => value >= end,
            other => panic!("no comparison {other}"),
        }
    })
}

/// An address as hexadecimal digits, which is what event-ruler compares.
fn hexadecimal(text: &str) -> Option<String> {
    if text.contains(':') {
        if text.contains('.') {
            return None;
        }
        let address: std::net::Ipv6Addr = text.parse().ok()?;
        return Some(match address.to_ipv4_mapped() {
            Some(mapped) => format!("{:08x}", mapped.to_bits()),
            None => format!("{:032x}", address.to_bits()),
        });
    }
    let octets: Vec<&str> = text.split('.').collect();
    let is_octet = |octet: &&str| {
        octet.bytes().all(|byte| byte.is_ascii_digit()) && octet.parse().is_ok_and(|n: u32| n < 256)
    };
    if octets.len() != 4 || text.len() > 15 || !octets.iter().all(is_octet) {
        return None;
    }
    octets.iter().map(|octet| Some(format!("{:02x}", octet.parse::<u8>().ok()?))).collect()
}

/// Whether the digits of an address are between both ends of a range. As in event-ruler, a shorter
/// address is compared digit by digit, and one that is a prefix of an end does not match.
fn cidr(range: &str, text: &str) -> bool {
    let Some(address) = hexadecimal(text) else { return false };
    let (base, bits) = range.split_once('/').expect("a slash");
    let base = hexadecimal(base).expect("an address");
    let bits: usize = bits.parse().expect("a number");
    let end = |free: &str| {
        let digits = base.chars().enumerate().map(|(index, digit)| {
            let fixed = bits.saturating_sub(index * 4).min(4);
            let mask = 0xf_u32 << (4 - fixed) & 0xf;
            let free = u32::from_str_radix(free, 16).expect("a digit");
            let digit = digit.to_digit(16).expect("a digit");
            char::from_digit(digit & mask | free & !mask, 16).expect("a digit")
        });
        digits.collect::<String>()
    };
    let (low, high) = (end("0"), end("f"));
    if address.len() < low.len() {
        low[..address.len()] < *address && *address < high[..address.len()]
    } else {
        low[..] <= address[..low.len()] && address[..low.len()] <= high[..]
    }
}

/// Each character of the pattern matches its lower case and its upper case. As in event-ruler, one
/// that takes two UTF-16 code units matches two question marks only.
fn strip_prefix_ignoring_case<'a>(text: &'a str, pattern: &str) -> Option<&'a str> {
    let Some(first) = pattern.chars().next() else { return Some(text) };
    let rest = &pattern[first.len_utf8()..];
    let mut cases = vec!["??".to_owned()];
    if first.len_utf16() == 1 {
        cases = vec![first.to_lowercase().collect(), first.to_uppercase().collect()];
    }
    cases.iter().find_map(|case| strip_prefix_ignoring_case(text.strip_prefix(case)?, rest))
}

fn equals_ignoring_case(text: &str, pattern: &str) -> bool {
    strip_prefix_ignoring_case(text, pattern) == Some("")
}

/// `*` matches any text; a backslash makes the next character literal.
pub(crate) fn wildcard(pattern: &str, text: &str) -> bool {
    let mut characters = pattern.chars();
    match characters.next() {
        None => text.is_empty(),
        Some('*') => {
            let ends = (0..=text.len()).filter(|end| text.is_char_boundary(*end));
            ends.map(|end| &text[end..]).any(|rest| wildcard(characters.as_str(), rest))
        }
        Some(first) => {
            let plain = if first == '\\' { characters.next() } else { Some(first) };
            plain
                .and_then(|plain| text.strip_prefix(plain))
                .is_some_and(|rest| wildcard(characters.as_str(), rest))
        }
    }
}
