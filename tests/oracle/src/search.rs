//! Finds records anywhere in an input.

use crate::json::{self, Json};

const OTHERS: [&str; 5] =
    ["eventVersion", "eventTime", "userIdentity", "awsRegion", "recipientAccountId"];

/// The records below at most `steps` keys and elements, and inside of at most `texts` strings of
/// JSON text. Records are not searched for other records.
pub(crate) fn records_in(value: &Json, steps: usize, texts: usize) -> Vec<Json> {
    let below = |value| records_in(value, steps - 1, texts);
    match value {
        Json::Object(_) if is_record(value) => vec![value.clone()],
        Json::Object(members) if steps > 0 => {
            let is_last = |index: usize, key: &str| {
                members[index + 1..].iter().all(|(other, _)| other != key)
            };
            let last = members.iter().enumerate().filter(|(index, (key, _))| is_last(*index, key));
            last.flat_map(|(_, (_, value))| below(value)).collect()
        }
        Json::Array(elements) if steps > 0 => elements.iter().flat_map(below).collect(),
        Json::String(text) if texts > 0 && text.starts_with(['{', '[']) => {
            match json::read(text.as_bytes()) {
                (tree, Ok(())) => records_in(&tree, steps, texts - 1),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn is_record(object: &Json) -> bool {
    let source = object.get("eventSource").as_str();
    source.is_some_and(|source| !is_wrapper(source))
        && object.get("eventName").as_str().is_some()
        && OTHERS.iter().any(|key| object.all(key).next().is_some())
}

/// Whether an eventSource is that of an object that delivers records, such as `aws:sqs`.
pub(crate) fn is_wrapper(source: &str) -> bool {
    source.starts_with("aws:")
}
