//! The configuration.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use sekisho_attempts::AttemptSettings;
use sekisho_rules::Limits;
use sekisho_scan::{Reader, Value};
use sekisho_signin::JsonBuffer;

use crate::error::ConfigurationError;
use crate::form::Form;
use crate::limits::MAX_FIELD;
use crate::members::{Unknown, boolean, expected, members, number};
use crate::record_paths::RecordPaths;
use crate::rules::{RuleLists, Rules};

/// The configuration: rules, and how attempts are paired.
///
/// ```
/// use sekisho::{Classifier, Configuration};
///
/// let configuration = Configuration::parse(
///     br#"{"rules":[{"id":"root","pattern":{"userIdentity":{"type":["Root"]}}}]}"#,
/// )?;
/// assert_eq!(configuration.rules(), Some(1));
///
/// let mut classifier = Classifier::with_configuration(configuration);
/// let record = br#"{"eventSource":"iam.amazonaws.com","userIdentity":{"type":"Root"}}"#;
/// let classification = classifier.classify(record)?.expect("a rule matches");
/// assert_eq!(classification.rules().collect::<Vec<_>>(), ["root"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Configuration {
    /// The name of the verdict's field, as it is in a JSON string: escaped where needed.
    field: Vec<u8>,
    /// `None` if records are looked for everywhere.
    pub(crate) record: Option<RecordPaths>,
    /// `None` if the configuration has no `rules`.
    pub(crate) rules: Option<Rules>,
    pub(crate) attempts: AttemptSettings,
    /// Whether findings are emitted when they close, too.
    pub(crate) lifecycle: bool,
    /// The form of results.
    pub(crate) form: Form,
}

impl Default for Configuration {
    fn default() -> Self {
        Configuration {
            field: b"signin".to_vec(),
            record: None,
            rules: None,
            attempts: AttemptSettings::default(),
            lifecycle: false,
            form: Form::default(),
        }
    }
}

impl Configuration {
    /// The name of the field that [`annotate`](crate::Classifier::annotate) adds, as it is between
    /// the quotes in JSON.
    #[must_use]
    pub fn field(&self) -> &[u8] {
        &self.field
    }

    /// The list of paths to records, as it is in the JSON; `None` if the configuration has no `record`.
    #[must_use]
    pub fn record(&self) -> Option<&[u8]> {
        self.record.as_ref().map(|paths| &paths.json[..])
    }

    /// The number of rules; `None` if the configuration has no `rules`. With an empty array of rules,
    /// verdicts have a `rules` key.
    #[must_use]
    pub fn rules(&self) -> Option<usize> {
        self.rules.as_ref().map(Rules::len)
    }

    /// The most bytes of a verdict: all rules match, and all entries of `silence` hold for all of them.
    ///
    /// ```
    /// use sekisho::Configuration;
    ///
    /// assert_eq!(Configuration::default().max_verdict_bytes(), 240);
    /// let root = br#"{"rules":[{"id":"root","pattern":{"userIdentity":{"type":["Root"]}}}]}"#;
    /// assert_eq!(Configuration::parse(root)?.max_verdict_bytes(), 259);
    /// # Ok::<(), sekisho::ConfigurationError>(())
    /// ```
    #[must_use]
    pub fn max_verdict_bytes(&self) -> usize {
        JsonBuffer::MAX_BYTES + self.rules.as_ref().map_or(0, Rules::max_encoded_bytes)
    }

