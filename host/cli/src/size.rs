//! Sizes in bytes on the command line.

/// Parses `1024`, `512KiB`, `20MiB` or `16GiB` into bytes.
///
/// # Errors
/// A message for the user, if `text` is not a size or exceeds 64 bits.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let expected = || {
        format!("expected a number, optionally with KiB, MiB or GiB, as in 16GiB; found `{text}`")
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim_start() {
        "" => 0,
        "KiB" => 10,
        "MiB" => 20,
        "GiB" => 30,
        _ => return Err(expected()),
    };
    let number: u64 = number.parse().map_err(|_| expected())?;
    number
        .checked_mul(1 << shift)
        .ok_or_else(|| format!("expected at most {} bytes; found `{text}`", u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_numbers_with_and_without_a_unit() {
        assert_eq!(parse_size("1024"), Ok(1024));
        assert_eq!(parse_size("512KiB"), Ok(512 << 10));
        assert_eq!(parse_size("16 GiB"), Ok(16 << 30));
    }

    #[test]
    fn rejects_other_text() {
        for wrong in ["", "GiB", "1GB", "-1", "1.5GiB", "99999999999GiB"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }
}
