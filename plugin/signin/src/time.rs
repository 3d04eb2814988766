//! The day since which records are written differently.

use core::cmp::Ordering;

use sekisho_scan::Text;

/// Whether a time in UTC, as CloudTrail writes it, is not before `start`, which has the form
/// `2025-07-14T00:00:00`. `None` if the text has another form.
pub(crate) fn is_since(time: Text<'_>, start: &[u8; 19]) -> Option<bool> {
    if time.is_escaped() {
        compare_escaped(time.chars(), start)
    } else {
        compare(time.raw(), start)
    }
}

fn compare(time: &[u8], start: &[u8; 19]) -> Option<bool> {
    let (second, rest) = time.split_first_chunk()?;
    let is_like = |(byte, expected): (&u8, &u8)| {
        if expected.is_ascii_digit() { byte.is_ascii_digit() } else { byte == expected }
    };
    let is_end = match rest {
        [b'Z'] => true,
        [b'.', fraction @ .., b'Z'] => fraction.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    (is_end && second.iter().zip(start).all(is_like)).then(|| second >= start)
}

#[cold]
#[inline(never)]
fn compare_escaped(mut time: impl Iterator<Item = char>, start: &[u8; 19]) -> Option<bool> {
    let mut order = Ordering::Equal;
    for expected in start.iter().copied().map(char::from) {
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
            ("2025-07-13T23:59:59.Z", Some(false)),
            ("2025-07-13T23:59:59.9", None),
            ("2025-07-13T23:59:59.9xZ", None),
            ("", None),
        ] {
            for json in [format!("\"{time}\""), format!("\"{}\"", time.replace('-', r"\u002d"))] {
                let text = Reader::new(json.as_bytes()).value().unwrap().text().unwrap();
                assert_eq!(is_since(text, b"2025-07-14T00:00:00"), expected, "{json}");
            }
        }
    }
}
