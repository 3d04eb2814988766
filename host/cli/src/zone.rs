//! The time zone in which times are read on the command line, and shown to people.

use std::borrow::Cow;

use clap::Args;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{AmbiguousTimestamp, TimeZone};
use jiff::{Timestamp, Zoned};
use sekisho_attempts::{Time, parse_time};

use crate::name::bounded;
use crate::sanitize::printable;

/// The option of commands that show times.
#[derive(Args, Clone, Debug)]
pub(crate) struct ZoneOption {
    /// Time zone of what is shown to people, and of a TIME that names none: UTC, local, a name such
    /// as Europe/Berlin, or an offset such as +09:00
    #[arg(
        long = "tz",
        value_name = "ZONE",
        default_value = "UTC",
        value_parser = Zone::parse,
        allow_hyphen_values = true
    )]
    pub(crate) zone: Zone,
}

/// A time zone.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    zone: TimeZone,
    name: String,
}

/// Which time is meant by one that a clock shows twice, or skips, as daylight saving time ends or
/// begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ambiguous {
    Earlier,
    Later,
}

impl Default for Zone {
    fn default() -> Self {
        Self { zone: TimeZone::UTC, name: "UTC".to_owned() }
    }
}

impl Zone {
    /// Finds the zone that a user names.
    ///
    /// # Errors
    /// A message for the user.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let zone = match text.to_ascii_lowercase().as_str() {
            "utc" | "z" => return Ok(Self::default()),
            "local" => TimeZone::try_system().map_err(|_| {
                "the zone of this machine is not known: name it, as in Europe/Berlin"
            })?,
            _ => DateTimeParser::new().parse_time_zone(text).map_err(|_| {
                "expected UTC, local, a name such as Europe/Berlin, or an offset such as +09:00"
            })?,
        };
        let name = zone.iana_name().unwrap_or(text).to_owned();
        Ok(Self { zone, name })
    }

    /// Its name, unless it is UTC.
    pub(crate) fn name(&self) -> Option<&str> {
        (self.zone != TimeZone::UTC).then_some(&self.name)
    }

    /// The title of a column of times.
    pub(crate) fn title(&self) -> String {
        self.name().map_or_else(|| "TIME".to_owned(), |name| format!("TIME {name}"))
    }

    /// A time as a column has it, `2025-03-29 11:10:09`; other text as it is.
    pub(crate) fn format(&self, time: &str) -> String {
        match parse_time(time.as_bytes()).and_then(|time| self.zoned(time)) {
            Some(time) => time.strftime("%F %T%.f").to_string(),
            None => printable(&bounded(time)).into_owned(),
        }
    }

    /// A time to the minute, `2025-03-29 11:10`.
    pub(crate) fn format_minute(&self, time: Time) -> String {
        let time = self.zoned(time).map(|time| time.strftime("%F %H:%M").to_string());
        time.unwrap_or_default()
    }

    /// By how many whole hours clocks are ahead of UTC at a time.
    pub(crate) fn hours_ahead(&self, time: Time) -> i64 {
        let seconds = self.zoned(time).map_or(0, |time| time.offset().seconds());
        i64::from(seconds).div_euclid(3600)
    }

    /// A time by itself, `2025-03-29T12:10:09+01:00`; in UTC as it is, and other text as well.
    pub(crate) fn format_with_offset<'t>(&self, time: &'t str) -> Cow<'t, str> {
        let zoned = parse_time(time.as_bytes()).and_then(|time| self.zoned(time));
        match zoned.filter(|_| self.name().is_some()) {
            Some(zoned) => Cow::Owned(zoned.strftime("%FT%T%.f%:z").to_string()),
            None => Cow::Borrowed(time),
        }
    }

    /// A time that a user wrote: RFC 3339, or a date or a date and a time in this zone.
    pub(crate) fn parse_time(&self, text: &str, ambiguous: Ambiguous) -> Option<Time> {
        if let Ok(time) = text.parse::<Timestamp>() {
            return Some(time.as_millisecond());
        }
        let time = self.zone.to_ambiguous_timestamp(text.parse::<DateTime>().ok()?);
        let resolve = match ambiguous {
            Ambiguous::Earlier => AmbiguousTimestamp::earlier,
            Ambiguous::Later => AmbiguousTimestamp::later,
        };
        Some(resolve(time).ok()?.as_millisecond())
    }

    fn zoned(&self, time: Time) -> Option<Zoned> {
        Some(Timestamp::from_millisecond(time).ok()?.to_zoned(self.zone.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(text: &str) -> Zone {
        Zone::parse(text).unwrap()
    }

    #[test]
    fn zones_have_names_and_offsets() {
        for (text, title, shown) in [
            ("UTC", "TIME", "2025-03-29 11:10:09"),
            ("z", "TIME", "2025-03-29 11:10:09"),
            ("+09:00", "TIME +09:00", "2025-03-29 20:10:09"),
            ("-03:30", "TIME -03:30", "2025-03-29 07:40:09"),
            ("europe/berlin", "TIME Europe/Berlin", "2025-03-29 12:10:09"),
            ("Pacific/Kiritimati", "TIME Pacific/Kiritimati", "2025-03-30 01:10:09"),
        ] {
            let zone = zone(text);
            assert_eq!(zone.title(), title);
            assert_eq!(zone.format("2025-03-29T11:10:09Z"), shown);
        }
        for wrong in ["", "Mars", "Mars/Phobos", "9", "+99:00", "../etc/passwd"] {
            assert!(Zone::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_shown_as_the_zone_has_them() {
        let berlin = zone("Europe/Berlin");
        for (time, shown) in [
            ("2025-03-30T00:59:59Z", "2025-03-30 01:59:59"),
            ("2025-03-30T01:00:00Z", "2025-03-30 03:00:00"),
            ("2025-10-26T01:30:00.5Z", "2025-10-26 02:30:00.5"),
            ("2025-10-26T03:30:00+02:00", "2025-10-26 02:30:00"),
            ("yesterday", "yesterday"),
            ("-", "-"),
            ("\u{1b}TZ", "\\u{1b}TZ"),
        ] {
            assert_eq!(berlin.format(time), shown);
        }
        let time = "2025-07-01T10:00:00Z";
        assert_eq!(berlin.format_with_offset(time), "2025-07-01T12:00:00+02:00");
        assert_eq!(Zone::default().format_with_offset(time), time);
        assert_eq!(berlin.format_with_offset("soon"), "soon");
    }

    #[test]
    fn times_are_read_in_the_zone_unless_they_name_one() {
        let berlin = zone("Europe/Berlin");
        for (text, time) in [
            ("2025-09-16", "2025-09-15T22:00:00Z"),
            ("2025-09-16T04:10", "2025-09-16T02:10:00Z"),
            ("2025-09-16 04:10:30", "2025-09-16T02:10:30Z"),
            ("2025-09-16T04:10:00Z", "2025-09-16T04:10:00Z"),
            ("2025-09-16T04:10:00+09:00", "2025-09-15T19:10:00Z"),
            ("2025-01-16", "2025-01-15T23:00:00Z"),
        ] {
            for ambiguous in [Ambiguous::Earlier, Ambiguous::Later] {
                let expected = parse_time(time.as_bytes());
                assert_eq!(berlin.parse_time(text, ambiguous), expected, "{text}");
            }
        }
        for wrong in ["yesterday", "2025-09-16T25:00", "04:10", "2025-02-30", ""] {
            assert_eq!(berlin.parse_time(wrong, Ambiguous::Earlier), None, "{wrong}");
        }
    }

    /// A window that begins or ends in an hour that comes twice has both.
    #[test]
    fn an_hour_may_come_twice_or_not_at_all() {
        let berlin = zone("Europe/Berlin");
        for (text, earlier, later) in [
            ("2025-10-26T02:30", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z"),
            ("2025-03-30T02:30", "2025-03-30T00:30:00Z", "2025-03-30T01:30:00Z"),
        ] {
            let read = |ambiguous| berlin.parse_time(text, ambiguous);
            assert_eq!(read(Ambiguous::Earlier), parse_time(earlier.as_bytes()));
            assert_eq!(read(Ambiguous::Later), parse_time(later.as_bytes()));
        }
    }
}