    /// Reads a configuration from a JSON object. Absent keys have their defaults.
    ///
    /// | key | value |
    /// |---|---|
    /// | `field` | name of the field that [`annotate`](crate::Classifier::annotate) adds: a string of 1 to [`MAX_FIELD`] bytes, `signin` by default |
    /// | `record` | where records are in an input, instead of a search: up to 16 paths, keys with dots between them, such as `data.aws`. The first that leads to an object counts. If none does, or the list is empty, the usual places are looked at |
    /// | `rules` | an array of rules |
    /// | `silence` | an array of entries: events that count for no correlation, and why |
    /// | `tune` | an array of entries: what is changed of the rules |
    /// | `attempts` | an object: how records are paired into attempts |
    /// | `findings` | `single` emits a finding once, when it opens. `lifecycle` emits it again with its totals, when it closes. `single` by default |
    /// | `form` | `verdict`, `ecs` or `ocsf`: what [`process`](crate::Classifier::process), [`annotate`](crate::Classifier::annotate) and [`write_lines`](crate::Emissions::write_lines) write. `verdict` by default, and the only one without the feature `forms` |
    /// | `identity` | `true` adds to a verdict who it was, under the key `identity`. `false` by default, and the only one without the feature `forms` |
    /// | `aws_limits` | `false` lifts AWS's limits on the size of patterns. `true` by default |
    /// | `strict` | `true` rejects keys that are not in these tables. By default they are ignored |
    ///
    /// | key of a rule | value |
    /// |---|---|
    /// | `id` | a string of 1 to [`MAX_RULE_ID`](crate::MAX_RULE_ID) bytes that no other rule has |
    /// | `pattern` | an Amazon EventBridge event pattern. A pattern that names `attempt` at its top is matched against attempts, any other against records |
    /// | `correlation` | instead of `pattern`: an object that makes this a correlation rule |
    /// | `severity` | anything. Findings repeat it |
    /// | `description`, `tags`, `references`, `tests` | anything. For people and tools; with forms, events name the techniques in `tags` |
    ///
    /// | key of a correlation | value, as in Sigma's correlation rules |
    /// |---|---|
    /// | `type` | `event_count` counts matches, `value_count` counts different values of a field in them, `temporal_ordered` finds one match of each rule in their order |
    /// | `rules` | ids of rules with a pattern. `temporal_ordered` takes 2 to 16, in their order; an id may be repeated |
    /// | `group-by` | fields whose values the matches have in common: `account`, `principal_id`, `user`, `source_ip`, `identity`. None by default |
    /// | `timespan` | the longest time from the first to the last match: a number and `s`, `m`, `h` or `d`, 1 s to 30 days |
    /// | `condition` | `{"gte":n}` or `{"gt":n}`, for a count of 1 to 1000. With `value_count` also the `field`. Not with `temporal_ordered` |
    ///
    /// | key of an entry of `silence` | value. All that an entry names must hold for an event |
    /// |---|---|
    /// | `rules` | ids of rules: silences these alone. For a correlation it keeps the event from counting. All rules by default |
    /// | `identity` | the id to count by of a user or role session, in any case of letters |
    /// | `source_ip` | an IP address, or a range of them in CIDR notation |
    /// | `account` | an account id |
    /// | `user_agent` | a text in which `*` is any text, `\\*` a star and `\\\\` a backslash. It must hold for each record of an attempt |
    /// | `reason` | required: why, for people |
    /// | `until` | required: an RFC 3339 time. Holds for events with an earlier eventTime |
    ///
    /// | key of an entry of `tune` | value. Of several entries for a rule, the last one that has a key decides |
    /// |---|---|
    /// | `id` | the id of a rule |
    /// | `enabled` | `false` turns the rule off: it is as if it matched nothing |
    /// | `severity` | the severity instead of that of the rule |
    /// | `count` | the threshold of an `event_count` or `value_count`: 1 to 1000 |
    /// | `timespan` | the timespan of a correlation |
    ///
    /// | key of `attempts` | value |
    /// |---|---|
    /// | `window_seconds` | the longest time from the first to the last record of an attempt: 1 to 3600, 180 by default |
    /// | `lateness_seconds` | how much older than the latest record a record may be: 0 to 86,400, 600 by default |
    /// | `keys` | the most keys to remember, for attempts and for each correlation: 1 to 10,000,000, 100,000 by default |
    ///
    /// # Errors
    /// The JSON is malformed, a value is not as in the tables, or `strict` is set and a key is
    /// unknown.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigurationError> {
        let mut configuration = Configuration::default();
        let mut limits = Limits::AWS;
        let mut strict = false;
        let mut rules = RuleLists::default();
        let mut unknown = None;
        let (mut form, mut identity) = (None, None);
        let mut reader = Reader::new(json);
        reader.enter()?;
        while let Some(key) = reader.next_key()? {
            let value = reader.value()?;
            if key == "field" {
                let name = value.text().filter(|name| (1..=MAX_FIELD).contains(&name.raw().len()));
                let name = name
                    .ok_or_else(|| expected("field", "a string of 1 to 256 bytes", value.offset))?;
                configuration.field = name.raw().to_vec();
            } else if key == "rules" {
                rules.rules = Some(value);
            } else if key == "silence" {
                rules.silence = Some(value);
            } else if key == "tune" {
                rules.tune = Some(value);
            } else if key == "record" {
                configuration.record = Some(RecordPaths::read(value)?);
            } else if key == "attempts" {
                configuration.attempts = settings(value, &mut unknown)?;
            } else if key == "findings" {
                configuration.lifecycle = is_lifecycle(value)?;
            } else if key == "form" {
                form = Some(value);
            } else if key == "identity" {
                identity = Some(value);
            } else if key == "aws_limits" {
                limits = if boolean("aws_limits", value)? { Limits::AWS } else { Limits::NONE };
            } else if key == "strict" {
                strict = boolean("strict", value)?;
            } else {
                unknown.get_or_insert((key, value.offset));
            }
        }
        reader.finish()?;
        configuration.form = Form::read(form, identity)?;
        let parsed = Rules::parse(&rules, &limits, &mut unknown)?;
        configuration.rules = rules.rules.map(|_| parsed);
        match unknown {
            Some((key, offset)) if strict => {
                Err(ConfigurationError::UnknownKey { key: key.to_string(), offset })
            }
            _ => Ok(configuration),
        }
    }
}

