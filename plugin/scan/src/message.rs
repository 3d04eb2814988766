//! Messages of errors, without the formatting of `core`: it would be 5 KB of the module.

use alloc::string::ToString;
use core::fmt::{self, Write};

/// A part of a message.
#[derive(Clone, Copy, Debug)]
pub enum Part<'p> {
    /// A text.
    Text(&'p str),
    /// A character.
    Character(char),
    /// A number, written in decimal.
    Number(u64),
    /// A byte, written as two hexadecimal digits.
    Byte(u8),
}

/// Writes a message, in which each `{}` is the next of the parts.
///
/// ```
/// use core::fmt::{Display, Formatter, Result};
/// use sekisho_scan::message::{Part::*, write};
///
/// struct Error;
///
/// impl Display for Error {
///     fn fmt(&self, f: &mut Formatter<'_>) -> Result {
///         write(f, "found 0x{} at byte {}: stop", &[Byte(10), Number(12)])
///     }
/// }
///
/// assert_eq!(Error.to_string(), "found 0x0a at byte 12: stop");
/// ```
///
/// # Errors
/// Those of the writer.
#[inline(never)]
pub fn write(f: &mut fmt::Formatter<'_>, message: &str, parts: &[Part<'_>]) -> fmt::Result {
    let mut rest = message;
    for part in parts {
        let at = rest.as_bytes().windows(2).position(|pair| pair == b"{}").unwrap_or(rest.len());
        f.write_str(rest.get(..at).unwrap_or_default())?;
        rest = rest.get(at + 2..).unwrap_or_default();
        match *part {
            Part::Text(text) => f.write_str(text)?,
            Part::Character(character) => f.write_char(character)?,
            Part::Number(number) => f.write_str(&number.to_string())?,
            Part::Byte(byte) => {
                hex(byte).into_iter().try_for_each(|digit| f.write_char(digit.into()))?;
            }
        }
    }
    f.write_str(rest)
}

/// The two hexadecimal digits of a byte.
#[must_use]
pub fn hex(byte: u8) -> [u8; 2] {
    [byte >> 4, byte & 0xf].map(|digit| b"0123456789abcdef"[usize::from(digit)])
}
