//! The event that Amazon EventBridge makes of a CloudTrail record.
//!
//! [`FIELDS`] is the only definition of it. Rules are matched against these fields, the JSON of
//! [`Views`](crate::Views) has them, and `sekisho vrl` prints a program that sets them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_rules::Matching;
use sekisho_scan::{Malformed, Reader, Text, Value};

use crate::encode::encode_string;

/// The fields of the event.
///
/// ```
/// use sekisho::eventbridge::{FIELDS, Mapping};
///
/// let time = FIELDS.iter().find(|field| field.name == "time").unwrap();
/// assert_eq!(time.mapping, Mapping::Copy("eventTime"));
/// ```
pub const FIELDS: [EventField; 6] = [
    EventField { name: "detail", mapping: Mapping::Record },
    EventField { name: "source", mapping: Mapping::Source("eventSource") },
    EventField { name: "account", mapping: Mapping::Copy("recipientAccountId") },
    EventField { name: "region", mapping: Mapping::Copy("awsRegion") },
    EventField { name: "time", mapping: Mapping::Copy("eventTime") },
    EventField { name: "detail-type", mapping: Mapping::DetailType("eventType") },
];

/// The values of `detail-type` for each eventType, which is compared in any case. Sign-ins have
/// two, since AWS documents both spellings.
pub const DETAIL_TYPES: [(&str, &[&str]); 5] = [
    ("AwsApiCall", &["AWS API Call via CloudTrail"]),
    ("AwsServiceEvent", &["AWS Service Event via CloudTrail"]),
    ("AwsConsoleAction", &["AWS Console Action via CloudTrail"]),
    (
        "AwsConsoleSignIn",
        &["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
    ),
    ("AwsCloudTrailInsight", &["AWS Insight via CloudTrail"]),
];

/// A field of the event. See [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventField {
    /// Its key at the top of the event.
    pub name: &'static str,
    /// How its value follows from the record.
    pub mapping: Mapping,
}

/// How the value of an event's field follows from the record. A field is absent if the record's
/// field is absent or not a string. See [`FIELDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// The whole record.
    Record,
    /// A copy of this field of the record.
    Copy(&'static str),
    /// `aws.` and the first label of this field of the record: `aws.signin` for
    /// `signin.amazonaws.com`.
    Source(&'static str),
    /// The entry of [`DETAIL_TYPES`] for this field of the record.
    DetailType(&'static str),
}

impl Mapping {
    /// The field of the record; `None` for the whole record.
    #[must_use]
    pub fn record_key(self) -> Option<&'static str> {
        match self {
            Mapping::Record => None,
            Mapping::Copy(key) | Mapping::Source(key) | Mapping::DetailType(key) => Some(key),
        }
    }

    /// Calls `each` with every value that follows from the text of the record's field.
    fn values(self, text: Text<'_>, scratch: &mut String, mut each: impl FnMut(&str)) {
        scratch.clear();
        match self {
            Mapping::Record => {}
            Mapping::Copy(_) => {
                push_text(text, scratch);
                each(scratch);
            }
            Mapping::Source(_) => {
                push_source(text, scratch);
                each(scratch);
            }
            Mapping::DetailType(_) => {
                push_text(text, scratch);
                detail_types(scratch).iter().for_each(|name| each(name));
            }
        }
    }
}

/// The field of the event that follows from a field of the record.
fn find(record_key: Text<'_>) -> Option<&'static EventField> {
    FIELDS.iter().find(|field| field.mapping.record_key().is_some_and(|key| record_key == key))
}

fn push_text(text: Text<'_>, to: &mut String) {
    to.extend(text.chars());
}

/// Appends the event's `source`.
pub(crate) fn push_source(event_source: Text<'_>, to: &mut String) {
    to.push_str("aws.");
    to.extend(event_source.chars().take_while(|character| *character != '.'));
}

fn detail_types(event_type: &str) -> &'static [&'static str] {
    let entry = DETAIL_TYPES.iter().find(|(known, _)| event_type.eq_ignore_ascii_case(known));
    entry.map_or(&[], |(_, names)| names)
}

/// Feeds the event to a match.
pub(crate) fn feed(
    event: &mut Matching<'_, '_>,
    record: &[u8],
    scratch: &mut String,
) -> Result<(), Malformed> {
    let mut reader = Reader::new(record);
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?;
        if let Some(field) = find(key)
            && let Some(text) = value.text()
        {
            field.mapping.values(text, scratch, |value| event.feed_text(field.name, value));
        }
    }
    event.feed_object("detail", &mut Reader::new(record))
}

