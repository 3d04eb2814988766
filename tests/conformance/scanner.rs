//! The scanner over texts that are almost JSON, compared with serde_json and with itself without
//! SIMD.

use std::{env, fmt};

use sekisho::Classifier;
use sekisho_host::{Annotated, Error, Filter, Module};
use sekisho_scan::{Expected, MAX_DEPTH, Malformed, Reader, Text, ValueKind};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::texts::Texts;

/// The number of texts in each test; `SEKISHO_INPUTS` overrides it.
const INPUTS: u64 = 500_000;

fn inputs() -> u64 {
    let wanted = env::var("SEKISHO_INPUTS").ok();
    wanted.map_or(INPUTS, |count| count.parse().expect("a number of inputs"))
}

#[test]
fn finds_what_serde_json_finds() {
    let (texts, count) = (Texts::new(), inputs());
    let mut accepted = 0;
    for number in 0..count {
        let text = texts.text(number);
        let shown = || format!("text {number}: {}", text.escape_ascii());
        let scanned = scan(&text);
        // For a raw value serde_json checks grammar and UTF-8 only, like the scanner.
        match (scanned, serde_json::from_slice::<&RawValue>(&text)) {
            (Ok(()), Ok(value)) => {
                let mut reader = Reader::new(&text);
                let agrees = agrees(&mut reader, value);
                assert_eq!(agrees, Ok(true), "{}", shown());
                assert_eq!(reader.finish(), Ok(()), "{}", shown());
                accepted += 1;
            }
            // serde_json skips values of any depth.
            (Err(error), Ok(_)) => assert!(is_too_deep(&text, error), "{error}, {}", shown()),
            (Ok(()), Err(error)) => panic!("serde_json: {error}, {}", shown()),
            (Err(_), Err(_)) => {}
        }
    }
    assert!((count / 4..count * 3 / 4).contains(&accepted), "{accepted} texts were well-formed");
}

/// Reads the whole text as one value.
fn scan(text: &[u8]) -> Result<(), Malformed> {
    let mut reader = Reader::new(text);
    reader.value()?;
    reader.finish()
}

/// Whether the error is at the first container beyond the depth limit.
fn is_too_deep(text: &[u8], error: Malformed) -> bool {
    let opened = text[..error.offset].iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
    error.expected == Expected::DepthLimit && opened >= MAX_DEPTH as usize
}

/// Whether the reader finds the same keys and values at the same positions.
fn agrees<'a>(reader: &mut Reader<'a>, value: &'a RawValue) -> Result<bool, Malformed> {
    match reader.peek()? {
        ValueKind::Object => {
            reader.enter()?;
            let Members(members) = serde_json::from_str(value.get()).expect("an object");
            for (key, value) in members {
                let Some(found) = reader.next_key()? else { return Ok(false) };
                if !is_same_text(found, key) || !agrees(reader, value)? {
                    return Ok(false);
                }
            }
            Ok(reader.next_key()?.is_none())
        }
        ValueKind::Array => {
            reader.enter()?;
            let elements: Vec<&RawValue> = serde_json::from_str(value.get()).expect("an array");
            for element in elements {
                if !reader.next_element()? || !agrees(reader, element)? {
                    return Ok(false);
                }
            }
            Ok(!reader.next_element()?)
        }
        _ => {
            let found = reader.value()?;
            let is_same_position =
                found.raw.as_ptr_range() == value.get().as_bytes().as_ptr_range();
            Ok(is_same_position && found.text().is_none_or(|text| is_same_text(text, value)))
        }
    }
}

/// Whether it is the same string at the same position. serde_json decodes no lone surrogate.
fn is_same_text(found: Text<'_>, string: &RawValue) -> bool {
    let content = &string.get().as_bytes()[1..string.get().len() - 1];
    found.raw().as_ptr_range() == content.as_ptr_range()
        && match serde_json::from_str::<String>(string.get()) {
            Ok(decoded) => found == decoded.as_str(),
            Err(_) => found.chars().any(|character| character == char::REPLACEMENT_CHARACTER),
        }
}

/// The members of an object in order, with duplicate keys.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(Vec::new()))
    }
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self, A::Error> {
        while let Some(member) = map.next_entry()? {
            self.0.push(member);
        }
        Ok(self)
    }
}

#[test]
fn simd_changes_no_result() {
    let (texts, count) = (Texts::new(), inputs());
    let (mut simd, mut portable) = (filter(sekisho_module::SIMD), filter(sekisho_module::PORTABLE));
    let mut native = Classifier::new();
    let (mut failures, mut output) = (0, Vec::new());
    for number in 0..count {
        let mut text = texts.text(number);
        if number % 2 == 0 {
            text = inside_a_signin(&text);
        }
        let found = simd.annotate(&text);
        assert_eq!(found, portable.annotate(&text), "text {number}: {}", text.escape_ascii());
        output.clear();
        let expected = native.annotate(&text, &mut output).err().map(|error| error.to_string());
        assert_eq!(message(&found), expected.as_deref(), "text {number}: {}", text.escape_ascii());
        failures += u64::from(expected.is_some());
    }
    assert!((count / 4..count * 3 / 4).contains(&failures), "{failures} texts were refused");
}

fn filter(wasm: &[u8]) -> Filter {
    let module = Module::new(wasm).expect("the module is accepted");
    module.filter().expect("the module has an instance")
}

/// A sign-in record, which is read to its end.
fn inside_a_signin(text: &[u8]) -> Vec<u8> {
    let before =
        br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","responseElements":"#;
    [before, text, b"}"].concat()
}

/// The error message for a refused text.
fn message<'a>(annotated: &'a Annotated<'_>) -> Option<&'a str> {
    match annotated {
        Annotated::Failed { error: Error::Record(error), .. } => Some(&error.message),
        Annotated::Failed { error, .. } => panic!("a fault of the module: {error}"),
        _ => None,
    }
}
