//! The names that a report shows: as they are, or pseudonyms.

use std::net::IpAddr;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How many hexadecimal digits a pseudonym has: two in a million names are the same once in 10,000
/// reports.
const DIGITS: usize = 12;
/// The bits of an address that stay.
const IPV4_BITS: u32 = 24;
const IPV6_BITS: u32 = 48;

/// What is shown for names, ids and addresses.
pub(super) enum Names {
    /// What is in the records.
    AsTheyAre,
    /// The same pseudonym for the same name, with the same key.
    Pseudonyms(Vec<u8>),
}

impl Names {
    /// Whether names are replaced.
    pub(super) fn are_redacted(&self) -> bool {
        matches!(self, Self::Pseudonyms(_))
    }

    /// What is shown for a value of `user`, `identity`, `account`, `principal_id` or `source_ip`.
    pub(super) fn shown(&self, field: &str, value: &str) -> String {
        match self {
            Self::AsTheyAre => value.to_owned(),
            Self::Pseudonyms(key) => match (field, value.parse()) {
                ("source_ip", Ok(address)) => network(address),
                _ => pseudonym(key, field, value),
            },
        }
    }
}

/// `user-3f9a2c81d0b7`. Names that differ in case only, and the same name in another field, have
/// others.
fn pseudonym(key: &[u8], field: &str, value: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length is accepted");
    mac.update(field.as_bytes());
    mac.update(b"\0");
    mac.update(value.as_bytes());
    let digits: String =
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let field = if field == "source_ip" { "address" } else { field };
    format!("{}-{}", field.replace('_', "-"), &digits[..DIGITS])
}

/// `203.0.113.0/24`, `2001:db8:20::/48`.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let bits = address.to_bits() & !(u32::MAX >> IPV4_BITS);
            format!("{}/{IPV4_BITS}", std::net::Ipv4Addr::from_bits(bits))
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits() & !(u128::MAX >> IPV6_BITS);
            format!("{}/{IPV6_BITS}", std::net::Ipv6Addr::from_bits(bits))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_stable_and_addresses_are_networks() {
        let names = Names::Pseudonyms(vec![7; 32]);
        for (field, value, shown) in [
            ("source_ip", "203.0.113.66", "203.0.113.0/24"),
            ("source_ip", "2001:db8:20:1::d417", "2001:db8:20::/48"),
            ("source_ip", "::ffff:192.0.2.1", "192.0.2.0/24"),
        ] {
            assert_eq!(names.shown(field, value), shown);
        }
        let mika = names.shown("user", "mika");
        assert!(mika.starts_with("user-") && mika.len() == 5 + DIGITS, "{mika}");
        assert_eq!(names.shown("user", "mika"), mika);
        assert!(names.shown("source_ip", "signin.amazonaws.com").starts_with("address-"));
        let others = [names.shown("user", "Mika"), names.shown("identity", "mika")];
        assert!(others.iter().all(|other| *other != mika), "{others:?}");
        assert_ne!(Names::Pseudonyms(vec![8; 32]).shown("user", "mika"), mika);
        assert_eq!(Names::AsTheyAre.shown("user", "mika"), "mika");
    }
}