/// Reads the value of `findings`.
#[cold]
fn is_lifecycle(value: Value<'_>) -> Result<bool, ConfigurationError> {
    match value.text() {
        Some(text) if text == "single" => Ok(false),
        Some(text) if text == "lifecycle" => Ok(true),
        _ => Err(expected("findings", "`single` or `lifecycle`", value.offset)),
    }
}

/// Reads the value of `attempts`.
fn settings<'c>(
    value: Value<'c>,
    unknown: &mut Unknown<'c>,
) -> Result<AttemptSettings, ConfigurationError> {
    let mut values = [None; 3];
    if !members(value, &["window_seconds", "lateness_seconds", "keys"], &mut values, unknown)? {
        return Err(expected("attempts", "an object", value.offset));
    }
    let [window, lateness, keys] = values;
    let default = AttemptSettings::default();
    let setting = |value: Option<Value<'_>>, default, range: RangeInclusive<u32>, key, wanted| {
        let Some(value) = value else { return Ok(default) };
        let number = number(value).filter(|number| range.contains(number));
        number.ok_or(expected(key, wanted, value.offset))
    };
    Ok(AttemptSettings {
        window_seconds: setting(
            window,
            default.window_seconds,
            1..=3600,
            "window_seconds",
            "a number from 1 to 3600",
        )?,
        lateness_seconds: setting(
            lateness,
            default.lateness_seconds,
            0..=86_400,
            "lateness_seconds",
            "a number from 0 to 86400",
        )?,
        keys: setting(keys, default.keys, 1..=10_000_000, "keys", "a number from 1 to 10000000")?,
    })
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn parse(json: &str) -> Result<Configuration, ConfigurationError> {
        Configuration::parse(json.as_bytes())
    }

    #[test]
    fn reads_attempt_settings() {
        assert_eq!(parse("{}").unwrap().attempts, parse(r#"{"attempts":{}}"#).unwrap().attempts);
        let all = r#"{"attempts":{"window_seconds":3600,"lateness_seconds":0,"keys":10000000}}"#;
        let all = parse(all).unwrap().attempts;
        assert_eq!((all.window_seconds, all.lateness_seconds, all.keys), (3600, 0, 10_000_000));
    }

    #[test]
    fn rejects_attempt_settings_out_of_range() {
        for (attempts, message) in [
            ("[]", "an object as `attempts` at byte 26"),
            (r#"{"window_seconds":0}"#, "from 1 to 3600 as `window_seconds` at byte 44"),
            (r#"{"window_seconds":3601}"#, "from 1 to 3600 as `window_seconds` at byte 44"),
            (r#"{"lateness_seconds":86401}"#, "from 0 to 86400 as `lateness_seconds` at byte 46"),
            (r#"{"lateness_seconds":-1}"#, "from 0 to 86400 as `lateness_seconds` at byte 46"),
            (r#"{"keys":0}"#, "from 1 to 10000000 as `keys` at byte 34"),
            (r#"{"keys":10000001}"#, "from 1 to 10000000 as `keys` at byte 34"),
            (r#"{"window":180}"#, "`window`, whose value is at byte 36"),
        ] {
            let json = format!(r#"{{"strict":true,"attempts":{attempts}}}"#);
            let error = parse(&json).unwrap_err().to_string();
            assert!(error.contains(message), "{json}: {error}");
        }
    }

    #[test]
    fn reads_how_findings_are_emitted() {
        assert!(!parse("{}").unwrap().lifecycle);
        assert!(!parse(r#"{"findings":"single"}"#).unwrap().lifecycle);
        assert!(parse(r#"{"findings":"life\u0063ycle"}"#).unwrap().lifecycle);
        for value in ["true", "null", r#""both""#, r#"["single"]"#] {
            let error = parse(&format!(r#"{{"findings":{value}}}"#)).unwrap_err().to_string();
            assert!(
                error.contains("expected `single` or `lifecycle` as `findings` at byte 12"),
                "{error}"
            );
        }
    }

    #[test]
    fn offsets_in_correlations_count_from_the_start() {
        let before =
            r#"{"strict":true,"rules":[{"id":"a","pattern":{"a":[1]}},{"id":"b","correlation":"#;
        for (correlation, place, message) in [
            ("7", "7", "expected an object as `correlation`"),
            (
                r#"{"type":"event_count","rules":["a"],"timespan":"1h","condition":{"gte":1,"x":7}}"#,
                "7}",
                "`x`, whose value is",
            ),
        ] {
            let error = parse(&format!("{before}{correlation}}}]}}")).unwrap_err().to_string();
            let offset = before.len() + correlation.find(place).unwrap();
            assert!(error.contains(message), "{error}");
            assert!(error.contains(&format!(" at byte {offset}")), "{error}: {offset}");
        }
    }

    #[test]
    fn unknown_keys_are_ignored_by_default() {
        let rules = r#"{"rules":[{"id":"a","pattern":{"a":[1]}},{"id":"b","correlation":
            {"type":"event_count","rules":["a"],"timespan":"1h","condition":{"gte":3},"generate":true}}]}"#;
        assert_eq!(parse(rules).unwrap().rules(), Some(2));
    }
}
