//! What an item without a CloudTrail record is like, and where a record may be in it.

use std::fmt;

use sekisho::{Classifier, Configuration};
use sekisho_scan::{Reader, Value, ValueKind};

use crate::item::whole_value;

/// How many keys are shown.
const KEYS: usize = 8;

/// How many characters of a key are shown.
const KEY_CHARS: usize = 40;

/// How far below the top a record is looked for: keys, elements and JSON text.
const DEPTH: usize = 32;

/// What an item without a CloudTrail record is like.
///
/// ```
/// use sekisho_records::Unrecognized;
///
/// let item = br#"{"host":"web-1","event":{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}}"#;
/// let unrecognized = Unrecognized::of(item);
/// assert_eq!(unrecognized.keys, ["host", "event"]);
/// assert_eq!(unrecognized.path.as_deref(), Some("event"));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Unrecognized {
    /// The keys at its top; none if it is not an object.
    pub keys: Vec<String>,
    /// The path of a record in it, for `record` in the configuration.
    pub path: Option<String>,
    /// The path of its list of records, if that is empty. See [`empty_list`].
    pub empty_list: Option<String>,
}

impl Unrecognized {
    /// Describes an item.
    #[must_use]
    pub fn of(item: &[u8]) -> Self {
        let Some(value) = whole_value(item) else { return Self::default() };
        Self {
            keys: members(value).into_iter().map(|(key, _)| key).collect(),
            path: find_path(value, "", DEPTH).filter(|path| is_path(path, item)),
            empty_list: find_empty_list(value),
        }
    }
}

/// The keys, as in `time, host, event`.
impl fmt::Display for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.keys.iter().take(KEYS).enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            key.chars().take(KEY_CHARS).try_for_each(|character| write!(f, "{character}"))?;
        }
        f.write_str(if self.keys.len() > KEYS { ", …" } else { "" })
    }
}

/// The path of the list of records in an item, if it is empty: of the first list with one of the names
/// that such lists have, if no list in the item's objects has an element.
///
/// ```
/// use sekisho_records::empty_list;
///
/// let answer = br#"{"took":2,"hits":{"total":{"value":0},"hits":[]}}"#;
/// assert_eq!(empty_list(answer).as_deref(), Some("hits.hits"));
/// assert_eq!(empty_list(br#"{"level":"info","tags":[]}"#), None);
/// ```
#[must_use]
pub fn empty_list(item: &[u8]) -> Option<String> {
    find_empty_list(whole_value(item)?)
}

/// What lists of records are called, in lower case.
const LISTS: [&str; 14] = [
    "records",
    "events",
    "logevents",
    "results",
    "result",
    "queryresultrows",
    "hits",
    "rows",
    "messages",
    "items",
    "entries",
    "data",
    "value",
    "values",
];

fn find_empty_list(item: Value<'_>) -> Option<String> {
    let mut lists = Vec::new();
    add_lists(item, "", DEPTH, &mut lists);
    let is_known = |path: &String| {
        let key = path.rsplit('.').next().unwrap_or_default().to_lowercase();
        LISTS.contains(&key.as_str())
    };
    let are_empty = lists.iter().all(|(_, is_empty)| *is_empty);
    lists.into_iter().map(|(path, _)| path).find(is_known).filter(|_| are_empty)
}

/// Adds the path of each list in an object, and whether it is empty.
fn add_lists(object: Value<'_>, path: &str, depth: usize, lists: &mut Vec<(String, bool)>) {
    if depth == 0 || object.kind != ValueKind::Object {
        return;
    }
    for (key, value) in members(object) {
        let path = if path.is_empty() { key } else { format!("{path}.{key}") };
        match value.kind {
            ValueKind::Array => lists.push((path, value.raw[1..].trim_ascii().starts_with(b"]"))),
            _ => add_lists(value, &path, depth - 1, lists),
        }
    }
}

/// The members of an object.
fn members(object: Value<'_>) -> Vec<(String, Value<'_>)> {
    let mut members = Vec::new();
    let mut reader = Reader::new(object.raw);
    if reader.enter().is_ok() {
        while let Ok(Some(key)) = reader.next_key() {
            let Ok(value) = reader.value() else { break };
            members.push((key.to_string(), value));
        }
    }
    members
}

