//! Event time.

use alloc::vec::Vec;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Time = i64;

const DAY: i64 = 86_400_000;

/// Parses an RFC 3339 timestamp such as `2025-03-29T11:10:09Z`. Digits after the milliseconds are
/// ignored. `None` if the text is no valid timestamp.
#[must_use]
pub fn parse_time(text: &[u8]) -> Option<Time> {
    const DATE: Form = Form::new(b"0000-00-");
    const MIDDLE: Form = Form::new(b"00t00:00");
    const CLOCK: Form = Form::new(b"00:00:00");
    let (date_and_time, rest) = text.split_first_chunk::<19>()?;
    let [century, _, year, _, _, month, ..] = DATE.pairs(date_and_time.first_chunk()?)?;
    let mut middle: [u8; 8] = *date_and_time[8..].first_chunk()?;
    middle[2] |= b't' ^ b'T';
    let [day, ..] = MIDDLE.pairs(&middle)?;
    let [hour, _, _, minute, _, _, second, _] = CLOCK.pairs(date_and_time.last_chunk()?)?;
    let year = u32::from(century) * 100 + u32::from(year);
    let days = days_since_1970(year, month, day)?;
    // Second 60 is a leap second, read as the first second of the next minute.
    if hour >= 24 || minute >= 60 || second > 60 {
        return None;
    }
    let (milliseconds, ahead) = if rest == b"Z" { (0, 0) } else { fraction_and_offset(rest)? };
    let [hour, minute, second] = [hour, minute, second].map(i64::from);
    let seconds = (hour * 60 + minute - ahead) * 60 + second;
    Some(days * DAY + seconds * 1000 + milliseconds)
}

/// Eight bytes of a timestamp.
struct Form {
    /// A zero where a digit is, and the other bytes themselves.
    bytes: u64,
    /// The most by which a byte of the text differs: 9 where a digit is, 0 elsewhere.
    limits: u64,
}

impl Form {
    const HIGH: u64 = (u64::MAX / 255) << 7;

    const fn new(bytes: &[u8; 8]) -> Form {
        let (mut limits, mut index) = ([0; 8], 0);
        while index < 8 {
            limits[index] = if bytes[index] == b'0' { 9 } else { 0 };
            index += 1;
        }
        Form { bytes: u64::from_le_bytes(*bytes), limits: u64::from_le_bytes(limits) }
    }

    /// For each byte of a text of this form the number that its digit and the next byte are, which is
    /// taken to be 0 if it is no digit.
    fn pairs(&self, text: &[u8; 8]) -> Option<[u8; 8]> {
        let digits = u64::from_le_bytes(*text) ^ self.bytes;
        // A high bit stays if the digit is not over its limit. So no byte borrows from the next one.
        let is_small = (self.limits | Form::HIGH).wrapping_sub(digits & !Form::HIGH) & !digits;
        let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
        (is_small & Form::HIGH == Form::HIGH).then(|| pairs.to_le_bytes())
    }
}

/// The milliseconds of `.123456+01:00`, and the minutes that it is ahead of UTC.
#[inline(never)]
fn fraction_and_offset(rest: &[u8]) -> Option<(i64, i64)> {
    let (milliseconds, zone) = fraction(rest)?;
    Some((milliseconds, utc_offset(zone)?))
}

/// The milliseconds of `.123456Z`, and the rest after the digits.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', mut rest)) = rest.split_first() else { return Some((0, rest)) };
    let (mut milliseconds, mut scale) = (0, 1000);
    while let Some((digit @ b'0'..=b'9', after)) = rest.split_first() {
        scale /= 10;
        milliseconds += i64::from(digit - b'0') * scale;
        rest = after;
    }
    (scale < 1000).then_some((milliseconds, rest))
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

/// The number of days in the proleptic Gregorian calendar; `None` if there is no such day. Years start in
/// March, so that the leap day is the last day of a year.
fn days_since_1970(year: u32, month: u8, day: u8) -> Option<i64> {
    let (month, day) = (u32::from(month), u32::from(day));
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(is_leap),
        _ => 0,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // 400 years more, so that none is negative.
    let year = year + 400 - u32::from(month <= 2);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    Some(i64::from(days) - 719_468 - 146_097)
}

