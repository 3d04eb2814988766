//! What the forms have in common: where it came from, techniques, and what is left out.

use serde_json::{Value, json};

/// Without nulls, and without the objects and arrays that have nothing else.
pub(super) fn pruned(value: Value) -> Value {
    let is_something = |value: &Value| match value {
        Value::Null => false,
        Value::Object(members) => !members.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        _ => true,
    };
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(key, value)| (key, pruned(value)));
            Value::Object(members.filter(|(_, value)| is_something(value)).collect())
        }
        Value::Array(elements) => elements.into_iter().map(pruned).filter(is_something).collect(),
        scalar => scalar,
    }
}

/// `ip`, `host`, or nothing.
pub(super) fn source_kind(source: &str) -> &'static str {
    let is_of_host = |one: char| one.is_ascii_alphanumeric() || ".-_".contains(one);
    if source.parse::<std::net::IpAddr>().is_ok() {
        "ip"
    } else if source.contains('.')
        && source.chars().any(|one| one.is_ascii_alphabetic())
        && source.chars().all(is_of_host)
    {
        "host"
    } else {
        ""
    }
}

/// A text in an object, if it is one and not empty.
pub(super) fn text<'v>(object: &'v Value, key: &str) -> Option<&'v str> {
    object[key].as_str().filter(|text| !text.is_empty())
}

/// The first 16 techniques in the tags of rules, each once, and their sub-techniques.
pub(super) fn techniques(tags: &[Value]) -> Vec<(String, Option<String>)> {
    let mut found = Vec::new();
    for technique in tags.iter().flat_map(of_rule) {
        if found.len() < 16 && !found.contains(&technique) {
            found.push(technique);
        }
    }
    found
}

fn of_rule(tags: &Value) -> impl Iterator<Item = (String, Option<String>)> {
    let tags = tags.as_array().into_iter().flatten().filter_map(Value::as_str);
    let technique = |tag: &str| {
        let tag = tag.to_ascii_uppercase();
        let id = tag.strip_prefix("ATTACK.")?;
        let (main, sub) = match id.split_once('.') {
            Some((main, sub)) => (main, Some(sub)),
            None => (id, None),
        };
        let is_number = |text: &str, length| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_technique =
            is_number(main.strip_prefix('T')?, 4) && sub.is_none_or(|number| is_number(number, 3));
        is_technique.then(|| (main.to_owned(), sub.map(|_| id.to_owned())))
    };
    tags.filter_map(technique)
}

/// The texts that are there, each once.
pub(super) fn each_once(texts: &[Option<&str>]) -> Value {
    let mut once: Vec<&str> = Vec::new();
    for text in texts.iter().copied().flatten() {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    json!(once)
}
