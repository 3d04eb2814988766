//! Event times, as milliseconds since 1970.

use jiff::Timestamp;
use serde_json::Value;

/// The time of a record; `None` if it cannot be read.
pub(crate) fn of(record: &Value) -> Option<i64> {
    let time: Timestamp = record["eventTime"].as_str()?.parse().ok()?;
    Some(time.as_millisecond())
}

/// In UTC, with milliseconds only where they are not zero.
pub(crate) fn written(milliseconds: i64) -> String {
    let time = Timestamp::from_millisecond(milliseconds).expect("a year up to 9999");
    if milliseconds % 1000 == 0 { time.to_string() } else { format!("{time:.3}") }
}
