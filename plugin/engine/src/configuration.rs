//! What a host may set.

use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_attempts::Settings;
use sekisho_rules::Limits;
use sekisho_scan::{Kind, Reader, Value};

use crate::ConfigurationError;
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
    pub(crate) attempts: Settings,
}

impl Default for Configuration {
    fn default() -> Self {
        Configuration { field: b"signin".to_vec(), rules: None, attempts: Settings::default() }
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
    /// | `aws_limits` | `false` lifts AWS's limits on the size of patterns |
    /// | `strict` | `true` refuses keys that are not in these tables; they are ignored by default |
    ///
    /// | key of a rule | value |
    /// |---|---|
    /// | `id` | a string of 1 to [`MAX_RULE_ID`](crate::MAX_RULE_ID) bytes that no other rule has |
    /// | `pattern` | an Amazon EventBridge event pattern |
    /// | `severity`, `description`, `tests` | anything; for people and tools |
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
                let name = name.ok_or(expected("field", "a string of 1 to 256 bytes", value.at))?;
                configuration.field = name.raw().to_vec();
            } else if key == "rules" {
                rules = Some(value);
            } else if key == "aws_limits" {
                limits = if boolean("aws_limits", value)? { Limits::AWS } else { Limits::NONE };
            } else if key == "strict" {
                strict = boolean("strict", value)?;
            } else {
                unknown.get_or_insert((key, value.at));
            }
        }
        reader.finish()?;
        if let Some(list) = rules {
            let (rules, unknown_in_rule) = Rules::parse(list, &limits)?;
            configuration.rules = Some(rules);
            unknown = unknown.or(unknown_in_rule);
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
        (Kind::Boolean, raw) => Ok(raw == b"true"),
        _ => Err(expected(key, "true or false", value.at)),
    }
}

fn expected(key: &'static str, expected: &'static str, at: usize) -> ConfigurationError {
    ConfigurationError::Value { key, expected, at }
}
