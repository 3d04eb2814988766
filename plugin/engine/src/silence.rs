//! Events that are known and expected: who is silenced, for which rules, until when.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sekisho_attempts::{
    Identity, IdentityField, Key, MAX_TEXT_BYTES, Time, name_identity, parse_time,
};
use sekisho_rules::{AddressRange, Wildcard};
use sekisho_scan::{Reader, Value};

use crate::error::ConfigurationError;
use crate::members::{Unknown, expected, members, texts};

/// An entry of the configuration's `silence`.
///
/// Tools that check entries read them one by one; a [`Configuration`](crate::Configuration) reads
/// its entries itself.
///
/// ```
/// let entry = sekisho::Silence::parse(
///     br#"{"source_ip":"192.0.2.0/24","reason":"our scanner","until":"2025-06-30T00:00:00Z"}"#,
/// )?;
/// assert_eq!((entry.reason(), entry.until()), ("our scanner", 1_751_241_600_000));
/// # Ok::<(), sekisho::ConfigurationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Silence {
    until: Time,
    reason: String,
    /// The ids of the rules, and the offset of each; `None` for all rules.
    rules: Option<Vec<(String, usize)>>,
    /// In lower case.
    identity: Option<String>,
    account: Option<String>,
    source_ip: Option<AddressRange>,
    user_agent: Option<UserAgent>,
}

#[derive(Clone, Debug)]
struct UserAgent {
    /// The key of its text.
    key: Key,
    wildcard: Wildcard,
}

impl Silence {
    /// Reads an entry from JSON, without checking that its rules exist.
    ///
    /// # Errors
    /// The same as for [`Configuration::parse`](crate::Configuration::parse) with `strict` set.
    /// Offsets count from the start of the entry.
    pub fn parse(json: &[u8]) -> Result<Self, ConfigurationError> {
        let mut reader = Reader::new(json);
        let value = reader.value()?;
        reader.finish()?;
        let mut unknown = None;
        let entry = Silence::read(value, &mut unknown)?;
        match unknown {
            Some((key, offset)) => {
                Err(ConfigurationError::UnknownKey { key: key.to_string(), offset })
            }
            None => Ok(entry),
        }
    }

    /// The ids of the rules that it names, and the offset of each in the JSON.
    pub fn rules(&self) -> impl Iterator<Item = (&str, usize)> {
        self.rules.iter().flatten().map(|(id, offset)| (id.as_str(), *offset))
    }

    /// Whether it silences all rules.
    #[must_use]
    pub fn names_no_rules(&self) -> bool {
        self.rules.is_none()
    }

    /// Why these events are silenced.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The time of the first event that is not silenced any more.
    #[must_use]
    pub fn until(&self) -> Time {
        self.until
    }

    /// Reads an element of `silence`.
    #[inline(never)]
    pub(crate) fn read<'c>(
        value: Value<'c>,
        unknown: &mut Unknown<'c>,
    ) -> Result<Self, ConfigurationError> {
        let known = ["until", "reason", "rules", "identity", "account", "source_ip", "user_agent"];
        let mut values = [None; 7];
        if !members(value, &known, &mut values, unknown)? {
            return Err(expected("silence", "an object for each entry", value.offset));
        }
        let [until, reason, conditions @ ..] = values;
        if conditions.iter().all(Option::is_none) {
            return Err(expected("silence", CONDITIONS, value.offset));
        }
        let mut entry = Silence {
            until: read_time(until.unwrap_or(value))?,
            reason: short_text("reason", reason.unwrap_or(value))?,
            rules: None,
            identity: None,
            account: None,
            source_ip: None,
            user_agent: None,
        };
        let [rules, identity, account, source_ip, user_agent] = conditions;
        if let Some(value) = rules {
            entry.rules = Some(read_rules(value)?);
        }
        if let Some(value) = identity {
            entry.identity = Some(read_identity(value)?);
        }
        if let Some(value) = account {
            entry.account = Some(short_text("account", value)?);
        }
        if let Some(value) = source_ip {
            entry.source_ip = Some(read_range(value)?);
        }
        if let Some(value) = user_agent {
            entry.user_agent = Some(read_user_agent(value)?);
        }
        Ok(entry)
    }

    /// The key of its user agent, if that of an event is one.
    pub(crate) fn user_agent(&self, agent: &str) -> Option<Key> {
        let wanted = self.user_agent.as_ref()?;
        wanted.wildcard.matches(agent.as_bytes()).then_some(wanted.key)
    }

    /// Whether all that it names holds for an event at this time. `user_agents` are the keys of the
    /// user agents that the event has.
    #[cold]
    pub(crate) fn fits(&self, time: Time, identity: &Identity, user_agents: &[Key]) -> bool {
        let value = |field| identity.get(field).unwrap_or_default();
        time < self.until
            && self.account.as_ref().is_none_or(|wanted| *wanted == value(IdentityField::Account))
            && self.identity.as_ref().is_none_or(|wanted| {
                name_identity(value(IdentityField::Identity)).is_some_and(|id| *wanted == *id)
            })
            && self.source_ip.is_none_or(|wanted| wanted.covers(value(IdentityField::SourceIp)))
            && self.user_agent.as_ref().is_none_or(|wanted| user_agents.contains(&wanted.key))
    }
}

const CONDITIONS: &str = "`rules`, `identity`, `account`, `source_ip` or `user_agent` in each entry \
                          (an entry without them would silence everything)";