/// The one element of an array; a path leads through no others.
fn element(array: Value<'_>) -> Option<Value<'_>> {
    let mut reader = Reader::new(array.raw);
    reader.enter().ok()?;
    let element = reader.next_element().ok()?.then(|| reader.value().ok())??;
    if reader.next_element().ok()? { None } else { Some(element) }
}

/// The path of the first object below `path` that looks like a record: keys with dots between them.
fn find_path(value: Value<'_>, path: &str, depth: usize) -> Option<String> {
    let depth = depth.checked_sub(1)?;
    match value.kind {
        ValueKind::Object => {
            let members = members(value);
            if !path.is_empty() && looks_like_record(&members) {
                return Some(path.to_owned());
            }
            members.iter().find_map(|(key, value)| {
                let below = if path.is_empty() { key } else { &format!("{path}.{key}") };
                find_path(*value, below, depth)
            })
        }
        ValueKind::Array => find_path(element(value)?, path, depth),
        ValueKind::String => {
            let text = value.text()?.to_string();
            let is_json = text.starts_with(['{', '[']);
            find_path(is_json.then(|| whole_value(text.as_bytes()))??, path, depth)
        }
        _ => None,
    }
}

/// Whether an object has two of the keys of a record, in any spelling.
fn looks_like_record(members: &[(String, Value<'_>)]) -> bool {
    let plain = |key: &String| -> String {
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let keys = members.iter().map(|(key, _)| plain(key));
    keys.filter(|key| ["eventsource", "eventname", "eventversion"].contains(&&**key)).count() > 1
}

/// Whether the item has a record at `path`.
fn is_path(path: &str, item: &[u8]) -> bool {
    let path = serde_json::to_string(path).expect("a string is valid JSON");
    let configuration = format!("{{\"record\":[{path}]}}");
    Configuration::parse(configuration.as_bytes()).is_ok_and(|configuration| {
        Classifier::with_configuration(configuration).has_record(item) == Ok(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(item: &str) -> Option<String> {
        Unrecognized::of(item.as_bytes()).path
    }

    #[test]
    fn the_place_is_named_if_a_record_is_there() {
        let record = r#"{"eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#;
        for (item, expected) in [
            (format!(r#"{{"time":1,"event":{record}}}"#), "event"),
            (format!(r#"{{"time":1,"event":{record:?}}}"#), "event"),
            (format!(r#"{{"a":[],"b":[{{"c.d":[{record}]}}]}}"#), "b.c.d"),
            (format!(r#"{{"a":{{"b":{{"c":{record}}}}}}}"#), "a.b.c"),
        ] {
            assert_eq!(path(&item).as_deref(), Some(expected), "{item}");
        }
        for item in [
            // What looks like a record in another spelling is not named if it cannot be read there.
            r#"{"event":{"event_source":7,"event_name":"x"}}"#,
            r#"{"event":{"eventSource":"aws:sqs","eventName":"x"}}"#,
            r#"{"event":{"eventSource":"s3.amazonaws.com"}}"#,
            r#"{"event":[]}"#,
            "{",
            "7",
        ] {
            assert_eq!(path(item), None, "{item}");
        }
    }

    #[test]
    fn an_empty_list_of_records_is_named() {
        for (item, expected) in [
            (r#"{"Events":[]}"#, Some("Events")),
            (r#"{"events":[ ],"searchedLogStreams":[]}"#, Some("events")),
            (r#"{"searchedLogStreams":[],"data":{"a":{"Result":[  ]}}}"#, Some("data.a.Result")),
            (r#"{"time":1,"tags":[]}"#, None),
            (r#"{"Records":[],"errors":["x"]}"#, None),
            (r#"{"Records":[[]]}"#, None),
            (r#"{"Records":{}}"#, None),
            ("[]", None),
            ("{", None),
        ] {
            assert_eq!(empty_list(item.as_bytes()).as_deref(), expected, "{item}");
        }
    }

    #[test]
    fn few_keys_are_shown() {
        let keys: Vec<_> = (0..9).map(|n| format!("\"{n}{}\":0", "x".repeat(50))).collect();
        let shown = Unrecognized::of(format!("{{{}}}", keys.join(",")).as_bytes()).to_string();
        assert!(shown.starts_with(&format!("0{}, 1", "x".repeat(39))), "{shown}");
        assert!(shown.ends_with("x, …"), "{shown}");
        assert_eq!(Unrecognized::of(b"[1]").to_string(), "");
    }
}
