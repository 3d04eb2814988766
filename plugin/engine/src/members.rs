//! Reading configurations: objects by known keys, and numbers.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_scan::{Reader, Text, Value, ValueKind};

use crate::error::ConfigurationError;

/// The first unknown key, and the offset of its value.
pub(crate) type Unknown<'c> = Option<(Text<'c>, usize)>;

/// Finds the values of an object's known keys, in the order of `known`; of a duplicate key the
/// last. `false` if the value is not an object.
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
            Some(index) => values[index] = Some(value),
            None => {
                unknown.get_or_insert((key, value.offset));
            }
        }
    }
    Ok(true)
}

/// The error for a value that its key cannot have.
pub(crate) fn expected(
    key: &'static str,
    expected: &'static str,
    offset: usize,
) -> ConfigurationError {
    ConfigurationError::Value { key, expected, offset }
}

/// The elements of a list.
pub(crate) struct Elements<'c> {
    reader: Reader<'c>,
    /// The offset of the list.
    offset: usize,
}

impl<'c> Elements<'c> {
    pub(crate) fn new(
        key: &'static str,
        list_of: &'static str,
        list: Value<'c>,
    ) -> Result<Self, ConfigurationError> {
        let mut reader = Reader::new(list.raw);
        if reader.peek()? != ValueKind::Array {
            return Err(expected(key, list_of, list.offset));
        }
        reader.enter()?;
        Ok(Elements { reader, offset: list.offset })
    }

    pub(crate) fn next(&mut self) -> Result<Option<Value<'c>>, ConfigurationError> {
        if !self.reader.next_element()? {
            return Ok(None);
        }
        Ok(Some(self.reader.value()?.shifted(self.offset)))
    }
}

/// The strings of a list, each with its offset.
pub(crate) fn texts(
    key: &'static str,
    list_of: &'static str,
    list: Value<'_>,
) -> Result<Vec<(String, usize)>, ConfigurationError> {
    let mut texts = Vec::new();
    let mut elements = Elements::new(key, list_of, list)?;
    while let Some(value) = elements.next()? {
        let text = value.text().ok_or_else(|| expected(key, list_of, value.offset))?;
        texts.push((text.to_string(), value.offset));
    }
    Ok(texts)
}

pub(crate) fn boolean(key: &'static str, value: Value<'_>) -> Result<bool, ConfigurationError> {
    match (value.kind, value.raw) {
        (ValueKind::Boolean, raw) => Ok(raw == b"true"),
        _ => Err(expected(key, "true or false", value.offset)),
    }
}

/// A whole number that is written in digits alone.
pub(crate) fn number(value: Value<'_>) -> Option<u32> {
    if value.kind == ValueKind::Number { digits(value.raw) } else { None }
}

/// The number that digits spell.
pub(crate) fn digits(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}
