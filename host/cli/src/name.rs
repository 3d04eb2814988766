//! Names of a bounded length, to count by and to show.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// The longest name that is kept whole, in bytes. AWS has no longer names of users and roles, and its
/// longest ids and ARNs of sessions fit.
const MAX_BYTES: usize = 256;

/// How many bytes of a longer name are kept.
const KEPT_BYTES: usize = 160;

/// The name, or the beginning of a long one, with a digest that tells it from others.
pub(crate) fn bounded(name: &str) -> Cow<'_, str> {
    if name.len() <= MAX_BYTES {
        return Cow::Borrowed(name);
    }
    let begin = &name[..name.floor_char_boundary(KEPT_BYTES)];
    let digest = format!("{:x}", Sha256::digest(name));
    Cow::Owned(format!("{begin}… ({} bytes, SHA-256 {}…)", name.len(), &digest[..16]))
}

/// The maximum number of keys to count by: more than a configuration has rules.
const MAX_KEYS: usize = 10_000;

/// The key to count a name by: the name, or `other` if there are too many keys.
pub(crate) fn key<'n, V>(counts: &BTreeMap<String, V>, name: &'n str) -> Cow<'n, str> {
    let name = bounded(name);
    match counts.len() < MAX_KEYS || counts.contains_key(&*name) {
        true => name,
        false => Cow::Borrowed("other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let longest = "a".repeat(MAX_BYTES);
        assert_eq!(bounded(&longest), longest);
        let [a, b] = ["a", "b"].map(|end| format!("{}{end}", "関".repeat(10_000)));
        let (a, b) = (bounded(&a), bounded(&b));
        assert_ne!(a, b);
        assert!(a.starts_with(&"関".repeat(53)) && a.contains("… (30001 bytes, SHA-256 "), "{a}");
        assert!(a.len() <= MAX_BYTES, "{a}");
    }

    #[test]
    fn the_number_of_keys_is_bounded() {
        let mut counts = BTreeMap::new();
        for n in 0..2 * MAX_KEYS {
            *counts.entry(key(&counts, &n.to_string()).into_owned()).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), MAX_KEYS + 1);
        assert_eq!(counts["other"], MAX_KEYS);
        assert_eq!(key(&counts, "0"), "0");
    }
}
