//! Numbers by value.

use core::str;

/// The digits that any double needs at most to be told from its neighbours.
const DOUBLE_DIGITS: usize = 17;

/// A number that a double holds exactly as it was written, in an order of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(u64);

impl Number {
    /// The number of a JSON number's `text`; `None` where the double nearest to it reads otherwise,
    /// as 9007199254740993, or where there is none, as for 1e400.
    pub(crate) fn parse(text: &[u8]) -> Option<Number> {
        let text = str::from_utf8(text).ok()?;
        let written = Decimal::parse(text);
        if written.digits().count() > DOUBLE_DIGITS {
            return None;
        }
        let value: f64 = text.parse().ok()?;
        // The shortest text that reads as this double.
        let mut shortest = ryu::Buffer::new();
        let exact = value.is_finite() && written == Decimal::parse(shortest.format_finite(value));
        exact.then(|| Number::ordered(value))
    }

    /// The bits of a finite double, changed so that they compare as the doubles do.
    fn ordered(value: f64) -> Number {
        // Adding zero turns the negative zero into the positive one.
        let bits = (value + 0.0).to_bits();
        let sign = 1 << 63;
        Number(if bits & sign == 0 { bits | sign } else { !bits })
    }

    /// Its bytes, as a key.
    pub(crate) fn key(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }
}

/// A number as it is written: 0.*digits* times ten to the power of *point*.
struct Decimal<'a> {
    negative: bool,
    /// From the first to the last digit that is not zero; a point may be among them.
    significant: &'a [u8],
    point: i64,
}

impl<'a> Decimal<'a> {
    /// Of a well-formed JSON number.
    fn parse(text: &'a str) -> Self {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') {
            i64::MIN / 2
        } else {
            i64::MAX / 2
        });
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(mantissa) => (true, mantissa.as_bytes()),
            None => (false, mantissa.as_bytes()),
        };
        let is_significant = |byte: &u8| !matches!(byte, b'0' | b'.');
        let Some(first) = mantissa.iter().position(is_significant) else {
            return Decimal { negative: false, significant: &[], point: 0 };
        };
        let last = mantissa.iter().rposition(is_significant).unwrap_or(first);
        let dot = mantissa.iter().position(|byte| *byte == b'.').unwrap_or(mantissa.len());
        // Of digits behind the dot, the dot itself is not counted.
        let leading = if dot < first { first - 1 } else { first };
        let point = exponent.saturating_add(dot as i64 - leading as i64);
        Decimal { negative, significant: &mantissa[first..=last], point }
    }

    fn digits(&self) -> impl Iterator<Item = &u8> {
        self.significant.iter().filter(|byte| **byte != b'.')
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative
            && self.point == other.point
            && self.digits().eq(other.digits())
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Option<Number> {
        Number::parse(text.as_bytes())
    }

    #[test]
    fn spellings_of_one_value_are_equal() {
        for spellings in [
            &["1", "1.0", "1e0", "10e-1", "0.1E1", "0.01e+2"][..],
            &["0", "-0", "-0.0", "0e5", "0.000"],
            &["-350.5", "-3.505e2", "-35050e-2"],
            &["1e22", "10000000000000000000000"],
            &["9007199254740991", "9007199254740991.0"],
            &["5e-324", "0.5e-323"],
        ] {
            for spelling in spellings {
                assert!(number(spelling).is_some(), "{spelling}");
                assert_eq!(number(spelling), number(spellings[0]), "{spelling}");
            }
        }
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        let ascending = ["-1e300", "-2", "-1.5", "-1e-300", "0", "1e-300", "0.1", "1", "1e300"];
        assert!(ascending.is_sorted_by(|low, high| number(low).unwrap() < number(high).unwrap()));
    }

    #[test]
    fn what_a_double_cannot_hold_has_no_value() {
        for text in ["9007199254740993", "1e400", "-1e400", "1e-400", "0.1000000000000000055"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("1e99999999999999999999"), None);
        assert_eq!(number("1e-99999999999999999999"), None);
        assert_eq!(number(&"1".repeat(1_000_000)), None);
    }
}
