//! JSON as text, with some characters escaped.

use super::random::Random;
use crate::json::Json;

pub(super) fn to_text(random: &mut Random, json: &Json) -> String {
    match json {
        Json::Null => "null".to_owned(),
        Json::Bool(value) => value.to_string(),
        Json::Number(text) => text.clone(),
        Json::String(text) => quoted(random, text),
        Json::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(|value| to_text(random, value)).collect();
            format!("[{}]", elements.join(","))
        }
        Json::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{}:{}", quoted(random, key), to_text(random, value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
    }
}

fn quoted(random: &mut Random, text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') || random.one_in(50) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                quoted += &format!("\\u{unit:04x}");
            }
        } else {
            quoted.push(character);
        }
    }
    quoted + "\""
}
