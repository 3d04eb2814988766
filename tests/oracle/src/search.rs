//! Finds records anywhere in an input.

use crate::json::{self, Json};
use crate::spelling;

const OTHERS: [&str; 5] =
    ["eventVersion", "eventTime", "userIdentity", "awsRegion", "recipientAccountId"];

/// The records below at most `steps` keys and elements, and inside of at most `texts` strings of
/// JSON text. Records are not searched for other records, and records in another spelling count only
/// if there is none in CloudTrail's.
pub(crate) fn records_in(value: &Json, steps: usize, texts: usize) -> Vec<Json> {
    let mut found = search(value, steps, texts);
    if found.iter().any(|record| !record.is_respelled) {
        found.retain(|record| !record.is_respelled);
    }
    found.into_iter().map(|record| record.json).collect()
}

struct Found {
    json: Json,
    is_respelled: bool,
}

fn search(value: &Json, steps: usize, texts: usize) -> Vec<Found> {
    match value {
        Json::Object(_) if is_record(value) => {
            vec![Found { json: value.clone(), is_respelled: false }]
        }
        Json::Object(members) => {
            search_members(members, spelling::record(value), steps.checked_sub(1), texts)
        }
        Json::Array(elements) if let Some(row) = spelling::cells(elements) => {
            search_members(&row, spelling::row_record(&row), steps.checked_sub(2), texts)
        }
        Json::Array(elements) if steps > 0 => {
            elements.iter().flat_map(|element| search(element, steps - 1, texts)).collect()
        }
        Json::String(text) if texts > 0 && text.starts_with(['{', '[']) => {
            match json::read(text.as_bytes()) {
                (tree, Ok(())) => search(&tree, steps, texts - 1),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// The records in the members of an object that is the record `respelled`, if it is one. `steps` may
/// follow after the members' keys.
fn search_members(
    members: &[(String, Json)],
    respelled: Option<Json>,
    steps: Option<usize>,
    texts: usize,
) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, (key, value)) in members.iter().enumerate() {
        let is_last = members[index + 1..].iter().all(|(other, _)| other != key);
        if let Some(steps) = steps
            && is_last
            && (respelled.is_none() || spelling::is_original(key))
        {
            found.extend(search(value, steps, texts));
        }
    }
    match respelled {
        Some(json) if found.is_empty() => vec![Found { json, is_respelled: true }],
        _ => found,
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
