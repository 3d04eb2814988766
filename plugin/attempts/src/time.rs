//! Event time.

use alloc::vec::Vec;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Time = i64;

const DAY: i64 = 86_400_000;

/// Parses an RFC 3339 timestamp such as `2025-03-29T11:10:09Z`. Digits after the milliseconds are
/// ignored. `None` if the text is no valid timestamp.
#[must_use]
pub fn parse_time(text: &[u8]) -> Option<Time> {
    let (date_and_time, rest) = text.split_first_chunk::<19>()?;
    let digits = |index: usize, count: usize| number(&date_and_time[index..index + count]);
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(index, byte)| !date_and_time[*index].eq_ignore_ascii_case(byte)) {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 2)?, digits(8, 2)?);
    let (hour, minute, second) = (digits(11, 2)?, digits(14, 2)?, digits(17, 2)?);
    // Second 60 is a leap second, read as the first second of the next minute.
    let valid = (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let (milliseconds, zone) = fraction(rest)?;
    let seconds = (hour * 60 + minute) * 60 + second;
    let time = days_since_1970(year, month, day) * DAY + seconds * 1000 + milliseconds;
    valid.then_some(time - utc_offset(zone)? * 60_000)
}

/// The milliseconds of `.123456Z`, and the rest after the digits.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', rest)) = rest.split_first() else { return Some((0, rest)) };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, zone) = rest.split_at(count);
    let milliseconds = digits.iter().chain(b"00").take(3);
    let value = milliseconds.fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    (count > 0).then_some((value, zone))
}

/// The minutes that `Z` or `+01:00` is ahead of UTC.
fn utc_offset(zone: &[u8]) -> Option<i64> {
    match *zone {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
            let ahead = hours * 60 + minutes;
            (hours < 24 && minutes < 60).then_some(if sign == b'-' { -ahead } else { ahead })
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |value, digit| {
        digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0'))
    })
}

fn days_of_month(year: i64, month: i64) -> i64 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The number of days in the proleptic Gregorian calendar. Years start in March, so that the leap day
/// is the last day of a year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

/// Appends a time as text: `2025-03-29T11:10:09Z`, with milliseconds if they are not zero. Only the
/// last four digits of a year are written.
pub fn write_time(time: Time, output: &mut Vec<u8>) {
    let (days, milliseconds) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    // The inverse of `days_since_1970`, by eras of 400 years.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = era * 400 + year + i64::from(month <= 2);
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let century = year.rem_euclid(10_000) / 100;
    for (before, two_digits) in [
        (None, century),
        (None, year.rem_euclid(100)),
        (Some(b'-'), month),
        (Some(b'-'), day),
        (Some(b'T'), hour),
        (Some(b':'), minute),
        (Some(b':'), second),
    ] {
        output.extend(before);
        output.extend([digit(two_digits / 10), digit(two_digits)]);
    }
    if milliseconds > 0 {
        let [hundreds, tens] = [milliseconds / 100, milliseconds / 10].map(digit);
        output.extend([b'.', hundreds, tens, digit(milliseconds)]);
    }
    output.push(b'Z');
}

/// The last decimal digit of a non-negative number.
fn digit(number: i64) -> u8 {
    b'0' + (number % 10) as u8
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    fn text_of(time: Time) -> String {
        let mut text = Vec::new();
        write_time(time, &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn parses_and_writes_the_times_of_cloudtrail() {
        for (text, time) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2025-03-29T11:10:09Z", 1_743_246_609_000),
            ("2000-02-29T23:59:59.007Z", 951_868_799_007),
            ("0000-03-01T00:00:00Z", -62_162_035_200_000),
            ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] {
            assert_eq!(parse_time(text.as_bytes()), Some(time), "{text}");
            assert_eq!(text_of(time), text);
        }
    }

    #[test]
    fn parses_other_forms_of_the_same_time() {
        let time = parse_time(b"2025-03-29T11:10:09.500Z");
        for text in [
            "2025-03-29t11:10:09.5z",
            "2025-03-29T12:40:09.500999+01:30",
            "2025-03-28T23:10:09.5-12:00",
        ] {
            assert_eq!(parse_time(text.as_bytes()), time, "{text}");
        }
        assert_eq!(parse_time(b"2025-03-29T11:59:60Z"), parse_time(b"2025-03-29T12:00:00Z"));
    }

    #[test]
    fn rejects_invalid_times() {
        for text in [
            "",
            "2025-03-29",
            "2025-03-29T11:10:09",
            "2025-03-29T11:10:09.Z",
            "2025-03-29 11:10:09Z",
            "2025-02-29T11:10:09Z",
            "2025-13-01T11:10:09Z",
            "2025-00-01T11:10:09Z",
            "2025-03-00T11:10:09Z",
            "2025-03-29T24:00:00Z",
            "2025-03-29T11:60:00Z",
            "2025-03-29T11:10:61Z",
            "2025-03-29T11:10:09+1:00",
            "2025-03-29T11:10:09+24:00",
            "2025-03-29T11:10:09ZZ",
            "+025-03-29T11:10:09Z",
            "2025-03-29T11:10:0\u{663}Z",
        ] {
            assert_eq!(parse_time(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn parsing_reverses_writing() {
        for day in (-719_000..2_932_000).step_by(5) {
            let time = day * DAY + day.rem_euclid(DAY);
            assert_eq!(parse_time(text_of(time).as_bytes()), Some(time));
        }
    }
}
