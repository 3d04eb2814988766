//! Times and durations as text.

use sekisho_attempts::{Time, parse_time};

use super::emitted::Finding;
use crate::output::columns::ABSENT;
use crate::zone::Zone;

/// A time as it is shown in the table, or `-`.
pub(crate) fn display_time(zone: &Zone, text: &Option<String>) -> String {
    zone.format(text.as_deref().unwrap_or(ABSENT))
}

/// ` until 11:20:31`, with the date if it differs from that of `first`.
pub(crate) fn until(zone: &Zone, first: &Option<String>, last: &Option<String>) -> String {
    let (first, last) = (display_time(zone, first), display_time(zone, last));
    match (first.split_once(' '), last.split_once(' ')) {
        (Some((date, _)), Some((same, clock))) if date == same => format!(" until {clock}"),
        _ => format!(" until {last}"),
    }
}

/// The time between the first and the last record of a finding, such as `14 min 54 s`.
pub(crate) fn timespan(finding: &Finding) -> Option<String> {
    let parse = |text: &Option<String>| -> Option<Time> { parse_time(text.as_deref()?.as_bytes()) };
    Some(duration((parse(&finding.last_time)? - parse(&finding.first_time)?) / 1000))
}

/// `45 s`, `14 min 54 s`, `2 h 5 min`, `3 d 1 h`.
fn duration(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let largest = UNITS.iter().position(|(unit, _)| seconds >= *unit).unwrap_or(UNITS.len() - 1);
    let (unit, name) = UNITS[largest];
    let rest = UNITS.get(largest + 1).map(|(smaller, name)| (seconds % unit / smaller, name));
    match rest {
        Some((rest @ 1.., smaller)) => format!("{} {name} {rest} {smaller}", seconds / unit),
        _ => format!("{} {name}", seconds / unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (45, "45 s"),
            (60, "1 min"),
            (894, "14 min 54 s"),
            (3600, "1 h"),
            (7500, "2 h 5 min"),
            (86400 * 3 + 3600, "3 d 1 h"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }
}
