//! Finds the record in the input.

use crate::abi::{ENVELOPE_LIMIT, INPUT_LIMIT_BYTES, SEVERAL_RECORDS, TOO_LARGE};
use crate::header;
use crate::json::{self, Json};
use crate::verdict::{self, Verdict, is_signin_source};

/// The verdict on an input with one record in any arrival shape; `None` if the record is no sign-in
/// record. No input panics.
///
/// # Errors
/// [`MALFORMED`](crate::MALFORMED), [`TOO_LARGE`] or [`SEVERAL_RECORDS`].
pub fn process(input: &[u8]) -> Result<Option<Verdict>, i32> {
    if input.len() > INPUT_LIMIT_BYTES {
        return Err(TOO_LARGE);
    }
    if header::is_foreign(input) {
        return Ok(None);
    }
    process_text(input, 0)
}

/// `steps` counts the envelopes around the text.
fn process_text(text: &[u8], steps: usize) -> Result<Option<Verdict>, i32> {
    let (tree, end) = json::read(text);
    match end {
        Err(error) if !is_foreign(&tree) => Err(error),
        _ => process_value(&tree, steps),
    }
}

fn process_value(value: &Json, steps: usize) -> Result<Option<Verdict>, i32> {
    let has_source = |place: &Json| place.get("eventSource").as_str().is_some();
    match value {
        Json::Array(elements) if !elements.is_empty() => return Err(SEVERAL_RECORDS),
        Json::Object(_) if is_foreign(value) => return Ok(None),
        Json::Object(_) if has_source(value) => return verdict::evaluate(value),
        Json::Object(_) if has_source(value.get("detail")) => {
            return verdict::evaluate(value.get("detail"));
        }
        Json::Object(_) => {}
        _ => return Ok(None),
    }

    let arrays = ["Records", "Events", "logEvents"].map(|key| value.get(key));
    let first_array = arrays.into_iter().find_map(|array| match array {
        Json::Array(elements) => Some(elements.as_slice()),
        _ => None,
    });
    match first_array {
        Some([]) => return Ok(None),
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
        None => Ok(None),
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
        .any(|source| !is_signin_source(source))
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
