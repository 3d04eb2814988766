//! Where the record is.

use crate::header;
use crate::json::{self, Json};
use crate::verdict::{self, Verdict};
use crate::{ENVELOPE_LIMIT, INPUT_LIMIT_BYTES, SEVERAL_RECORDS, TOO_DEEP_OR_LARGE};

/// The verdict on the one record in the input; `None` if it holds no sign-in record.
pub(crate) fn find(input: &[u8]) -> Result<Option<Verdict>, i32> {
    if input.len() > INPUT_LIMIT_BYTES {
        return Err(TOO_DEEP_OR_LARGE);
    }
    if header::rules_out(input) {
        return Ok(None);
    }
    find_in_text(input, 0)
}

/// `steps`: those already taken into an envelope.
fn find_in_text(text: &[u8], steps: usize) -> Result<Option<Verdict>, i32> {
    let (tree, end) = json::read(text);
    match end {
        Err(error) if !ruled_out(&tree) => Err(error),
        _ => find_in_value(&tree, steps),
    }
}

fn find_in_value(value: &Json, steps: usize) -> Result<Option<Verdict>, i32> {
    let has_source = |place: &Json| place.get("eventSource").as_str().is_some();
    match value {
        Json::Array(elements) if !elements.is_empty() => return Err(SEVERAL_RECORDS),
        Json::Object(_) if ruled_out(value) => return Ok(None),
        Json::Object(_) if has_source(value) => return verdict::judge(value),
        Json::Object(_) if has_source(value.get("detail")) => {
            return verdict::judge(value.get("detail"));
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
        Some([element]) => return find_in_value(element, one_more(steps)?),
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
        Some(text) => find_in_text(text.as_bytes(), one_more(steps)?),
        None => Ok(None),
    }
}

fn one_more(steps: usize) -> Result<usize, i32> {
    if steps == ENVELOPE_LIMIT { Err(TOO_DEEP_OR_LARGE) } else { Ok(steps + 1) }
}

/// A string `eventSource`, the first of duplicates or a later one, at a place where a record can
/// stand, names another service: whatever follows, this is no sign-in record. That is how a
/// reader that leaves as soon as it knows sees it, and why a fault after it goes unnoticed.
fn ruled_out(value: &Json) -> bool {
    std::iter::once(value)
        .chain(value.all("detail"))
        .flat_map(|place| place.all("eventSource"))
        .filter_map(Json::as_str)
        .any(|source| !is_ours(source))
}

/// The service of this `eventSource` writes sign-in records.
pub(crate) fn is_ours(source: &str) -> bool {
    matches!(source, "signin.amazonaws.com" | "sso.amazonaws.com")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, INPUT_LIMIT_BYTES, MALFORMED, annotate, process};

    const RECORD: &str = r#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;

    fn wrapped(mut text: String, steps: usize) -> String {
        for _ in 0..steps {
            text = format!(r#"{{"Records":[{text}]}}"#);
        }
        text
    }

    #[test]
    fn a_fifth_step_is_refused() {
        let in_text = format!(r#"{{"message":{}}}"#, serde_json::Value::from(RECORD));
        for text in [wrapped(RECORD.into(), 4), wrapped(in_text, 3)] {
            assert!(matches!(process(text.as_bytes()), Answer::Verdict(_)), "{text}");
            let fifth = wrapped(text, 1);
            assert_eq!(process(fifth.as_bytes()), Answer::Error(TOO_DEEP_OR_LARGE), "{fifth}");
        }
    }

    #[test]
    fn a_foreign_source_hides_what_follows_it_and_nothing_before() {
        let cases = [
            (r#"{"eventSource":"s3.amazonaws.com","#, Answer::NotOurs),
            (r#"{"detail":{"eventSource":"s3.amazonaws.com""#, Answer::NotOurs),
            (r#"{"message":"{\"eventSource\":\"s3.amazonaws.com\","}"#, Answer::NotOurs),
            (r#"{"eventSource":"s3.amazonaws.com"#, Answer::Error(MALFORMED)),
            (r#"{"a":01,"eventSource":"s3.amazonaws.com"}"#, Answer::Error(MALFORMED)),
            (r#"{"Records":[{"eventSource":"s3.amazonaws.com"},]}"#, Answer::Error(MALFORMED)),
        ];
        for (text, expected) in cases {
            assert_eq!(process(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn an_input_over_the_limit_is_refused() {
        let padded = |length: usize| format!("{RECORD}{}", " ".repeat(length - RECORD.len()));
        let answer = process(padded(INPUT_LIMIT_BYTES).as_bytes());
        assert!(matches!(answer, Answer::Verdict(_)));
        let answer = process(padded(INPUT_LIMIT_BYTES + 1).as_bytes());
        assert_eq!(answer, Answer::Error(TOO_DEEP_OR_LARGE));
    }

    #[test]
    fn an_annotation_is_one_more_field_at_the_top() {
        let Answer::Verdict(verdict) = process(RECORD.as_bytes()) else {
            panic!("a sign-in record");
        };
        let input = format!(" {{\"detail\": {RECORD} }}\n");
        let json = verdict.to_json();
        let expected = format!(" {{\"detail\": {RECORD} ,\"sign\\\"in\":{json}}}\n");
        let output = annotate(input.as_bytes(), "sign\"in");
        assert_eq!(output, Ok(Some(expected.into_bytes())));
        assert_eq!(annotate(b"{}", "signin"), Ok(None));
        assert_eq!(annotate(b"{", "signin"), Err(MALFORMED));
    }
}
