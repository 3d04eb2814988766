//! Correlation rules as they are configured, in the terms of Sigma.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_attempts::{
    CorrelationCondition, CorrelationSpec, IdentityField, Key, SEQUENCE_LENGTH_RANGE,
    THRESHOLD_RANGE, TIMESPAN_SECONDS_RANGE,
};
use sekisho_scan::{Reader, Value};

use crate::error::ConfigurationError;
use crate::members::{Unknown, digits, expected, members, number, texts};

/// The value of a rule's `correlation`.
///
/// Tools that check rules read it on its own; a [`Configuration`](crate::Configuration) reads its
/// correlations itself.
///
/// ```
/// let correlation = sekisho::Correlation::parse(
///     br#"{"type":"event_count","rules":["failed"],"timespan":"15m","condition":{"gte":20}}"#,
/// )?;
/// assert_eq!(correlation.rules().collect::<Vec<_>>(), [("failed", 31)]);
/// # Ok::<(), sekisho::ConfigurationError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    /// The ids of the rules whose matches count, and the offset of each.
    rules: Vec<(String, usize)>,
    group_by: Vec<IdentityField>,
    timespan_seconds: u32,
    condition: CorrelationCondition,
}

impl Correlation {
    /// Reads a correlation from JSON, without checking that its rules exist.
    ///
    /// # Errors
    /// The same as for [`Configuration::parse`](crate::Configuration::parse) with `strict` set.
    /// Offsets count from the start of the correlation.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigurationError> {
        let mut reader = Reader::new(json);
        let value = reader.value()?;
        reader.finish()?;
        let mut unknown = None;
        let correlation = Correlation::read(value, &mut unknown)?;
        match unknown {
            Some((key, offset)) => {
                Err(ConfigurationError::UnknownKey { key: key.to_string(), offset })
            }
            None => Ok(correlation),
        }
    }

    /// The ids of the rules whose matches count, and the offset of each in the JSON.
    pub fn rules(&self) -> impl Iterator<Item = (&str, usize)> {
        self.rules.iter().map(|(id, offset)| (id.as_str(), *offset))
    }

    /// Whether its condition has a number, which a `temporal_ordered` lacks.
    #[must_use]
    pub fn has_count(&self) -> bool {
        self.condition != CorrelationCondition::TemporalOrdered
    }

    /// Reads the value of a rule's `correlation`.
    pub(crate) fn read<'c>(
        value: Value<'c>,
        unknown: &mut Unknown<'c>,
    ) -> Result<Self, ConfigurationError> {
        let known = ["type", "rules", "group-by", "timespan", "condition"];
        let mut values = [None; 5];
        if !members(value, &known, &mut values, unknown)? {
            return Err(expected("correlation", "an object", value.offset));
        }
        let [correlation_type, rules, group_by, timespan, condition] = values;
        let kind = correlation_type.and_then(CorrelationType::find).ok_or(expected(
            "type",
            "`event_count`, `value_count` or `temporal_ordered`",
            correlation_type.unwrap_or(value).offset,
        ))?;
        let rules = read_rules(kind, rules.ok_or(expected("rules", RULES, value.offset))?)?;
        let timespan_seconds = timespan.and_then(seconds).ok_or(expected(
            "timespan",
            TIMESPAN,
            timespan.unwrap_or(value).offset,
        ))?;
        let condition = match (kind, condition) {
            (CorrelationType::TemporalOrdered, None) => CorrelationCondition::TemporalOrdered,
            (CorrelationType::TemporalOrdered, Some(condition)) => {
                let nothing = "nothing (`temporal_ordered` has no condition)";
                return Err(expected("condition", nothing, condition.offset));
            }
            (kind, condition) => read_condition(kind, condition, value.offset, unknown)?,
        };
        let group_by = group_by.map_or(Ok(Vec::new()), read_fields)?;
        Ok(Correlation { rules, group_by, timespan_seconds, condition })
    }

    /// Changes the threshold, whose value is at `offset`.
    pub(crate) fn set_count(
        &mut self,
        count: u32,
        offset: usize,
    ) -> Result<(), ConfigurationError> {
        match &mut self.condition {
            CorrelationCondition::EventCount { threshold }
            | CorrelationCondition::ValueCount { threshold, .. } => *threshold = count,
            CorrelationCondition::TemporalOrdered => {
                return Err(expected("count", "nothing (`temporal_ordered` has no count)", offset));
            }
        }
        Ok(())
    }

    /// Changes the timespan.
    pub(crate) fn set_timespan(&mut self, seconds: u32) {
        self.timespan_seconds = seconds;
    }

    /// The specification that the correlator works with. `rules` are the keys of the rules.
    pub(crate) fn spec(&self, rules: Vec<Key>) -> CorrelationSpec {
        CorrelationSpec {
            rules,
            group_by: self.group_by.clone(),
            timespan_seconds: self.timespan_seconds,
            condition: self.condition.clone(),
        }
    }
}

