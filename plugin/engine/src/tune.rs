//! Changes of rules that others wrote.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_attempts::THRESHOLD_RANGE;
use sekisho_scan::{Reader, Value};

use crate::correlation::{TIMESPAN, seconds};
use crate::error::ConfigurationError;
use crate::members::{Elements, Unknown, boolean, expected, members, number};

/// An entry of the configuration's `tune`.
///
/// Tools that check entries read them one by one; a [`Configuration`](crate::Configuration) reads
/// its entries itself.
///
/// ```
/// let entry = sekisho::Tuning::parse(br#"{"id":"brute-force-ip","count":10}"#)?;
/// assert_eq!((entry.id(), entry.is_enabled()), ("brute-force-ip", true));
/// # Ok::<(), sekisho::ConfigurationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tuning<'c> {
    id: String,
    /// The offset of the id.
    pub(crate) offset: usize,
    pub(crate) change: Change<'c>,
}

/// What is changed; `None` leaves it as it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Change<'c> {
    pub(crate) enabled: Option<bool>,
    pub(crate) severity: Option<Value<'c>>,
    /// The threshold, and the offset of its value.
    pub(crate) count: Option<(u32, usize)>,
    /// The timespan in seconds, and the offset of its value.
    pub(crate) timespan: Option<(u32, usize)>,
}

impl<'c> Tuning<'c> {
    /// Reads an entry from JSON, without checking that its rule exists and has what it changes.
    ///
    /// # Errors
    /// The same as for [`Configuration::parse`](crate::Configuration::parse) with `strict` set.
    /// Offsets count from the start of the entry.
    pub fn parse(json: &'c [u8]) -> Result<Self, ConfigurationError> {
        let mut reader = Reader::new(json);
        let value = reader.value()?;
        reader.finish()?;
        let mut unknown = None;
        let entry = Tuning::read(value, &mut unknown)?;
        match unknown {
            Some((key, offset)) => {
                Err(ConfigurationError::UnknownKey { key: key.to_string(), offset })
            }
            None => Ok(entry),
        }
    }

    /// The id of the rule.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether it leaves the rule enabled.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.change.enabled != Some(false)
    }

    #[inline(never)]
    fn read(value: Value<'c>, unknown: &mut Unknown<'c>) -> Result<Self, ConfigurationError> {
        let mut values = [None; 5];
        let known = ["id", "enabled", "severity", "count", "timespan"];
        if !members(value, &known, &mut values, unknown)? {
            return Err(expected("tune", "an object for each entry", value.offset));
        }
        let [id, enabled, severity, count, timespan] = values;
        let id = id.unwrap_or(value);
        let text = id.text().ok_or_else(|| expected("id", "the id of a rule", id.offset))?;
        let change = Change {
            enabled: enabled.map(|value| boolean("enabled", value)).transpose()?,
            severity,
            count: count.map(read_count).transpose()?,
            timespan: timespan.map(read_timespan).transpose()?,
        };
        Ok(Tuning { id: text.to_string(), offset: id.offset, change })
    }
}

fn read_count(value: Value<'_>) -> Result<(u32, usize), ConfigurationError> {
    let count = number(value).filter(|count| THRESHOLD_RANGE.contains(count));
    let count = count.ok_or_else(|| expected("count", "a number from 1 to 1000", value.offset))?;
    Ok((count, value.offset))
}

fn read_timespan(value: Value<'_>) -> Result<(u32, usize), ConfigurationError> {
    let seconds = seconds(value).ok_or_else(|| expected("timespan", TIMESPAN, value.offset))?;
    Ok((seconds, value.offset))
}

/// The value of `tune`.
#[derive(Debug, Default)]
pub(crate) struct Tunings<'c>(Vec<Tuning<'c>>);

impl<'c> Tunings<'c> {
    pub(crate) fn read(
        list: Value<'c>,
        unknown: &mut Unknown<'c>,
    ) -> Result<Self, ConfigurationError> {
        let mut tunings = Vec::new();
        let mut elements = Elements::new("tune", "an array of changes", list)?;
        while let Some(value) = elements.next()? {
            tunings.push(Tuning::read(value, unknown)?);
        }
        Ok(Tunings(tunings))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Tuning<'c>> {
        self.0.iter()
    }

    /// What is changed of a rule. Of several entries the last one that has a value decides.
    #[inline(never)]
    pub(crate) fn change(&self, id: &str) -> Change<'c> {
        let mut change = Change::default();
        for Tuning { change: later, .. } in self.0.iter().filter(|entry| entry.id == id) {
            change.enabled = later.enabled.or(change.enabled);
            change.severity = later.severity.or(change.severity);
            change.count = later.count.or(change.count);
            change.timespan = later.timespan.or(change.timespan);
        }
        change
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn the_last_entry_decides() {
        let list = r#"[{"id":"a","count":3,"enabled":false},{"id":"b","count":4},{"id":"a","timespan":"2m","enabled":true,"count":5}]"#;
        let list = Reader::new(list.as_bytes()).value().unwrap();
        let change = Tunings::read(list, &mut None).unwrap().change("a");
        assert_eq!((change.enabled, change.count), (Some(true), Some((5, 108))));
        assert_eq!(change.timespan.map(|(seconds, _)| seconds), Some(120));
        assert!(change.severity.is_none());
    }

    #[test]
    fn rejects_values_that_no_rule_can_have() {
        for (entry, place, message) in [
            ("7", "7", "expected an object for each entry as `tune`"),
            (r#"{"count":3}"#, "{", "the id of a rule as `id`"),
            (r#"{"id":7}"#, "7", "the id of a rule as `id`"),
            (r#"{"id":"a","enabled":"no"}"#, "\"no", "true or false as `enabled`"),
            (r#"{"id":"a","count":0}"#, "0", "a number from 1 to 1000 as `count`"),
            (r#"{"id":"a","count":1001}"#, "1001", "a number from 1 to 1000 as `count`"),
            (r#"{"id":"a","timespan":"31d"}"#, "\"31d", "from 1s to 30d, as `timespan`"),
            (r#"{"id":"a","pattern":{}}"#, "{}", "`pattern`, whose value is"),
        ] {
            let error = Tuning::parse(entry.as_bytes()).unwrap_err().to_string();
            let offset = entry.find(place).unwrap();
            assert!(error.contains(message), "{error}");
            assert!(error.contains(&format!(" at byte {offset}")), "{error}: {offset}");
        }
    }
}
