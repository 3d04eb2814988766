//! What a host may set.

use alloc::string::ToString;
use alloc::vec::Vec;

use sekisho_scan::{Kind, Reader};

use crate::ConfigurationError;

/// The name of the field that holds the verdict is at most this long, in bytes as written.
pub const MAX_FIELD: usize = 256;

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The content of the JSON string that names the verdict's field: escaped where needed.
    field: Vec<u8>,
}

impl Default for Configuration {
    fn default() -> Self {
        Configuration { field: b"signin".to_vec() }
    }
}

impl Configuration {
    /// The name of the field that holds the verdict, as it is written between quotes in JSON.
    #[must_use]
    pub fn field(&self) -> &[u8] {
        &self.field
    }

    /// Reads settings from a JSON object. A key that is absent has its default: a configuration
    /// does not build on the one before.
    ///
    /// | key | value |
    /// |---|---|
    /// | `field` | name of the field that [`annotate`](crate::Engine::annotate) adds, `signin` by default: a string of 1 to [`MAX_FIELD`] bytes |
    /// | `strict` | `true` refuses keys that are not in this table; they are ignored by default |
    ///
    /// # Errors
    /// The JSON is malformed, a value is not as in the table, or a key is unknown and `strict` set.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigurationError> {
        let mut configuration = Configuration::default();
        let mut strict = false;
        let mut unknown = None;
        let mut reader = Reader::new(json);
        reader.enter()?;
        while let Some(key) = reader.next_key()? {
            let value = reader.value()?;
            let expected =
                |key, expected| ConfigurationError::Value { key, expected, at: value.at };
            if key == "field" {
                let name = value.text().filter(|name| (1..=MAX_FIELD).contains(&name.raw().len()));
                let name = name.ok_or(expected("field", "a string of 1 to 256 bytes"))?;
                configuration.field = name.raw().to_vec();
            } else if key == "strict" {
                strict = match (value.kind, value.raw) {
                    (Kind::Boolean, raw) => raw == b"true",
                    _ => return Err(expected("strict", "true or false")),
                };
            } else {
                unknown.get_or_insert((key, value.at));
            }
        }
        reader.finish()?;
        match unknown {
            Some((key, at)) if strict => {
                Err(ConfigurationError::UnknownKey { key: key.to_string(), at })
            }
            _ => Ok(configuration),
        }
    }
}
