//! Event times, as milliseconds since 1970.

use jiff::Timestamp;
use serde_json::Value;

/// The `eventTime` of a record; `None` if it is absent or no timestamp.
pub(crate) fn read(record: &Value) -> Option<i64> {
    parse(record["eventTime"].as_str()?)
}

/// The time in a text; `None` if it is no timestamp of RFC 3339, in which no space is.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let time: Timestamp = text.parse().ok().filter(|_| !text.contains(' '))?;
    Some(time.as_millisecond())
}

/// A time in UTC, with milliseconds only if they are not zero.
pub(crate) fn format(milliseconds: i64) -> String {
    let time = Timestamp::from_millisecond(milliseconds).expect("a year up to 9999");
    if milliseconds % 1000 == 0 { time.to_string() } else { format!("{time:.3}") }
}
