//! Conditions on IP addresses, compared as event-ruler does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Parses an address as event-ruler does: octets may have leading zeros, IPv6 has no dotted part, and
/// an IPv4-mapped address is the IPv4 address.
pub(super) fn parse(text: &str) -> Option<IpAddr> {
    let separator = if text.contains(':') { ':' } else { '.' };
    let is_other_notation = match separator {
        ':' => text.contains('.'),
        _ => text.len() > "255.255.255.255".len(),
    };
    if is_other_notation {
        return None;
    }
    let number = |group: &str| match group.trim_start_matches('0') {
        "" if !group.is_empty() => "0".to_owned(),
        number => number.to_owned(),
    };
    let groups: Vec<String> = text.split(separator).map(number).collect();
    let address: IpAddr = groups.join(&separator.to_string()).parse().ok()?;
    Some(address.to_canonical())
}

/// The VRL condition that `at.address` is this address.
pub(super) fn equal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => range_v4(address, 32),
        IpAddr::V6(address) => range_v6(address, 128),
    }
}

/// The VRL condition that `at.address` is in the range of a valid CIDR text.
pub(super) fn range(cidr: &str) -> Option<String> {
    let (base, bits) = cidr.trim_end_matches('/').split_once('/')?;
    let bits = bits.parse().ok()?;
    Some(match parse(base)? {
        IpAddr::V4(base) => range_v4(base, bits),
        IpAddr::V6(base) => range_v6(base, bits),
    })
}

/// event-ruler compares an IPv6 address with an IPv4 range by its first 32 bits.
fn range_v4(base: Ipv4Addr, bits: u32) -> String {
    let base = base & Ipv4Addr::from_bits(!u32::MAX.checked_shr(bits).unwrap_or(0));
    let head = Ipv6Addr::from_bits(u128::from(base.to_bits()) << 96);
    format!("(ip_cidr_contains([\"{base}/{bits}\", \"{head}/{bits}\"], at.address) ?? false)")
}

/// event-ruler compares an IPv4 address with the first 32 bits of both ends of an IPv6 range, and
/// matches if it is strictly between them.
fn range_v6(base: Ipv6Addr, bits: u32) -> String {
    let free = u128::MAX.checked_shr(bits).unwrap_or(0);
    let base = base & Ipv6Addr::from_bits(!free);
    let contains = format!("(ip_cidr_contains(\"{base}/{bits}\", at.address) ?? false)");
    let [low, high] = [base.to_bits(), base.to_bits() | free].map(|end| (end >> 96) as u32);
    if low == high {
        return contains;
    }
    let head = "(ip_aton(at.address) ?? 0)";
    format!("({contains} || ({head} > {low} && {head} < {high}))")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_of_one_address_are_equal() {
        for notations in [
            &["192.0.2.7", "192.000.02.007", "::ffff:c000:207", "0:0:0:0:0:FFFF:C000:0207"][..],
            &["2001:db8::1", "2001:DB8:0:0::1", "2001:00db8::1"],
        ] {
            for notation in notations {
                assert!(parse(notation).is_some(), "{notation}");
                assert_eq!(parse(notation), parse(notations[0]), "{notation}");
            }
        }
        for text in ["", "1.2.3", "0000000000001.2.3", "1..2.3", "::192.0.2.1", "console"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
