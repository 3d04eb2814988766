//! The form of a verdict: what a module may return as one.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// The keys with which every verdict begins.
const KEYS: [&str; 6] = ["kind", "outcome", "reason", "principal", "mfa", "user_exists"];

/// The most bytes of a verdict without what its configuration adds, and with keys of later versions.
const FIXED_BYTES: usize = 1024;

/// A verdict lists the ids of rules, twice if they are silenced, and positions of entries. In the
/// configuration, each takes some times the bytes that it takes here.
const BYTES_PER_CONFIGURED_BYTE: usize = 8;

/// The most bytes of the field that `sekisho_annotate` adds, without the verdict: a name of 256 bytes
/// in JSON.
const FIELD_BYTES: usize = 8 * 256;

/// The most bytes of a verdict, which follows from the bytes of the rules: those of the
/// configuration, and those that may be inside the module. Not from what the module describes as
/// `verdict_bytes`: a hostile one describes what it likes, and a call may fail.
pub(crate) fn verdict_limit(rules_bytes: usize) -> usize {
    rules_bytes.saturating_mul(BYTES_PER_CONFIGURED_BYTE).saturating_add(FIXED_BYTES)
}

/// The most bytes that `sekisho_annotate` adds to a record.
pub(crate) fn addition_limit(rules_bytes: usize) -> usize {
    verdict_limit(rules_bytes).saturating_add(FIELD_BYTES)
}

/// Checks that it is a JSON object that begins with [`KEYS`].
///
/// # Errors
/// What is wrong.
pub(crate) fn check(verdict: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(verdict).map_err(|error| error.to_string())?;
    match serde_json::from_str(text) {
        Ok(Form) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

struct Form;

impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FormVisitor)
    }
}

struct FormVisitor;

impl<'de> Visitor<'de> for FormVisitor {
    type Value = Form;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a verdict")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Form, A::Error> {
        for key in KEYS {
            if map.next_key::<&str>()? != Some(key) {
                return Err(A::Error::custom(format_args!("expected the key `{key}`")));
            }
            map.next_value::<Option<&str>>()?;
        }
        while let Some(key) = map.next_key::<String>()? {
            if KEYS.contains(&&*key) {
                return Err(A::Error::custom(format_args!("found the key `{key}` twice")));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERDICT: &str = r#"{"kind":"role_exit","outcome":"success","reason":null,"principal":"iam_user","mfa":"unknown","user_exists":"yes""#;

    #[test]
    fn accepts_verdicts_and_later_keys() {
        for more in
            ["}", r#","rules":["a","é"],"silenced":[],"silenced_by":[7]}"#, r#","x":{"kind":1}}"#]
        {
            assert_eq!(check(format!("{VERDICT}{more}").as_bytes()), Ok(()), "{more}");
        }
    }

    #[test]
    fn rejects_everything_else() {
        let other = |from: &str, to: &str| format!("{VERDICT}}}").replace(from, to).into_bytes();
        for (verdict, message) in [
            (b"".to_vec(), "EOF while parsing a value at line 1 column 0"),
            (b"[]".to_vec(), "expected a verdict"),
            (b"{}".to_vec(), "expected the key `kind`"),
            (VERDICT.as_bytes().to_vec(), "EOF"),
            (format!("{VERDICT}}}}}").into_bytes(), "trailing characters"),
            (format!(r#"{VERDICT},"kind":"x"}}"#).into_bytes(), "found the key `kind` twice"),
            (format!(r#"{VERDICT},"x":"#).into_bytes(), "EOF"),
            (other("kind", "kin"), "expected the key `kind`"),
            (other("null", "7"), "invalid type: integer `7`"),
            (other(r#","mfa":"unknown""#, ""), "expected the key `mfa`"),
            (other("yes", "\u{1}"), "control character"),
            ([&VERDICT.as_bytes()[..30], b"\xff"].concat(), "invalid utf-8"),
        ] {
            let error = check(&verdict).expect_err("an error");
            assert!(error.contains(message), "{}: {error}", verdict.escape_ascii());
        }
    }
}
