//! IP addresses and ranges of them.

use crate::error::PatternErrorKind;

/// An IP address. An IPv6 address that maps an IPv4 address is that IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    /// Parses an address. Octets are decimal and may have leading zeros; IPv6 has neither dots nor a
    /// zone.
    #[inline]
    pub(crate) fn parse(text: &[u8]) -> Option<Address> {
        // Most strings of an event start with another character.
        if !matches!(text.first(), Some(b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' | b':')) {
            return None;
        }
        parse_v4(text).map(Address::V4).or_else(|| parse_v6(text))
    }

    /// The first 32 bits.
    pub(crate) fn head(self) -> u32 {
        match self {
            Address::V4(address) => address,
            Address::V6(address) => (address >> 96) as u32,
        }
    }
}

/// Whether a text is an IP address, rather than the name of a host.
///
/// ```
/// assert!(sekisho_rules::is_address("2001:db8::1"));
/// assert!(!sekisho_rules::is_address("sso.amazonaws.com"));
/// ```
#[must_use]
pub fn is_address(text: &str) -> bool {
    Address::parse(text.as_bytes()).is_some()
}

fn parse_v4(text: &[u8]) -> Option<u32> {
    const LONGEST: usize = "255.255.255.255".len();
    if text.len() > LONGEST {
        return None;
    }
    let (mut address, mut octet, mut dots, mut has_digit) = (0, 0, 0, false);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                octet = octet * 10 + u32::from(byte - b'0');
                has_digit = true;
            }
            b'.' if has_digit => {
                address = address << 8 | octet;
                (octet, dots, has_digit) = (0, dots + 1, false);
            }
            _ => return None,
        }
        if octet > 0xff {
            return None;
        }
    }
    (dots == 3 && has_digit).then_some(address << 8 | octet)
}

fn parse_v6(text: &[u8]) -> Option<Address> {
    const GROUPS: usize = 8;
    let mut groups = [0; GROUPS];
    let mut count = 0;
    let mut gap = text.starts_with(b"::").then_some(0);
    let mut rest = if gap.is_some() { &text[2..] } else { text };
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b':').unwrap_or(rest.len());
        *groups.get_mut(count)? = group(&rest[..end])?;
        count += 1;
        rest = match &rest[end..] {
            [b':', b':', after @ ..] if gap.is_none() => {
                gap = Some(count);
                after
            }
            [b':', after @ ..] if !after.is_empty() => after,
            [] => break,
            _ => return None,
        };
    }
    match gap {
        Some(gap) if count < GROUPS => groups[gap..].rotate_right(GROUPS - count),
        None if count == GROUPS => {}
        _ => return None,
    }
    let address = groups.iter().fold(0, |address, group| address << 16 | u128::from(*group));
    Some(match u32::try_from(address ^ 0xffff << 32) {
        Ok(mapped) => Address::V4(mapped),
        Err(_) => Address::V6(address),
    })
}

/// The value of a group of an IPv6 address.
fn group(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0, |number, digit| {
        let number = number * 16 + char::from(*digit).to_digit(16)?;
        (number <= 0xffff).then_some(number)
    })
}

/// A range of addresses of one family, with both ends included.
///
/// ```
/// use sekisho_rules::AddressRange;
///
/// let range = AddressRange::from_text("192.0.2.0/24").expect("a range");
/// assert!(range.covers("192.0.2.7") && range.covers("::ffff:c000:207"));
/// assert!(!range.covers("198.51.100.7") && !range.covers("sso.amazonaws.com"));
/// ```
#[derive(Clone, Copy, Debug, Hash)]
pub struct AddressRange {
    low: Address,
    high: Address,
}

impl AddressRange {
    /// The range of one address.
    pub(crate) fn only(address: Address) -> Self {
        AddressRange { low: address, high: address }
    }

    /// Parses an address, a slash and the number of leading bits that are fixed.
    pub(crate) fn parse(cidr: &str) -> Result<Self, PatternErrorKind> {
        // Like Java's `split`: slashes at the end are not separators.
        let parts = cidr.trim_end_matches('/').split_once('/');
        let (address, bits) = parts.ok_or(PatternErrorKind::CidrForm)?;
        let bits: u32 = bits.parse().map_err(|_| PatternErrorKind::CidrForm)?;
        let address = Address::parse(address.as_bytes()).ok_or(PatternErrorKind::CidrAddress)?;
        let range = AddressRange::new(address, bits).ok_or(PatternErrorKind::CidrBits)?;
        // event-ruler refuses a range of one address.
        if range.single().is_some() { Err(PatternErrorKind::CidrBits) } else { Ok(range) }
    }

