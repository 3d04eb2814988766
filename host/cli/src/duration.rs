//! Durations in whole seconds, on the command line and in rules.

use std::ops::RangeInclusive;

/// Parses `90`, `90s`, `10m`, `2h` or `1d` into seconds.
///
/// # Errors
/// A message for the user, if `text` is not a duration or is outside `allowed`.
pub(crate) fn parse_seconds(text: &str, allowed: RangeInclusive<u32>) -> Result<u32, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86400),
        _ => None,
    };
    let seconds = unit.and_then(|unit| number.parse::<u32>().ok()?.checked_mul(unit));
    seconds.filter(|seconds| allowed.contains(seconds)).ok_or_else(|| {
        let (min, max) = (allowed.start(), allowed.end());
        format!("expected {min}s to {max}s, or a number with m, h or d; found `{text}`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_every_unit() {
        let parse = |text| parse_seconds(text, 1..=86400);
        assert_eq!(parse("90"), Ok(90));
        assert_eq!(parse("90s"), Ok(90));
        assert_eq!(parse("10m"), Ok(600));
        assert_eq!(parse("2h"), Ok(7200));
        assert_eq!(parse("1d"), Ok(86400));
    }

    #[test]
    fn rejects_other_text_and_values_out_of_range() {
        for wrong in
            ["", "m", "1.5h", "-1", "1 m", "1M", "0", "2d", "86401", "4294967296", "99999d"]
        {
            assert!(parse_seconds(wrong, 1..=86400).is_err(), "{wrong}");
        }
    }
}