/// Calls `found` with each value that [`feed`] makes a field of, and with the index of that field in
/// [`FIELDS`].
pub(crate) fn find_values(
    record: &[u8],
    found: &mut dyn FnMut(usize, &Value<'_>) -> Option<()>,
) -> Option<()> {
    let mut reader = Reader::new(record);
    reader.enter().ok()?;
    while let Some(key) = reader.next_key().ok()? {
        let value = reader.value().ok()?;
        let index = FIELDS
            .iter()
            .position(|field| field.mapping.record_key().is_some_and(|name| key == name));
        if let Some(index) = index {
            found(index, &value)?;
        }
    }
    Some(())
}

/// Feeds the field with this index in [`FIELDS`], which follows from a value of the record.
pub(crate) fn feed_field(
    event: &mut Matching<'_, '_>,
    index: usize,
    value: &Value<'_>,
    scratch: &mut String,
) {
    if let (Some(field), Some(text)) = (FIELDS.get(index), value.text()) {
        field.mapping.values(text, scratch, |value| event.feed_text(field.name, value));
    }
}

/// The event as JSON. A field with several values is an array, and a duplicate field of the record
/// is a duplicate field of the event.
pub(crate) fn to_json(record: &[u8]) -> Result<Vec<u8>, Malformed> {
    let (mut event, mut scratch) = (b"{".to_vec(), String::new());
    let mut reader = Reader::new(record);
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?;
        let Some((field, text)) = find(key).zip(value.text()) else { continue };
        let mut values = Vec::new();
        field.mapping.values(text, &mut scratch, |value| values.push(value.to_string()));
        encode_values(field.name, &values, &mut event);
    }
    event.extend_from_slice(b"\"detail\":");
    event.extend_from_slice(record);
    event.push(b'}');
    Ok(event)
}

/// Appends a member and a comma; nothing if there are no values.
fn encode_values(name: &str, values: &[String], event: &mut Vec<u8>) {
    let [first, others @ ..] = values else { return };
    encode_string(Some(name), event);
    event.push(b':');
    if others.is_empty() {
        encode_string(Some(first), event);
    } else {
        event.push(b'[');
        encode_string(Some(first), event);
        for value in others {
            event.push(b',');
            encode_string(Some(value), event);
        }
        event.push(b']');
    }
    event.push(b',');
}

#[cfg(test)]
mod tests {
    use sekisho_rules::{Pattern, RuleSet, Scratch};

    use super::*;

    const RECORD: &str = r#"{"eventSource":"s\u0069gnin.amazonaws.com","eventType":"AwsConsoleSignin","eventTime":"2025-03-29T11:10:09\u005a","awsRegion":7,"recipientAccountId":"111122223333"}"#;

    fn json(record: &str) -> String {
        String::from_utf8(to_json(record.as_bytes()).unwrap()).unwrap()
    }

    fn matches(pattern: &str, record: &str) -> bool {
        let rules = RuleSet::compile(&[Pattern::parse(pattern.as_bytes()).unwrap()]);
        let mut scratch = Scratch::new();
        let mut event = Matching::new(&rules, &mut scratch);
        feed(&mut event, record.as_bytes(), &mut String::new()).unwrap();
        !event.finish().is_empty()
    }

    /// Both decode escapes: the record names the service `signin`.
    #[test]
    fn the_json_has_the_values_that_rules_match() {
        let event = json(RECORD);
        let fields = r#"{"source":"aws.signin","detail-type":["AWS Console Sign In via CloudTrail","AWS Console Signin via CloudTrail"],"time":"2025-03-29T11:10:09Z","account":"111122223333","detail":{"#;
        assert!(event.starts_with(fields), "{event}");
        for pattern in [
            r#"{"source":["aws.signin"]}"#,
            r#"{"detail-type":["AWS Console Sign In via CloudTrail"]}"#,
            r#"{"detail-type":["AWS Console Signin via CloudTrail"]}"#,
            r#"{"time":["2025-03-29T11:10:09Z"]}"#,
            r#"{"account":["111122223333"]}"#,
            r#"{"region":[{"exists":false}]}"#,
            r#"{"detail":{"awsRegion":[7]}}"#,
        ] {
            assert!(matches(pattern, RECORD), "{pattern}");
            let rules = RuleSet::compile(&[Pattern::parse(pattern.as_bytes()).unwrap()]);
            assert_eq!(rules.matches(event.as_bytes(), &mut Scratch::new()).unwrap(), [0]);
        }
    }

    #[test]
    fn an_unknown_event_type_has_no_detail_type() {
        let record = r#"{"eventSource":"vpce.amazonaws.com","eventType":"AwsVpceEvent"}"#;
        assert!(json(record).starts_with(r#"{"source":"aws.vpce","detail":"#));
        assert!(matches(r#"{"detail-type":[{"exists":false}]}"#, record));
    }

    #[test]
    fn a_known_event_type_has_one_name() {
        let event = json(r#"{"eventType":"AWSAPICALL"}"#);
        assert!(event.starts_with(r#"{"detail-type":"AWS API Call via CloudTrail","detail":"#));
    }
}