    /// Parses an address, or a range in CIDR notation. Unlike in a pattern, a range may have as few
    /// as one address. `None` if the text is neither.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        match text.split_once('/') {
            Some((address, bits)) => {
                AddressRange::new(Address::parse(address.as_bytes())?, bits.parse().ok()?)
            }
            None => Address::parse(text.as_bytes()).map(AddressRange::only),
        }
    }

    /// Whether a text is an address in the range. Unlike in a pattern, an address of the other
    /// family never is, and neither is the name of a host.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        let address = Address::parse(text.as_bytes());
        address.is_some_and(|address| (self.low..=self.high).contains(&address))
    }

    /// The addresses whose first `bits` bits are those of `address`.
    fn new(address: Address, bits: u32) -> Option<Self> {
        let (low, high) = match address {
            Address::V4(address) => {
                let free = u32::MAX.checked_shr(bits).or((bits == u32::BITS).then_some(0))?;
                (Address::V4(address & !free), Address::V4(address | free))
            }
            Address::V6(address) => {
                let free = u128::MAX.checked_shr(bits).or((bits == u128::BITS).then_some(0))?;
                (Address::V6(address & !free), Address::V6(address | free))
            }
        };
        Some(AddressRange { low, high })
    }

    /// The address, if the range contains only one.
    pub(crate) fn single(&self) -> Option<Address> {
        (self.low == self.high).then_some(self.low)
    }

    /// Whether `address` is in the range.
    ///
    /// event-ruler compares hexadecimal digits from the first one on until they differ. So it
    /// compares only the first 32 bits of an address of the other family, and an IPv4 address at
    /// either end of an IPv6 range is not in the range.
    pub(crate) fn contains(&self, address: Address) -> bool {
        match (self.low, address) {
            (Address::V6(_), Address::V4(address)) => {
                self.low.head() < address && address < self.high.head()
            }
            (Address::V4(_), Address::V6(_)) => {
                (self.low.head()..=self.high.head()).contains(&address.head())
            }
            _ => (self.low..=self.high).contains(&address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, AddressRange};

    fn address(text: &str) -> Option<Address> {
        Address::parse(text.as_bytes())
    }

    #[test]
    fn spellings_of_an_address_are_equal() {
        for spellings in [
            &["192.0.2.7", "192.000.02.007", "::ffff:c000:207", "0:0:0:0:0:FFFF:C000:0207"][..],
            &["2001:db8::1", "2001:DB8:0:0::1", "2001:0db8:0:0:0:0:0:1", "2001:00db8::1"],
            &["::", "0::", "0:0:0:0:0:0:0:0", "::0"],
            &["1::8", "1:0:0:0:0:0:0:8", "1:0::0:0:8"],
            &["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
        ] {
            for spelling in spellings {
                assert!(address(spelling).is_some(), "{spelling}");
                assert_eq!(address(spelling), address(spellings[0]), "{spelling}");
            }
        }
    }

    #[test]
    fn rejects_other_texts() {
        for text in [
            "",
            ".",
            ":",
            ":::",
            "1.2.3",
            "1.2.3.4.",
            "1.2.3.4.5",
            "1.2.3.256",
            "1.2.3.",
            "1..2.3",
            "0000000000001.2.3",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            "1::2::3",
            ":1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:",
            "12345678::",
            "10000::",
            "::192.0.2.1",
            "fe80::1%1",
            "a.b.c.d",
            "192.0.2.1 ",
            "::g",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_covers_addresses_of_its_family() {
        for (range, inside, outside) in [
            ("192.0.2.7", "192.0.2.007", "192.0.2.8"),
            ("192.0.2.7/32", "::ffff:c000:207", "192.0.2.6"),
            ("192.0.2.7/24", "192.0.2.255", "192.0.3.0"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("2001:db8::/32", "2001:DB8:1::1", "32.1.13.184"),
            ("2001:db8::1/128", "2001:db8:0::1", "2001:db8::2"),
            ("::/0", "2001:db8::1", "192.0.2.7"),
        ] {
            let range = AddressRange::from_text(range).expect(range);
            assert!(range.covers(inside), "{inside}");
            assert!(!range.covers(outside) && !range.covers("AWS Internal"), "{outside}");
        }
        for text in ["", "/", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "::/129", "host/8"] {
            assert!(AddressRange::from_text(text).is_none(), "{text}");
        }
    }

    #[test]
    fn families_are_compared_by_their_first_32_bits() {
        let contains = |range: &str, text: &str| {
            AddressRange::parse(range).unwrap().contains(address(text).unwrap())
        };
        assert!(contains("192.0.2.0/24", "192.0.2.255"));
        assert!(!contains("192.0.2.0/24", "192.0.3.0"));
        assert!(contains("192.0.2.99/24", "c000:02ff::1"));
        assert!(contains("::/0", "192.0.2.1"));
        assert!(!contains("::/0", "0.0.0.0"));
        assert!(!contains("::/0", "255.255.255.255"));
        assert!(!contains("2001:db8::/64", "32.1.13.184"));
    }
}
