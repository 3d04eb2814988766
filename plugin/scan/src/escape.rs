//! Escapes in strings.

/// Decodes the escape at the start of well-formed `bytes`. Returns the character and the length of
/// the escape in bytes.
#[inline(never)]
pub(crate) fn decode_escape(bytes: &[u8]) -> (char, usize) {
    let character = match bytes[1] {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return decode_unicode_escape(bytes),
        itself => char::from(itself),
    };
    (character, 2)
}

/// Decodes `\uXXXX`, or a pair of them that are a high and a low surrogate.
fn decode_unicode_escape(bytes: &[u8]) -> (char, usize) {
    let unit = hex4(&bytes[2..6]);
    if (0xd800..0xdc00).contains(&unit)
        && let Some(digits) = bytes[6..].strip_prefix(b"\\u")
        && let low @ 0xdc00..0xe000 = hex4(&digits[..4])
    {
        let scalar = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
    }
    (char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

fn hex4(digits: &[u8]) -> u32 {
    digits
        .iter()
        .fold(0, |number, digit| number * 16 + char::from(*digit).to_digit(16).unwrap_or_default())
}
