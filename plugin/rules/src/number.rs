//! Numbers that compare by value.

use core::cmp::Ordering;

/// The maximum number of digits that a double needs to be distinguished from its neighbours.
const DOUBLE_DIGITS: u32 = 17;

/// No two decimals of up to this many digits are nearest to the same double.
const EXACT_DIGITS: u32 = 15;

/// A number that a double represents: the shortest decimal of the double has the value that was
/// written. It is stored as an integer that compares like the double.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(u64);

impl Number {
    /// Parses a JSON number. Returns `None` if the nearest double reads differently, as for
    /// 9007199254740993, or if there is none, as for 1e400.
    pub(crate) fn parse(text: &[u8]) -> Option<Number> {
        let (negative, magnitude) = match text {
            [b'-', magnitude @ ..] => (true, magnitude),
            magnitude => (false, magnitude),
        };
        let written = Decimal::parse(magnitude)?;
        let value = written.computed().or_else(|| written.searched())?;
        Some(Number::ordered(if negative { -value } else { value }))
    }

    /// The bits of a finite double, changed so that they compare like doubles.
    fn ordered(value: f64) -> Number {
        // Adding zero turns the negative zero into the positive one.
        let bits = (value + 0.0).to_bits();
        let sign = 1 << 63;
        Number(if bits & sign == 0 { bits | sign } else { !bits })
    }

    /// The bytes, as a key.
    pub(crate) fn key(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }
}

/// A decimal without its sign: 0.*digits* times ten to the power of *point*. The fields are in the
/// order that makes the derived comparison compare values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Decimal {
    point: i64,
    /// [`DOUBLE_DIGITS`] digits. The first one is not zero.
    digits: u64,
}

impl Decimal {
    /// Less than any other.
    const ZERO: Decimal = Decimal { point: i64::MIN / 2, digits: 0 };

    /// Parses a well-formed JSON number without a sign. Returns `None` if it has more digits than a
    /// double can need.
    fn parse(text: &[u8]) -> Option<Self> {
        let mut decimal = Decimal { point: 0, digits: 0 };
        let mut unit = 10_u64.pow(DOUBLE_DIGITS - 1);
        let mut after_point = false;
        for (index, byte) in text.iter().enumerate() {
            let digit = match byte {
                b'0'..=b'9' => u64::from(byte - b'0'),
                b'.' => {
                    after_point = true;
                    continue;
                }
                _ => {
                    decimal.point += exponent(&text[index + 1..]);
                    break;
                }
            };
            if decimal.digits == 0 && digit == 0 {
                decimal.point -= i64::from(after_point);
                continue;
            }
            if unit == 0 && digit != 0 {
                return None;
            }
            decimal.digits += digit * unit;
            decimal.point += i64::from(!after_point);
            unit /= 10;
        }
        Some(if decimal.digits == 0 { Decimal::ZERO } else { decimal })
    }

    /// The shortest decimal of a double.
    fn shortest(value: f64) -> Self {
        let mut text = ryu::Buffer::new();
        Decimal::parse(text.format_finite(value).as_bytes()).unwrap_or(Decimal::ZERO)
    }

    /// The double with this shortest decimal, if one exact operation computes it.
    fn computed(&self) -> Option<f64> {
        // The largest power of ten that is exact in a double.
        const LAST_POWER: u64 = 22;
        const REST: u64 = 10_u64.pow(DOUBLE_DIGITS - EXACT_DIGITS);
        let exponent = self.point - i64::from(EXACT_DIGITS);
        if !self.digits.is_multiple_of(REST) || exponent.unsigned_abs() > LAST_POWER {
            return None;
        }
        let power = (0..exponent.unsigned_abs()).fold(1.0, |power, _| power * 10.0);
        let digits = (self.digits / REST) as f64;
        Some(if exponent < 0 { digits / power } else { digits * power })
    }

    /// The double with this shortest decimal, if there is one. Searches the neighbours of an
    /// estimate.
    fn searched(&self) -> Option<f64> {
        let mut value = self.estimate();
        let mut side = None;
        while value.is_finite() {
            let order = Decimal::shortest(value).cmp(self);
            if order == Ordering::Equal {
                return Some(value);
            }
            // The search has changed direction, so there is none.
            if *side.get_or_insert(order) != order {
                return None;
            }
            value = if order == Ordering::Less { value.next_up() } else { value.next_down() };
        }
        None
    }

    /// A double at most a few steps away, or the largest one if there is none.
    fn estimate(&self) -> f64 {
        const POWERS: [f64; 9] = [1e1, 1e2, 1e4, 1e8, 1e16, 1e32, 1e64, 1e128, 1e256];
        let exponent = (self.point - i64::from(DOUBLE_DIGITS)).clamp(-400, 400);
        let mut value = self.digits as f64;
        for (bit, power) in POWERS.iter().enumerate() {
            if exponent.unsigned_abs() >> bit & 1 == 1 {
                value = if exponent < 0 { value / power } else { value * power };
            }
        }
        value.min(f64::MAX)
    }
}

/// The exponent after the `e` of a well-formed JSON number, clamped to a large value.
fn exponent(text: &[u8]) -> i64 {
    const LARGE: i64 = 1 << 40;
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let add = |number: i64, digit: &u8| (number * 10 + i64::from(digit - b'0')).min(LARGE);
    sign * digits.iter().fold(0, add)
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Number};

    fn number(text: &str) -> Option<Number> {
        Number::parse(text.as_bytes())
    }

    #[test]
    fn spellings_of_a_value_are_equal() {
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
    fn doubles_agree_with_the_standard_library() {
        let mut state = 1_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
            let value = f64::from_bits(state >> 1);
            if !value.is_finite() {
                continue;
            }
            let digits = state % 10_u64.pow((state >> 32) as u32 % 19);
            let exponent = (state >> 40) % 700;
            for text in [
                format!("{value:e}"),
                format!("{digits}e-{exponent}"),
                format!("{digits}e{}", exponent / 2),
                format!("{}.{digits}", state >> 48),
            ] {
                let read: f64 = text.parse().unwrap();
                let written = Decimal::parse(text.as_bytes());
                let exact = read.is_finite() && written == Some(Decimal::shortest(read));
                assert_eq!(number(&text), exact.then(|| Number::ordered(read)), "{text}");
            }
        }
    }

    #[test]
    fn rejects_numbers_that_are_not_exact_doubles() {
        for text in ["9007199254740993", "1e400", "-1e400", "1e-400", "0.1000000000000000055"] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("1e99999999999999999999"), None);
        assert_eq!(number("1e-99999999999999999999"), None);
        assert_eq!(number(&"1".repeat(1_000_000)), None);
    }
}
