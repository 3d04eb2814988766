//! The form of a verdict: what a module may return as one. An event of ECS or OCSF is another form.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// The keys with which every verdict begins.
const KEYS: [&str; 6] = ["kind", "outcome", "reason", "principal", "mfa", "user_exists"];

/// The keys with which an event of ECS or OCSF begins.
const EVENT_KEYS: [&str; 3] = ["@timestamp", "ecs", "category_uid"];

const EVENT_STARTS: [&[u8]; 3] = [b"{\"@timestamp\"", b"{\"ecs\"", b"{\"category_uid\""];

/// How the members of an event of ECS begin that are added to the top of a record, after a comma. No
/// field with a verdict or an event begins like this.
const TOP_LEVEL_STARTS: [&[u8]; 2] = [br#""@timestamp":""#, br#""ecs":{"version":"#];

/// An event has texts of its record, some of them several times and with more escapes.
const BYTES_PER_RECORD_BYTE: usize = 36;

/// The most bytes of a verdict without what its configuration adds, and with keys of later versions.
const FIXED_BYTES: usize = 1024;

/// A verdict lists the ids of rules, twice if they are silenced, and positions of entries. In the
/// configuration, each takes some times the bytes that it takes here.
const BYTES_PER_CONFIGURED_BYTE: usize = 8;

/// The most bytes of the field that `sekisho_annotate` adds, without the verdict: a name of 256 bytes
/// in JSON.
pub(crate) const FIELD_BYTES: usize = 8 * 256;

/// Whether these are the members of an event rather than a field.
pub(crate) fn are_members(added: &[u8]) -> bool {
    TOP_LEVEL_STARTS.iter().any(|start| added.starts_with(start))
}

/// The most bytes of a verdict, which follows from the bytes of the rules: those of the
/// configuration, and those that may be inside the module. Not from what the module describes as
/// `verdict_bytes`: a hostile one describes what it likes, and a call may fail.
fn verdict_limit(rules_bytes: usize) -> usize {
    rules_bytes.saturating_mul(BYTES_PER_CONFIGURED_BYTE).saturating_add(FIXED_BYTES)
}

/// The most bytes of a result for a record of so many bytes, which may be an event.
pub(crate) fn result_limit(result: &[u8], rules_bytes: usize, record_bytes: usize) -> usize {
    let texts = record_bytes.saturating_mul(BYTES_PER_RECORD_BYTE);
    let is_event = EVENT_STARTS.iter().any(|start| result.starts_with(start));
    verdict_limit(rules_bytes).saturating_add(if is_event { texts } else { 0 })
}

/// Checks that it is a JSON object that begins with [`KEYS`], or with one of [`EVENT_KEYS`].
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
        for (index, key) in KEYS.into_iter().enumerate() {
            let found = map.next_key::<&str>()?;
            if index == 0 && found.is_some_and(|found| EVENT_KEYS.contains(&found)) {
                map.next_value::<IgnoredAny>()?;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Form);
            }
            if found != Some(key) {
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
    fn accepts_events() {
        for event in [r#"{"@timestamp":"x","a":[1]}"#, r#"{"ecs":{}}"#, r#"{"category_uid":3}"#] {
            assert_eq!(check(event.as_bytes()), Ok(()), "{event}");
        }
        for other in [r#"{"event":{}}"#, r#"{"ecs":{}"#, r#"{"ecs":{},}"#] {
            check(other.as_bytes()).expect_err(other);
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