fn read_time(value: Value<'_>) -> Result<Time, ConfigurationError> {
    let time = value.text().and_then(|text| parse_time(text.raw()));
    time.ok_or_else(|| expected("until", "a time such as \"2025-12-31T00:00:00Z\"", value.offset))
}

fn read_rules(value: Value<'_>) -> Result<Vec<(String, usize)>, ConfigurationError> {
    const IDS: &str = "a list of ids of rules";
    let rules = texts("rules", IDS, value)?;
    if rules.is_empty() { Err(expected("rules", IDS, value.offset)) } else { Ok(rules) }
}

/// Reads a text that is not longer than what is kept of the fields that it is compared with.
#[inline(never)]
fn short_text(key: &'static str, value: Value<'_>) -> Result<String, ConfigurationError> {
    let text = value.text().filter(|text| (1..=MAX_TEXT_BYTES).contains(&text.raw().len()));
    text.map(|text| text.to_string())
        .ok_or_else(|| expected(key, "a string of 1 to 256 bytes", value.offset))
}

/// Reads an id to count by, in lower case.
fn read_identity(value: Value<'_>) -> Result<String, ConfigurationError> {
    let text = short_text("identity", value)?;
    let identity = name_identity(&text).map(Cow::into_owned);
    identity.ok_or_else(|| expected("identity", "who it is (an account is nobody)", value.offset))
}

fn read_range(value: Value<'_>) -> Result<AddressRange, ConfigurationError> {
    AddressRange::from_text(&short_text("source_ip", value)?).ok_or_else(|| {
        let range = "an IP address or a range such as \"192.0.2.0/24\"";
        expected("source_ip", range, value.offset)
    })
}

fn read_user_agent(value: Value<'_>) -> Result<UserAgent, ConfigurationError> {
    let text = short_text("user_agent", value)?;
    let wildcard = Wildcard::parse(text.as_bytes()).map_err(|_| {
        let wildcard = "a text, in which `*` is any text and `\\*` a star,";
        expected("user_agent", wildcard, value.offset)
    })?;
    Ok(UserAgent { key: Key::new(0, &[Some(&text)]), wildcard })
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    const ENTRY: &str = r#"{"rules":["a"],"identity":"Mika@Example.com","source_ip":"192.0.2.0/24","account":"111122223333","user_agent":"scanner/*","reason":"ours","until":"2025-06-30T00:00:00Z"}"#;

    fn parse(part: &str, other: &str) -> Result<Silence, ConfigurationError> {
        assert!(ENTRY.contains(part), "{part}");
        Silence::parse(ENTRY.replacen(part, other, 1).as_bytes())
    }

    #[test]
    fn all_that_an_entry_names_must_hold() {
        let entry = parse("", "").unwrap();
        assert_eq!(entry.rules().collect::<Vec<_>>(), [("a", 10)]);
        let agents = [entry.user_agent("scanner/1").unwrap()];
        assert_eq!(entry.user_agent("curl/8"), None);
        let (time, values) = (
            entry.until() - 1,
            [Some("111122223333"), None, None, Some("192.0.2.7"), Some("mika@example.com")],
        );
        assert!(entry.fits(time, &Identity::new(values), &agents));
        assert!(!entry.fits(time + 1, &Identity::new(values), &agents));
        assert!(!entry.fits(time, &Identity::new(values), &[]));
        for (index, other) in [
            (0, Some("444455556666")),
            (0, None),
            (3, Some("198.51.100.7")),
            (3, Some("sso.amazonaws.com")),
            (3, None),
            (4, Some("mika")),
            (4, None),
        ] {
            let mut values = values;
            values[index] = other;
            assert!(!entry.fits(time, &Identity::new(values), &agents), "{index} {other:?}");
        }
    }

    #[test]
    fn rejects_entries_that_are_mistakes() {
        let conditions = &ENTRY[1..ENTRY.find("\"reason\"").unwrap()];
        for (part, other, place, message) in [
            (ENTRY, "7", "7", "expected an object for each entry as `silence`"),
            (conditions, "", "{", "(an entry without them would silence everything)"),
            (r#""reason":"ours","#, "", "{", "a string of 1 to 256 bytes as `reason`"),
            ("ours", "", "\"\",\"until", "a string of 1 to 256 bytes as `reason`"),
            (r#","until":"2025-06-30T00:00:00Z""#, "", "{", "as `until`"),
            ("T00:00:00Z", "", "\"2025-06-30\"", "a time such as"),
            (r#"["a"]"#, "[]", "[]", "a list of ids of rules as `rules`"),
            (r#"["a"]"#, r#"["a",7]"#, "7]", "a list of ids of rules as `rules`"),
            ("\"Mika@Example.com\"", "null", "null", "as `identity`"),
            ("Mika@Example.com", "111122223333", "\"111122223333\",\"source", "is nobody"),
            ("192.0.2.0/24", "192.0.2.0/33", "\"192", "an IP address or a range"),
            ("192.0.2.0/24", "host.example.com", "\"host", "an IP address or a range"),
            ("\"111122223333\"", "111122223333", "1111", "as `account`"),
            ("scanner/*", "**", "\"**", "as `user_agent`"),
            ("\"reason\"", "\"x\":7,\"reason\"", "7", "`x`, whose value is"),
        ] {
            let error = parse(part, other).unwrap_err().to_string();
            let offset = ENTRY.replacen(part, other, 1).find(place).expect(place);
            assert!(error.contains(message), "{error}");
            assert!(error.contains(&format!(" at byte {offset}")), "{error}: {offset}");
        }
    }
}
