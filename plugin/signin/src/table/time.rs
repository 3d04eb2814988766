//! The day since which records are written differently.

use core::cmp::Ordering;

use sekisho_scan::Text;

/// Whether a time in UTC, as CloudTrail writes it, is not before `start`, which has the form
/// `2025-07-14T00:00:00`. `None` if the text has another form.
pub(super) fn is_since(time: Text<'_>, start: &str) -> Option<bool> {
    if time.is_escaped() {
        compare(time.chars(), start)
    } else {
        compare(time.raw().iter().copied().map(char::from), start)
    }
}

fn compare(mut time: impl Iterator<Item = char>, start: &str) -> Option<bool> {
    let mut order = Ordering::Equal;
    for expected in start.bytes().map(char::from) {
        let character = time.next()?;
        if expected.is_ascii_digit() {
            if !character.is_ascii_digit() {
                return None;
            }
            order = order.then(character.cmp(&expected));
        } else if character != expected {
            return None;
        }
    }
    let mut next = time.next()?;
    if next == '.' {
        next = time.find(|character| !character.is_ascii_digit())?;
    }
    (next == 'Z' && time.next().is_none()).then_some(order.is_ge())
}

#[cfg(test)]
mod tests {
    use sekisho_scan::Reader;

    use super::*;

    #[test]
    fn compares_times_of_cloudtrail() {
        for (time, expected) in [
            ("2025-07-14T00:00:00Z", Some(true)),
            ("2025-07-13T23:59:59Z", Some(false)),
            ("2025-07-13T23:59:59.999Z", Some(false)),
            ("2024-12-31T00:00:00Z", Some(false)),
            ("2026-01-01T00:00:00Z", Some(true)),
            ("2026-01-01T00:00:00", None),
            ("2026-01-01T00:00:00ZZ", None),
            ("2026-01-01T00:00:00+00:00", None),
            ("2026-01-01T00:00:0xZ", None),
            ("2026-01-01 00:00:00Z", None),
            ("2026-01-01", None),
            ("", None),
        ] {
            let json = format!("\"{time}\"");
            let text = Reader::new(json.as_bytes()).value().unwrap().text().unwrap();
            assert_eq!(is_since(text, "2025-07-14T00:00:00"), expected, "{time}");
        }
    }
}
