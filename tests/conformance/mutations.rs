//! Changes to records. Some keep the meaning, others break the record.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// All proper prefixes of the record.
pub(crate) fn truncations(record: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..record.len()).map(|length| &record[..length])
}

/// The record with one byte changed: one bit flipped, or a byte with a meaning in JSON.
pub(crate) fn flip(record: &[u8], random: &mut Rng) -> Vec<u8> {
    const MEANINGFUL: &[u8] = b"{}[]\",:\\ntf0-.eEu \n\x00\x1f\x7f\x80\xc3\xed\xff";
    let mut record = record.to_vec();
    if let Some(byte) = random.choice(&mut record) {
        *byte = if random.bool() {
            *byte ^ (1 << random.u8(..8))
        } else {
            MEANINGFUL[random.usize(..MEANINGFUL.len())]
        };
    }
    record
}

/// The same JSON written differently: keys in another order, characters escaped, white space.
/// `None` if serde_json cannot represent it.
pub(crate) fn respell(record: &[u8], random: &mut Rng) -> Option<Vec<u8>> {
    let value = serde_json::from_slice(record).ok()?;
    let mut output = Vec::new();
    spell(&value, random, &mut output);
    Some(output)
}

/// The same record with decoys: each key except `eventSource` and `detail` has a duplicate with
/// another value before it. `None` if the record is no object.
pub(crate) fn duplicate_keys(record: &[u8], random: &mut Rng) -> Option<Vec<u8>> {
    let members: Map<String, Value> = serde_json::from_slice(record).ok()?;
    let decoys = [
        json!(null),
        json!("Success"),
        json!(7),
        json!([]),
        json!({}),
        json!({"ConsoleLogin": "Success", "CheckMfa": "Failure"}),
        json!({"type": "Root", "MFAUsed": "Yes", "arn": "AWSReservedSSO_"}),
    ];
    let mut output = b"{".to_vec();
    for (key, value) in &members {
        if output.len() > 1 {
            output.push(b',');
        }
        if key != "eventSource" && key != "detail" {
            let decoy = &decoys[random.usize(..decoys.len())];
            output.extend(format!("{}:{decoy},", json!(key)).bytes());
        }
        output.extend(format!("{}:{value}", json!(key)).bytes());
    }
    output.push(b'}');
    Some(output)
}

/// A random sequence of pieces of JSON and of sign-in records.
pub(crate) fn soup(random: &mut Rng) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        " ",
        "\n",
        "null",
        "true",
        "0",
        "-1.5e3",
        "\\u00e9",
        "\\ud800",
        "é",
        "\"eventSource\":",
        "\"signin.amazonaws.com\"",
        "\"eventName\":",
        "\"ConsoleLogin\"",
        "\"responseElements\":",
        "{\"ConsoleLogin\":\"Failure\"}",
        "\"detail\":{",
        "\"Records\":[",
        "\"message\":\"{",
        "\"s3.amazonaws.com\"",
        "\"a\":",
        "\"x\"",
    ];
    let mut output = Vec::new();
    if random.bool() {
        output.push(b'{');
    }
    for _ in 0..random.usize(..24) {
        output.extend(PIECES[random.usize(..PIECES.len())].bytes());
    }
    output
}

fn spell(value: &Value, random: &mut Rng, output: &mut Vec<u8>) {
    match value {
        Value::String(text) => spell_string(text, random, output),
        Value::Array(elements) => {
            output.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                separate(index, random, output);
                spell(element, random, output);
            }
            white_space(random, output);
            output.push(b']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            random.shuffle(&mut members);
            output.push(b'{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                separate(index, random, output);
                spell_string(key, random, output);
                white_space(random, output);
                output.push(b':');
                white_space(random, output);
                spell(value, random, output);
            }
            white_space(random, output);
            output.push(b'}');
        }
        scalar => output.extend(scalar.to_string().bytes()),
    }
}

fn separate(index: usize, random: &mut Rng, output: &mut Vec<u8>) {
    white_space(random, output);
    if index > 0 {
        output.push(b',');
        white_space(random, output);
    }
}

pub(crate) fn white_space(random: &mut Rng, output: &mut Vec<u8>) {
    while random.u8(..4) == 0 {
        output.push(b" \t\r\n"[random.usize(..4)]);
    }
}

fn spell_string(text: &str, random: &mut Rng, output: &mut Vec<u8>) {
    output.push(b'"');
    for character in text.chars() {
        if random.u8(..8) == 0 {
            for unit in character.encode_utf16(&mut [0; 2]) {
                output.extend(format!("\\u{unit:04x}").bytes());
            }
        } else {
            let quoted = json!(character.to_string()).to_string();
            output.extend(quoted[1..quoted.len() - 1].bytes());
        }
    }
    output.push(b'"');
}