/// The most bytes of a time as [text](format_time).
pub const MAX_TIME_BYTES: usize = 24;

/// Appends a time as text: `2025-03-29T11:10:09Z`, with milliseconds if they are not zero. Only the
/// last four digits of a year are written.
pub fn write_time(time: Time, output: &mut Vec<u8>) {
    let (text, length) = format_time(time);
    output.extend_from_slice(&text[..length]);
}

/// The text that [`write_time`] appends, and its length.
#[must_use]
pub fn format_time(time: Time) -> ([u8; MAX_TIME_BYTES], usize) {
    // The inverse of `days_since_1970`, by eras of 400 years. Eras that do not change the last four digits
    // of a year make every day positive.
    const MORE_ERAS: i64 = 1_000_000;
    let days = time.div_euclid(DAY) + 719_468 + MORE_ERAS * 146_097;
    let (era, day) = ((days as u64 / 146_097) as u32, (days as u64 % 146_097) as u32);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = (era % 25 * 400 + year + u32::from(month <= 2)) % 10_000;
    let milliseconds = time.rem_euclid(DAY) as u32;
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    let mut text = *b"0000-00-00T00:00:00.000Z";
    add_digits(&mut text, 0, year / 100);
    add_digits(&mut text, 2, year);
    add_digits(&mut text, 5, month);
    add_digits(&mut text, 8, day);
    add_digits(&mut text, 11, seconds / 3600);
    add_digits(&mut text, 14, seconds / 60 % 60);
    add_digits(&mut text, 17, seconds % 60);
    add_digits(&mut text, 20, milliseconds / 10);
    text[22] += (milliseconds % 10) as u8;
    if milliseconds > 0 {
        return (text, MAX_TIME_BYTES);
    }
    text[19] = b'Z';
    (text, 20)
}

/// Adds the last two decimal digits of a number to two zeros.
#[inline(never)]
fn add_digits(text: &mut [u8; MAX_TIME_BYTES], index: usize, number: u32) {
    if let Some([tens, ones]) = text.get_mut(index..).and_then(<[u8]>::first_chunk_mut) {
        *tens += (number / 10 % 10) as u8;
        *ones += (number % 10) as u8;
    }
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
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
        ] {
            assert_eq!(parse_time(text.as_bytes()), Some(time), "{text}");
            assert_eq!(text_of(time), text);
        }
    }

    #[test]
    fn any_time_can_be_written() {
        assert_eq!(text_of(Time::MIN), "4945-05-16T16:47:04.192Z");
        assert_eq!(text_of(Time::MAX), "8994-08-17T07:12:55.807Z");
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

    /// The definition, a byte at a time, for times without a fraction.
    fn parses(text: &[u8]) -> bool {
        let form = b"dddd-dd-ddTdd:dd:ddZ";
        let has_form = text.iter().zip(form).all(|(byte, form)| match form {
            b'd' => byte.is_ascii_digit(),
            form => byte.eq_ignore_ascii_case(form),
        });
        let number = |start: usize| 10 * (text[start] - b'0') + text[start + 1] - b'0';
        has_form
            && (1..=12).contains(&number(5))
            && (1..=28).contains(&number(8))
            && number(11) < 24
            && number(14) < 60
            && number(17) <= 60
    }

    #[test]
    fn every_byte_counts() {
        for text in [b"2025-02-20T11:10:09Z", b"1999-12-01T23:59:60Z"] {
            for index in 0..text.len() {
                for byte in 0..=u8::MAX {
                    let mut changed = *text;
                    changed[index] = byte;
                    let shown = changed.escape_ascii();
                    let is_time = parse_time(&changed).is_some();
                    // Days after the 28th are in the other tests.
                    if !(8..10).contains(&index) || parses(&changed) {
                        assert_eq!(is_time, parses(&changed), "{shown}");
                    }
                }
            }
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
