//! Finds the record in the input.

use serde_json::Value;

use crate::abi::{ENVELOPE_LIMIT, INPUT_LIMIT_BYTES, SEVERAL_RECORDS, STEP_LIMIT, TOO_LARGE};
use crate::header;
use crate::json::{self, Json};
use crate::search::{is_wrapper, records_in};
use crate::verdict::{self, Verdict, is_signin_source};

/// The verdict on an input with one record in any arrival shape; `None` if the record is no sign-in
/// record. No input panics.
///
/// # Errors
/// [`MALFORMED`](crate::MALFORMED), [`TOO_LARGE`] or [`SEVERAL_RECORDS`].
pub fn process(input: &[u8]) -> Result<Option<Verdict>, i32> {
    match find(input)? {
        Some(record) => verdict::evaluate(&record),
        None => Ok(None),
    }
}

/// The record that [`process`] evaluates, in CloudTrail's own spelling; `None` if there is none, or
/// it is of another service.
///
/// # Errors
/// As for [`process`].
pub fn record(input: &[u8]) -> Result<Option<Value>, i32> {
    Ok(find(input)?.map(Value::from))
}

fn find(input: &[u8]) -> Result<Option<Json>, i32> {
    if input.len() > INPUT_LIMIT_BYTES {
        return Err(TOO_LARGE);
    }
    if header::is_foreign(input) || header::is_wrapped_foreign(input) {
        return Ok(None);
    }
    match process_text(input, 0)? {
        Arrived::Record(record) => Ok(record),
        Arrived::Nothing => match &searched(input)[..] {
            [] => Ok(None),
            [record] if is_foreign(record) => Ok(None),
            [record] => Ok(Some(record.clone())),
            _ => Err(SEVERAL_RECORDS),
        },
    }
}

/// The records anywhere in an object.
fn searched(input: &[u8]) -> Vec<Json> {
    match json::read(input).0 {
        object @ Json::Object(_) => records_in(&object, STEP_LIMIT, ENVELOPE_LIMIT),
        _ => Vec::new(),
    }
}

/// What the usual places of an input have.
enum Arrived {
    /// A record, unless it is of another service.
    Record(Option<Json>),
    Nothing,
}

/// `steps` counts the envelopes around the text.
fn process_text(text: &[u8], steps: usize) -> Result<Arrived, i32> {
    let (tree, end) = json::read(text);
    match end {
        Err(error) if !is_foreign(&tree) => Err(error),
        _ => process_value(&tree, steps),
    }
}

fn process_value(value: &Json, steps: usize) -> Result<Arrived, i32> {
    let has_source =
        |place: &Json| place.get("eventSource").as_str().is_some_and(|source| !is_wrapper(source));
    match value {
        Json::Array(elements) if !elements.is_empty() => return Err(SEVERAL_RECORDS),
        Json::Object(_) if is_foreign(value) => return Ok(Arrived::Record(None)),
        Json::Object(_) if has_source(value) => {
            return Ok(Arrived::Record(Some(value.clone())));
        }
        Json::Object(_) if has_source(value.get("detail")) => {
            return Ok(Arrived::Record(Some(value.get("detail").clone())));
        }
        Json::Object(_) => {}
        _ => return Ok(Arrived::Nothing),
    }

    let arrays = ["Records", "Events", "logEvents"].map(|key| value.get(key));
    let first_array = arrays.into_iter().find_map(|array| match array {
        Json::Array(elements) => Some(elements.as_slice()),
        _ => None,
    });
    match first_array {
        Some([]) => return Ok(Arrived::Nothing),
        Some([element]) => return process_value(element, one_more(steps)?),
        Some(_) => return Err(SEVERAL_RECORDS),
        None => {}
    }

    let texts = [
        value.get("message"),
        value.get("log"),
        value.get("Message"),
        value.get("CloudTrailEvent"),
        value.get("event").get("original"),
        value.get("event.original"),
    ];
    match texts.into_iter().find_map(Json::as_json_text) {
        Some(text) => process_text(text.as_bytes(), one_more(steps)?),
        None => Ok(Arrived::Nothing),
    }
}

fn one_more(steps: usize) -> Result<usize, i32> {
    if steps == ENVELOPE_LIMIT { Err(TOO_LARGE) } else { Ok(steps + 1) }
}

/// Whether any string `eventSource`, at the top level or in `detail`, names another service. The
/// first of duplicate keys counts as much as the last, because a reader that stops as soon as it
/// knows the service has seen no more. For the same reason a fault after it goes unnoticed.
fn is_foreign(value: &Json) -> bool {
    std::iter::once(value)
        .chain(value.all("detail"))
        .flat_map(|place| place.all("eventSource"))
        .filter_map(Json::as_str)
        .any(|source| !is_signin_source(source) && !is_wrapper(source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::MALFORMED;

    const RECORD: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;

    fn wrapped(mut text: String, steps: usize) -> String {
        for _ in 0..steps {
            text = format!(r#"{{"Records":[{text}]}}"#);
        }
        text
    }

    #[test]
    fn rejects_a_fifth_step() {
        let in_text = format!(r#"{{"message":{}}}"#, serde_json::Value::from(RECORD));
        for text in [wrapped(RECORD.into(), 4), wrapped(in_text, 3)] {
            assert!(matches!(process(text.as_bytes()), Ok(Some(_))), "{text}");
            let fifth = wrapped(text, 1);
            assert_eq!(process(fifth.as_bytes()), Err(TOO_LARGE), "{fifth}");
        }
    }

    #[test]
    fn a_foreign_source_hides_faults_after_it_but_not_before() {
        let cases = [
            (r#"{"eventSource":"s3.amazonaws.com","#, Ok(None)),
            (r#"{"detail":{"eventSource":"s3.amazonaws.com""#, Ok(None)),
            (r#"{"message":"{\"eventSource\":\"s3.amazonaws.com\","}"#, Ok(None)),
            (r#"{"eventSource":"s3.amazonaws.com"#, Err(MALFORMED)),
            (r#"{"a":01,"eventSource":"s3.amazonaws.com"}"#, Err(MALFORMED)),
            (r#"{"Records":[{"eventSource":"s3.amazonaws.com"},]}"#, Err(MALFORMED)),
        ];
        for (text, expected) in cases {
            assert_eq!(process(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn rejects_an_input_over_the_limit() {
        let padded = |length: usize| format!("{RECORD}{}", " ".repeat(length - RECORD.len()));
        assert!(matches!(process(padded(INPUT_LIMIT_BYTES).as_bytes()), Ok(Some(_))));
        assert_eq!(process(padded(INPUT_LIMIT_BYTES + 1).as_bytes()), Err(TOO_LARGE));
    }
}
