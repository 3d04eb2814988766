//! Random conditions of a pattern.

use super::random::Random;
use super::scalar::{ASCENDING, CIDRS, STRINGS, number, scalar, string};
use crate::json::Json;

/// A condition that `value` satisfies or nearly satisfies.
pub(super) fn condition(random: &mut Random, value: &Json) -> Json {
    let text = match value {
        Json::String(text) if !random.one_in(6) => text.clone(),
        _ => random.choose(STRINGS).to_owned(),
    };
    match random.usize(0..14) {
        0..=2 => value.clone(),
        3 => scalar(random),
        4 => operator("exists", random.choose(&[Json::Bool(true), Json::Bool(false)])),
        5 => operator("exactly", string(&text)),
        6 => affix(random, "prefix", &text),
        7 => affix(random, "suffix", &text),
        8 => operator("equals-ignore-case", string(&other_case(random, &text))),
        9 => operator("wildcard", string(&wildcard(random, &text))),
        10 => operator("cidr", string(random.choose(CIDRS))),
        11 => numeric(random),
        _ => anything_but(random, value, &text),
    }
}

fn affix(random: &mut Random, name: &str, text: &str) -> Json {
    let part = part(random, name, text);
    if random.bool() {
        return operator(name, string(&part));
    }
    let part = other_case(random, &part);
    operator(name, operator("equals-ignore-case", string(&part)))
}

/// The beginning or the end of `text`.
fn part(random: &mut Random, name: &str, text: &str) -> String {
    let middle = random.usize(0..=text.chars().count());
    match name {
        "prefix" => text.chars().take(middle).collect(),
        _ => text.chars().skip(middle).collect(),
    }
}

fn other_case(random: &mut Random, text: &str) -> String {
    match random.usize(0..3) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text.to_owned(),
    }
}

fn wildcard(random: &mut Random, text: &str) -> String {
    let mut pattern = String::new();
    for character in text.chars() {
        match random.usize(0..5) {
            0 if !pattern.ends_with('*') => pattern.push('*'),
            1 if pattern.ends_with('*') => {}
            _ if matches!(character, '*' | '\\') => pattern.extend(['\\', character]),
            _ => pattern.push(character),
        }
    }
    if pattern.is_empty() { "*".to_owned() } else { pattern }
}

fn numeric(random: &mut Random) -> Json {
    let low = random.usize(0..ASCENDING.len() - 1);
    let high = random.usize(low + 1..ASCENDING.len());
    let (low, high) = (number(ASCENDING[low]), number(ASCENDING[high]));
    let below = string(random.choose(&["<", "<="]));
    let above = string(random.choose(&[">", ">="]));
    operator(
        "numeric",
        Json::Array(match random.usize(0..4) {
            0 => vec![string("="), low],
            1 => vec![below, high],
            2 => vec![above, low],
            _ => vec![above, low, below, high],
        }),
    )
}

fn anything_but(random: &mut Random, value: &Json, text: &str) -> Json {
    let other = random.choose(STRINGS);
    let name = random.choose(&["prefix", "suffix", "equals-ignore-case", "wildcard", "", ""]);
    let operand = match name {
        "" if matches!(value, Json::Number(_)) || random.one_in(4) => {
            let numbers = [random.choose(ASCENDING), random.choose(ASCENDING)].map(number);
            return operator("anything-but", one_or_all(random, numbers));
        }
        "" => return operator("anything-but", one_or_all(random, [text, other].map(string))),
        "equals-ignore-case" => [other_case(random, text), text.to_owned()],
        "wildcard" => [wildcard(random, text), wildcard(random, other)],
        _ => [part(random, name, text) + "a", format!("a{}", part(random, name, other))],
    };
    let operand = one_or_all(random, operand.map(|text| string(&text)));
    operator("anything-but", operator(name, operand))
}

fn one_or_all(random: &mut Random, [first, second]: [Json; 2]) -> Json {
    match random.usize(0..3) {
        0 => first,
        1 => Json::Array(vec![first]),
        _ => Json::Array(vec![first, second]),
    }
}

fn operator(name: &str, operand: Json) -> Json {
    Json::Object(vec![(name.to_owned(), operand)])
}
