//! Where an event comes from.

use crate::attribute::Attribute;
use crate::texts::Texts;

/// What `sourceIPAddress` is.
///
/// Addresses are those that the standard library reads. It makes numbers of them, which takes several
/// times as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointKind {
    /// An IP address, as Elasticsearch reads it.
    Address,
    /// The name of a host, as of a service of AWS.
    Host,
    /// Neither, such as `AWS Internal`.
    Other,
}

impl EndpointKind {
    /// Of an event with these texts, if it has a source.
    pub(crate) fn of_source(texts: &Texts<'_>) -> Option<Self> {
        let source = texts.get(Attribute::Source);
        (!source.is_empty()).then(|| EndpointKind::of(source))
    }

    pub(crate) fn of(text: &[u8]) -> Self {
        let is_of_host =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if is_ipv4(text) {
            EndpointKind::Address
        } else if text.iter().all(is_of_host) {
            let has_letter = text.iter().any(u8::is_ascii_alphabetic);
            let is_host = has_letter && text.contains(&b'.');
            if is_host { EndpointKind::Host } else { EndpointKind::Other }
        } else if is_ipv6(text) {
            EndpointKind::Address
        } else {
            EndpointKind::Other
        }
    }
}

/// Groups of hexadecimal digits; `::` stands for those that are zero. The last two may be an IPv4 address.
#[inline(never)]
fn is_ipv6(text: &[u8]) -> bool {
    let mut has_gap = text.starts_with(b"::");
    let (mut groups, mut start) = (0, if has_gap { 2 } else { 0 });
    while start < text.len() || groups == 0 && !has_gap {
        let digits = text[start..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let end = start + digits;
        if text.get(end) == Some(&b'.') {
            return is_ipv4(&text[start..]) && if has_gap { groups < 6 } else { groups == 6 };
        }
        if !(1..=4).contains(&digits) {
            return false;
        }
        groups += 1;
        start = match text.get(end..) {
            Some([]) => break,
            Some([b':', b':', ..]) if !has_gap => {
                has_gap = true;
                end + 2
            }
            Some([b':', _, ..]) => end + 1,
            _ => return false,
        };
    }
    if has_gap { groups < 8 } else { groups == 8 }
}

/// Four numbers up to 255 without leading zeros.
fn is_ipv4(text: &[u8]) -> bool {
    let (mut dots, mut digits, mut number) = (0, 0, 0);
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            let has_zero = digits > 0 && number == 0;
            number = number * 10 + u32::from(digit);
            digits += 1;
            if has_zero || number > 255 {
                return false;
            }
        } else if *byte == b'.' && digits > 0 {
            dots += 1;
            (digits, number) = (0, 0);
        } else {
            return false;
        }
    }
    dots == 3 && digits > 0
}

#[cfg(test)]
mod tests {
    use core::net::IpAddr;

    use super::*;

    #[test]
    fn an_endpoint_is_an_address_or_a_host() {
        for (text, kind) in [
            ("192.0.2.10", EndpointKind::Address),
            ("2001:db8::1", EndpointKind::Address),
            ("::ffff:192.0.2.10", EndpointKind::Address),
            ("signin.amazonaws.com", EndpointKind::Host),
            ("a_b.c-d", EndpointKind::Host),
            ("AWS Internal", EndpointKind::Other),
            ("localhost", EndpointKind::Other),
            ("192.0.2.", EndpointKind::Other),
            ("2001:db8::1%eth0", EndpointKind::Other),
            ("192.0.2.10:443", EndpointKind::Other),
            ("é.example", EndpointKind::Other),
            ("", EndpointKind::Other),
        ] {
            assert_eq!(EndpointKind::of(text.as_bytes()), kind, "{text}");
        }
    }

    fn check(text: &str) -> bool {
        let is_address = text.parse::<IpAddr>().is_ok();
        let kind = EndpointKind::of(text.as_bytes());
        assert_eq!(kind == EndpointKind::Address, is_address, "{text}");
        is_address
    }

    #[test]
    fn addresses_are_those_that_the_standard_library_reads() {
        let numbers = [
            "0", "00", "1", "01", "9", "10", "99", "100", "199", "249", "250", "255", "256", "300",
        ];
        let others = ["", "-1", "1a", "0x1", "1000", " 1"];
        for part in numbers.into_iter().chain(others) {
            check(&format!("{part}.0.2.1"));
            check(&format!("192.{part}.2.1"));
            check(&format!("192.0.2.{part}"));
            check(&format!("192.0.{part}"));
            check(&format!("192.0.2.1.{part}"));
        }
    }

    /// All texts of up to nine groups and colons, with other ones anywhere.
    #[test]
    fn addresses_of_version_6_are_those_that_the_standard_library_reads() {
        let mut addresses = 0;
        for shape in 0..1_u32 << 9 {
            // A bit is whether two colons follow the group.
            for count in 0..=9 {
                for odd in ["", "::", "192.0.2.10", "12345", "g", "0000", "fFfF", "%1", "192.0.2"] {
                    for place in [0, count / 2, count] {
                        let mut text = String::new();
                        for group in 0..=count {
                            let is_last = group == count;
                            text += if group == place { odd } else { "2001" };
                            let colons = if shape >> group & 1 == 1 { "::" } else { ":" };
                            text += if is_last && shape >> 8 == 0 { "" } else { colons };
                        }
                        addresses += u32::from(check(&text));
                    }
                }
            }
        }
        assert!(addresses > 1000, "{addresses}");
    }
}
