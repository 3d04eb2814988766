//! What a host may set.

use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use sekisho_attempts::AttemptSettings;
use sekisho_rules::Limits;
use sekisho_scan::{Reader, Text, Value, ValueKind};

use crate::ConfigurationError;
use crate::correlation::number;
use crate::rules::Rules;

/// The name of the field that holds the verdict is at most this long, in bytes as written.
pub const MAX_FIELD: usize = 256;

/// The settings in force.
#[derive(Debug)]
pub struct Configuration {
    /// The content of the JSON string that names the verdict's field: escaped where needed.
    field: Vec<u8>,
    /// None where no rules are configured.
    pub(crate) rules: Option<Rules>,
    /// How attempts are paired.
    pub(crate) attempts: AttemptSettings,
}

impl Default for Configuration {
    fn default() -> Self {
        Configuration {
            field: b"signin".to_vec(),
            rules: None,
            attempts: AttemptSettings::default(),
        }
    }
}

impl Configuration {
    /// The name of the field that holds the verdict, as it is written between quotes in JSON.
    #[must_use]
    pub fn field(&self) -> &[u8] {
        &self.field
    }

    /// How many rules are in force; `None` where none were configured.
    #[must_use]
    pub fn rules(&self) -> Option<usize> {
        self.rules.as_ref().map(Rules::len)
    }

    /// Reads settings from a JSON object. A key that is absent has its default: a configuration
    /// does not build on the one before.
    ///
    /// | key | value |
    /// |---|---|
    /// | `field` | name of the field that [`annotate`](crate::Engine::annotate) adds, `signin` by default: a string of 1 to [`MAX_FIELD`] bytes |
    /// | `rules` | an array of rules; without it there are none |
    /// | `attempts` | how records are paired into attempts: an object |
    /// | `aws_limits` | `false` lifts AWS's limits on the size of patterns |
    /// | `strict` | `true` refuses keys that are not in these tables; they are ignored by default |
    ///
    /// | key of a rule | value |
    /// |---|---|
    /// | `id` | a string of 1 to [`MAX_RULE_ID`](crate::MAX_RULE_ID) bytes that no other rule has |
    /// | `pattern` | an Amazon EventBridge event pattern. One that names `attempt` at its top is matched against the lines of attempts, any other against records |
    /// | `correlation` | in place of `pattern`: what a counted rule asks for |
    /// | `severity` | anything; a finding tells it as it is written |
    /// | `description`, `tests` | anything; for people and tools |
    ///
    /// | key of a correlation | value, in the terms of Sigma's correlation rules |
    /// |---|---|
    /// | `type` | `event_count`: so many records or attempts; `value_count`: so many different values of a field of theirs; `temporal_ordered`: one of each rule, one after the other |
    /// | `rules` | ids of rules with a pattern; of `temporal_ordered` 2 to 16 in their order, where an id may occur several times |
    /// | `group-by` | fields whose values they must have in common: `account`, `principal_id`, `user`, `source_ip`; none by default |
    /// | `timespan` | how far they may lie apart: a number and `s`, `m`, `h` or `d`, 1 s to 30 days |
    /// | `condition` | `{"gte":n}` or `{"gt":n}`, at least 1 and at most 1000 of them; with `value_count` also the `field`; not with `temporal_ordered` |
    ///
    /// | key of `attempts` | value |
    /// |---|---|
    /// | `window_seconds` | the records of one attempt lie at most this far apart: 1 to 3600, 180 by default |
    /// | `lateness_seconds` | a record may come this far behind the latest: 0 to 86,400, 600 by default |
    /// | `keys` | so many keys are remembered, of attempts and of each counted rule: 1 to 10,000,000, 100,000 by default |
    ///
    /// # Errors
    /// The JSON is malformed, a value is not as in the table, or a key is unknown and `strict` set.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigurationError> {
        let mut configuration = Configuration::default();
        let mut limits = Limits::AWS;
        let mut strict = false;
        let mut rules = None;
        let mut unknown = None;
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
                rules = Some(value);
            } else if key == "attempts" {
                configuration.attempts = settings(value, &mut unknown)?;
            } else if key == "aws_limits" {
                limits = if boolean("aws_limits", value)? { Limits::AWS } else { Limits::NONE };
            } else if key == "strict" {
                strict = boolean("strict", value)?;
            } else {
                unknown.get_or_insert((key, value.offset));
            }
        }
        reader.finish()?;
        if let Some(list) = rules {
            configuration.rules = Some(Rules::parse(list, &limits, &mut unknown)?);
        }
        match unknown {
            Some((key, at)) if strict => {
                Err(ConfigurationError::UnknownKey { key: key.to_string(), at })
            }
            _ => Ok(configuration),
        }
    }
}

fn boolean(key: &'static str, value: Value<'_>) -> Result<bool, ConfigurationError> {
    match (value.kind, value.raw) {
        (ValueKind::Boolean, raw) => Ok(raw == b"true"),
        _ => Err(expected(key, "true or false", value.offset)),
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
    let setting = |value: Option<Value<'_>>, default, range: RangeInclusive<u32>, key, sentence| {
        let Some(value) = value else { return Ok(default) };
        let number = number(value).filter(|number| range.contains(number));
        number.ok_or(expected(key, sentence, value.offset))
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

/// The first key that nobody knows, and the offset of its value.
pub(crate) type Unknown<'c> = Option<(Text<'c>, usize)>;

/// Finds the values of an object's known keys, in the order in which these are named; of a key that
/// occurs twice the last. `false` if it is no object.
pub(crate) fn members<'c>(
    object: Value<'c>,
    known: &[&str],
    values: &mut [Option<Value<'c>>],
    unknown: &mut Unknown<'c>,
) -> Result<bool, ConfigurationError> {
    let mut reader = Reader::new(object.raw);
    if reader.peek()? != ValueKind::Object {
        return Ok(false);
    }
    reader.enter()?;
    while let Some(key) = reader.next_key()? {
        let value = reader.value()?.shifted(object.offset);
        match known.iter().position(|known| key == **known) {
            Some(place) => values[place] = Some(value),
            None => {
                unknown.get_or_insert((key, value.offset));
            }
        }
    }
    Ok(true)
}

pub(crate) fn expected(key: &'static str, expected: &'static str, at: usize) -> ConfigurationError {
    ConfigurationError::Value { key, expected, at }
}