/// The value of `type`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CorrelationType {
    EventCount,
    ValueCount,
    TemporalOrdered,
}

impl CorrelationType {
    fn find(value: Value<'_>) -> Option<Self> {
        let name = value.text()?;
        let types = [
            ("event_count", CorrelationType::EventCount),
            ("value_count", CorrelationType::ValueCount),
            ("temporal_ordered", CorrelationType::TemporalOrdered),
        ];
        types.iter().find(|(known, _)| name == *known).map(|(_, kind)| *kind)
    }
}

const RULES: &str = "a list of ids of rules";

/// What a `timespan` must be.
pub(crate) const TIMESPAN: &str = "a number and s, m, h or d, such as \"15m\", from 1s to 30d,";

/// Reads the value of `rules`.
fn read_rules(
    correlation_type: CorrelationType,
    value: Value<'_>,
) -> Result<Vec<(String, usize)>, ConfigurationError> {
    let rules = texts("rules", RULES, value)?;
    if correlation_type == CorrelationType::TemporalOrdered
        && !SEQUENCE_LENGTH_RANGE.contains(&rules.len())
    {
        return Err(expected(
            "rules",
            "2 to 16 ids, as `type` is `temporal_ordered`,",
            value.offset,
        ));
    }
    if rules.is_empty() {
        return Err(expected("rules", RULES, value.offset));
    }
    Ok(rules)
}

/// Reads the value of `condition`. `offset` is that of the correlation.
fn read_condition<'c>(
    correlation_type: CorrelationType,
    value: Option<Value<'c>>,
    offset: usize,
    unknown: &mut Unknown<'c>,
) -> Result<CorrelationCondition, ConfigurationError> {
    let mut values = [None; 7];
    let known = ["gte", "gt", "field", "lt", "lte", "eq", "neq"];
    let is_object =
        value.map_or(Ok(false), |value| members(value, &known, &mut values, unknown))?;
    let [gte, gt, field, unsupported @ ..] = values;
    if let Some(value) = unsupported.iter().flatten().next() {
        let lower_bound = "`gte` or `gt` (whether an upper bound is kept is not known before the \
                           timespan is over)";
        return Err(expected("condition", lower_bound, value.offset));
    }
    let threshold = match (gte, gt) {
        (Some(value), None) => number(value)
            .filter(|number| THRESHOLD_RANGE.contains(number))
            .ok_or(expected("gte", "a number from 1 to 1000", value.offset))?,
        (None, Some(value)) => number(value)
            .and_then(|number| number.checked_add(1))
            .filter(|number| THRESHOLD_RANGE.contains(number))
            .ok_or(expected("gt", "a number from 0 to 999", value.offset))?,
        _ => {
            let offset = value.map_or(offset, |value| value.offset);
            let shape = if is_object { "one of `gte` and `gt`" } else { "an object with `gte`" };
            return Err(expected("condition", shape, offset));
        }
    };
    match (correlation_type, field) {
        (CorrelationType::ValueCount, field) => {
            let offset = field.or(value).map_or(offset, |value| value.offset);
            let field = field.and_then(find_field);
            let field = field.ok_or(expected(
                "field",
                "`account`, `principal_id`, `user`, `source_ip` or `identity`",
                offset,
            ))?;
            Ok(CorrelationCondition::ValueCount { field, threshold })
        }
        (_, Some(field)) => {
            Err(expected("field", "nothing, or `value_count` as `type`,", field.offset))
        }
        (_, None) => Ok(CorrelationCondition::EventCount { threshold }),
    }
}

/// Reads the value of `group-by`.
fn read_fields(value: Value<'_>) -> Result<Vec<IdentityField>, ConfigurationError> {
    const FIELDS: &str = "a list of `account`, `principal_id`, `user`, `source_ip` and `identity`, each at most \
                          once,";
    let mut fields = Vec::new();
    for (name, offset) in texts("group-by", FIELDS, value)? {
        let known = IdentityField::ALL.iter().find(|field| field.name() == name);
        let field = known.filter(|field| !fields.contains(*field));
        fields.push(*field.ok_or(expected("group-by", FIELDS, offset))?);
    }
    Ok(fields)
}

