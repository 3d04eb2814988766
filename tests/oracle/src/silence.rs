//! Which events an entry of `silence` fits, line by line of its table in `plugin/ABI.md`.

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::Value;

use crate::arrival::process;
use crate::identity::{account, identity};
use crate::pattern::wildcard;

/// What the lines of the table are about.
struct Event<'a> {
    time: Option<&'a str>,
    identity: Option<String>,
    account: Option<&'a str>,
    source_ip: Option<&'a str>,
    /// That of each record.
    user_agents: Vec<Option<&'a str>>,
}

/// Whether an entry fits a sign-in record, whatever rules it names.
///
/// # Panics
/// If the entry is not valid.
pub fn silences_record(entry: &Value, record: &Value) -> bool {
    let Ok(Some(verdict)) = process(record.to_string().as_bytes()) else { return false };
    let event = Event {
        time: record["eventTime"].as_str(),
        identity: identity(record, &verdict),
        account: account(record),
        source_ip: record["sourceIPAddress"].as_str(),
        user_agents: vec![record["userAgent"].as_str()],
    };
    fits(entry, &event)
}

/// Whether an entry fits an attempt, whatever rules it names. `line` is its line, and `records` are
/// those that it is made of.
///
/// # Panics
/// If the entry is not valid.
pub fn silences_attempt(entry: &Value, line: &Value, records: &[&Value]) -> bool {
    let event = Event {
        time: line["last_time"].as_str(),
        identity: line["identity"].as_str().map(str::to_owned),
        account: line["account"].as_str(),
        source_ip: line["source_ip"].as_str(),
        user_agents: records.iter().map(|record| record["userAgent"].as_str()).collect(),
    };
    fits(entry, &event)
}

fn fits(entry: &Value, event: &Event<'_>) -> bool {
    let named = |key: &str| entry[key].as_str();
    let until: Timestamp = named("until").expect("a time").parse().expect("a time");
    let is_before_end = |time: &str| time.parse::<Timestamp>().is_ok_and(|time| time < until);
    event.time.is_some_and(is_before_end)
        && named("identity").is_none_or(|wanted| {
            let is_wanted = |id: &String| id.to_lowercase() == wanted.to_lowercase();
            event.identity.as_ref().is_some_and(is_wanted)
        })
        && named("account").is_none_or(|wanted| event.account == Some(wanted))
        && named("source_ip")
            .is_none_or(|wanted| event.source_ip.is_some_and(|source| is_in_range(source, wanted)))
        && named("user_agent").is_none_or(|wanted| {
            let is_wanted =
                |agent: &Option<&str>| agent.is_some_and(|agent| wildcard(wanted, agent));
            event.user_agents.iter().all(is_wanted)
        })
}

/// Whether a text is an address in a range, or the one address.
fn is_in_range(text: &str, range: &str) -> bool {
    let Some((address, length)) = bits(text) else { return false };
    let (base, prefix) = range.split_once('/').unwrap_or((range, ""));
    let (base, base_length) = bits(base).expect("an address");
    let prefix = if prefix.is_empty() { base_length } else { prefix.parse().expect("a number") };
    let first = |bits: u128| bits.checked_shr(length - prefix).unwrap_or(0);
    length == base_length && first(address) == first(base)
}

/// The bits of an address, and how many there are.
fn bits(text: &str) -> Option<(u128, u32)> {
    Some(match text.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => (address.to_bits().into(), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    })
}
