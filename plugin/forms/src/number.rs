//! Decimal digits.

/// The digits of a number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digits {
    bytes: [u8; 3 * size_of::<u64>()],
    start: usize,
}

impl Digits {
    #[inline(never)]
    pub(crate) fn of(number: i64) -> Self {
        const EIGHT: u64 = 100_000_000;
        let absolute = number.unsigned_abs();
        let (first, rest) = (absolute / (EIGHT * EIGHT), absolute / EIGHT % EIGHT);
        let eights = [first, rest, absolute % EIGHT].map(|eight| eight_digits(eight as u32));
        let mut bytes = [b'0'; 3 * size_of::<u64>()];
        bytes.copy_from_slice(eights.as_flattened());
        let mut start = bytes.len() - digits(absolute);
        // A number has at most 19 digits.
        if number < 0 {
            start -= 1;
            bytes[start] = b'-';
        }
        Digits { bytes, start }
    }

    pub(crate) fn text(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

/// How many digits a number has.
#[inline(always)]
fn digits(number: u64) -> usize {
    // As times in milliseconds have, from 2001 on.
    if (1_000_000_000_000..10_000_000_000_000).contains(&number) {
        return 13;
    }
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// The decimal digits of a number below 100,000,000, with zeros before them. Four, then two, then one digit
/// are split off in all parts of a word at once.
fn eight_digits(number: u32) -> [u8; 8] {
    let fours = u64::from(number / 10_000) | u64::from(number % 10_000) << 32;
    let tens = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = tens | (fours - 100 * tens) << 16;
    let tens = ((twos * 103) >> 10) & 0xf_000f_000f_000f;
    let ones = tens | (twos - 10 * tens) << 8;
    (ones | 0x3030_3030_3030_3030).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 9, 10, -1, 99_999_999, 100_000_000, 1_743_246_609_000, i64::MIN, i64::MAX]
        {
            assert_eq!(Digits::of(number).text(), number.to_string().as_bytes());
        }
    }

    #[test]
    fn eight_digits_are_those_of_the_number() {
        for number in (0..100_000_000).step_by(9973).chain(0..20_000) {
            assert_eq!(eight_digits(number), *format!("{number:08}").as_bytes(), "{number}");
        }
    }
}