fn find_field(value: Value<'_>) -> Option<IdentityField> {
    let name = value.text()?;
    IdentityField::ALL.iter().find(|field| name == *field.name()).copied()
}

/// The seconds of a text such as `90s`, `15m`, `24h` or `7d`.
pub(crate) fn seconds(value: Value<'_>) -> Option<u32> {
    let (unit, number) = value.text()?.raw().split_last()?;
    let unit = match unit {
        b's' => 1,
        b'm' => 60,
        b'h' => 3600,
        b'd' => 86_400,
        _ => return None,
    };
    let seconds = digits(number)?.checked_mul(unit)?;
    TIMESPAN_SECONDS_RANGE.contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const COUNT: &str = r#"{"type":"event_count","rules":["a"],"group-by":["user","source_ip"],"timespan":"15m","condition":{"gte":3}}"#;

    /// The correlation with a part replaced.
    fn changed(part: &str, other: &str) -> String {
        assert!(COUNT.contains(part), "{part}");
        COUNT.replace(part, other)
    }

    #[test]
    fn reads_every_type() {
        let spec = |json: &str| Correlation::parse(json.as_bytes()).unwrap().spec(Vec::new());
        let expected = CorrelationSpec {
            rules: Vec::new(),
            group_by: Vec::from([IdentityField::User, IdentityField::SourceIp]),
            timespan_seconds: 900,
            condition: CorrelationCondition::EventCount { threshold: 3 },
        };
        assert_eq!(spec(COUNT), expected);
        assert_eq!(spec(&changed(r#"{"gte":3}"#, r#"{"gt":2}"#)), expected);
        assert_eq!(spec(&changed("15m", "900s")), expected);
        for (timespan, seconds) in [("1s", 1), ("24h", 86_400), ("30d", 2_592_000)] {
            assert_eq!(spec(&changed("15m", timespan)).timespan_seconds, seconds);
        }
        let values = changed("event_count", "value_count");
        let values = values.replace(r#""gte":3"#, r#""field":"principal_id","gte":1000"#);
        let condition =
            CorrelationCondition::ValueCount { field: IdentityField::PrincipalId, threshold: 1000 };
        assert_eq!(spec(&values).condition, condition);
        let sequence = r#"{"type":"temporal_ordered","rules":["a","b","a"],"timespan":"1h"}"#;
        let sequence = Correlation::parse(sequence.as_bytes()).unwrap();
        assert_eq!(sequence.spec(Vec::new()).condition, CorrelationCondition::TemporalOrdered);
        assert_eq!(sequence.group_by, []);
        assert_eq!(sequence.rules().collect::<Vec<_>>(), [("a", 36), ("b", 40), ("a", 44)]);
    }

    #[test]
    fn rejects_what_the_correlator_cannot_do() {
        let sequence = |ids: usize| {
            let ids = ["\"a\""].repeat(ids).join(",");
            format!(r#"{{"type":"temporal_ordered","rules":[{ids}],"timespan":"1h"}}"#)
        };
        for (correlation, place, message) in [
            ("7".into(), "7", "expected an object as `correlation`"),
            (changed("event_count", "temporal"), "\"temporal", "or `temporal_ordered` as `type`"),
            (changed("\"event_count\"", "[]"), "[]", "or `temporal_ordered` as `type`"),
            (changed(r#""type":"event_count","#, ""), "{", "or `temporal_ordered` as `type`"),
            (changed(r#""rules":["a"],"#, ""), "{", "a list of ids of rules as `rules`"),
            (changed(r#"["a"]"#, "\"a\""), "\"a\"", "a list of ids of rules as `rules`"),
            (changed(r#"["a"]"#, "[]"), "[]", "a list of ids of rules as `rules`"),
            (changed(r#"["a"]"#, r#"["a",7]"#), "7]", "a list of ids of rules as `rules`"),
            (changed("source_ip", "country"), "\"country", "and `identity`, each at most once"),
            (changed("source_ip", "user"), "\"user\"]", "each at most once, as `group-by`"),
            (changed(r#"["user","source_ip"]"#, "null"), "null", "a list of `account`,"),
            (changed("15m", "15"), "\"15\"", "such as \"15m\", from 1s to 30d, as `timespan`"),
            (changed("\"15m\"", "15"), "15", "a number and s, m, h or d"),
            (changed("15m", "m"), "\"m\"", "a number and s, m, h or d"),
            (changed("15m", "1w"), "\"1w", "a number and s, m, h or d"),
            (changed("15m", "+1m"), "\"+1m", "a number and s, m, h or d"),
            (changed("15m", "0s"), "\"0s", "from 1s to 30d"),
            (changed("15m", "721h"), "\"721h", "from 1s to 30d"),
            (changed("15m", "99999999999d"), "\"999", "from 1s to 30d"),
            (changed(r#","condition":{"gte":3}"#, ""), "{", "object with `gte` as `condition`"),
            (changed(r#"{"gte":3}"#, "3"), "3", "an object with `gte` as `condition`"),
            (changed(r#"{"gte":3}"#, "{}"), "{}", "one of `gte` and `gt` as `condition`"),
            (changed("\"gte\":3", "\"gte\":3,\"gt\":2"), "{\"gte", "one of `gte` and `gt`"),
            (changed("\"gte\":3", "\"lt\":3"), "3", "`gte` or `gt` (whether an upper bound"),
            (changed("\"gte\":3", "\"gte\":3,\"lte\":5"), "5}", "is not known before the timespan"),
            (changed("\"gte\":3", "\"eq\":3"), "3", "`gte` or `gt` (whether an upper bound"),
            (changed("\"gte\":3", "\"neq\":3"), "3", "`gte` or `gt` (whether an upper bound"),
            (changed("\"gte\":3", "\"gte\":0"), "0", "a number from 1 to 1000 as `gte`"),
            (changed("\"gte\":3", "\"gte\":1001"), "1001", "a number from 1 to 1000 as `gte`"),
            (changed("\"gte\":3", "\"gte\":3.0"), "3.0", "a number from 1 to 1000 as `gte`"),
            (changed("\"gte\":3", "\"gte\":\"3\""), "\"3\"", "a number from 1 to 1000 as `gte`"),
            (changed("\"gte\":3", "\"gt\":1000"), "1000", "a number from 0 to 999 as `gt`"),
            (changed("\"gte\":3", "\"gt\":4294967295"), "4294", "a number from 0 to 999 as `gt`"),
            (
                changed("\"gte\":3", "\"gte\":3,\"field\":\"user\""),
                "\"user\"}",
                "expected nothing, or `value_count` as `type`, as `field`",
            ),
            (
                changed("event_count", "value_count"),
                "{\"gte",
                "`user`, `source_ip` or `identity` as `field`",
            ),
            (
                changed("event_count", "value_count").replace("3}", "3,\"field\":\"city\"}"),
                "\"city",
                "`user`, `source_ip` or `identity` as `field`",
            ),
            (changed("event_count", "temporal_ordered"), "[\"a", "2 to 16 ids, as `type` is"),
            (sequence(1), "[", "2 to 16 ids, as `type` is `temporal_ordered`, as `rules`"),
            (sequence(17), "[", "2 to 16 ids, as `type` is `temporal_ordered`, as `rules`"),
            (
                sequence(2).replace("}", ",\"condition\":{}}"),
                "{}",
                "nothing (`temporal_ordered` has no condition) as `condition`",
            ),
            (changed("group-by", "aliases"), "[\"user", "`aliases`, whose value is"),
            (changed("\"gte\":3", "\"gte\":3,\"x\":7"), "7", "`x`, whose value is"),
        ] {
            let offset = correlation.find(place).expect(place);
            let error = Correlation::parse(correlation.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(message), "{correlation}: {error}");
            assert!(
                error.contains(&format!(" at byte {offset}")),
                "{correlation}: {place}: {error}"
            );
        }
    }

    #[test]
    fn messages_name_every_field_and_limit() {
        for correlation in [changed("user", "x"), changed("event", "value")] {
            let error = Correlation::parse(correlation.as_bytes()).unwrap_err().to_string();
            assert!(IdentityField::ALL.iter().all(|field| error.contains(field.name())), "{error}");
        }
        assert_eq!((THRESHOLD_RANGE, SEQUENCE_LENGTH_RANGE), (1..=1000, 2..=16));
        assert_eq!(TIMESPAN_SECONDS_RANGE, 1..=30 * 86_400);
    }
}
