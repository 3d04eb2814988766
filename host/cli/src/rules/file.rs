//! The format of rule files. The JSON Schema in `rules.schema.json` is generated from these types.
//!
//! Rules and tests are deserialized one by one, so that an error in one does not hide errors in the
//! others.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// Rules for AWS sign-ins and other CloudTrail records.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Rules of sekisho")]
pub(crate) struct RuleFile<'a> {
    /// The name of the field with the verdict in annotated records; `signin` by default.
    #[serde(borrow)]
    #[schemars(with = "Option<String>", length(min = 1, max = 256))]
    pub(crate) field: Option<&'a RawValue>,
    /// Where records are in the input, instead of a search: paths, each of keys with dots between
    /// them. The first that leads to an object is used.
    #[serde(borrow)]
    #[schemars(with = "Option<Vec<String>>", length(max = 16))]
    pub(crate) record: Option<&'a RawValue>,
    /// The rules.
    #[serde(borrow)]
    #[schemars(with = "Option<Vec<Rule<'a>>>")]
    pub(crate) rules: Option<Vec<&'a RawValue>>,
    /// Matches that are known and expected: they count for no correlation.
    #[serde(borrow)]
    #[schemars(with = "Option<Vec<Silence>>")]
    pub(crate) silence: Option<Vec<&'a RawValue>>,
    /// Changes of rules in this file and in those before it, built-in ones too.
    #[serde(borrow)]
    #[schemars(with = "Option<Vec<Tune<'a>>>")]
    pub(crate) tune: Option<Vec<&'a RawValue>>,
}

/// Records and attempts that are silenced: all that is named must hold. At least one of the first
/// five keys is required.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the engine reads entries; this is for the schema")]
pub(crate) struct Silence {
    /// Ids of rules: silences these alone. For a correlation it keeps matches from counting.
    #[schemars(length(min = 1))]
    rules: Option<Vec<String>>,
    /// The id to count by of a user or role session, in any case of letters.
    #[schemars(length(min = 1, max = 256))]
    identity: Option<String>,
    /// The account id.
    #[schemars(length(min = 1, max = 256))]
    account: Option<String>,
    /// An IP address, or a range of them such as 192.0.2.0/24.
    #[schemars(length(min = 1, max = 256))]
    source_ip: Option<String>,
    /// The user agent, in which `*` is any text.
    #[schemars(length(min = 1, max = 256))]
    user_agent: Option<String>,
    /// Why these matches are expected.
    #[schemars(length(min = 1, max = 256))]
    reason: String,
    /// The entry holds for events before this time, such as 2025-12-31T00:00:00Z.
    until: String,
}

/// What is changed of a rule. Of several changes the last one decides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tune<'a> {
    /// The id of the rule.
    #[serde(borrow)]
    #[schemars(with = "String")]
    pub(crate) id: &'a RawValue,
    /// Whether the rule is in effect.
    pub(crate) enabled: Option<bool>,
    /// How important a match is.
    pub(crate) severity: Option<Severity>,
    /// The required number of an `event_count` or `value_count`.
    #[serde(borrow)]
    #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
    pub(crate) count: Option<&'a RawValue>,
    /// The timespan of a correlation.
    #[serde(borrow)]
    #[schemars(with = "Option<String>", regex(pattern = "^[0-9]+[smhd]$"))]
    pub(crate) timespan: Option<&'a RawValue>,
}

/// A rule: what it matches, and how matches are reported.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule<'a> {
    /// The unique name of the rule in output, without white space.
    #[schemars(length(min = 1, max = 256), regex(pattern = r"^\S+$"))]
    pub(crate) id: String,
    /// How important a match is.
    pub(crate) severity: Severity,
    /// What a match means.
    pub(crate) description: String,
    /// What the rule is about, as in Sigma: for a technique of MITRE ATT&CK `attack.t1110.003`.
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// Pages that explain the rule, or rules that look for the same.
    #[serde(default)]
    pub(crate) references: Vec<String>,
    /// An Amazon EventBridge event pattern. A pattern with `detail` or `detail-type` is matched
    /// against the EventBridge event, one with `attempt` against attempts to sign in, and any other
    /// against the record. `signin` is the verdict on a record.
    #[serde(borrow)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(crate) pattern: Option<&'a RawValue>,
    /// Instead of a pattern: counts or orders the matches of other rules.
    #[serde(borrow)]
    #[schemars(with = "Option<Correlation>")]
    pub(crate) correlation: Option<&'a RawValue>,
    /// Events, and the expected result of the rule.
    #[serde(borrow, default)]
    #[schemars(with = "Vec<Test<'a>>")]
    pub(crate) tests: Vec<&'a RawValue>,
}

/// A correlation of the matches of other rules, in the terms of Sigma.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) struct Correlation {
    /// How matches are correlated.
    #[schemars(rename = "type")]
    correlation_type: CorrelationType,
    /// The ids of rules with a pattern. For `temporal_ordered` at least two, in their order.
    #[schemars(length(min = 1))]
    rules: Vec<String>,
    /// Only matches with the same values of these fields are correlated.
    #[serde(default)]
    group_by: Vec<IdentityField>,
    /// The maximum time between the first match and the last: 1s to 30d.
    #[schemars(regex(pattern = "^[0-9]+[smhd]$"))]
    timespan: String,
    /// The required number; not with `temporal_ordered`.
    condition: Option<Condition>,
}

/// How matches are correlated.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) enum CorrelationType {
    /// The number of records or attempts.
    EventCount,
    /// The number of distinct values of a field.
    ValueCount,
    /// A match of each rule, in the order of the rules.
    TemporalOrdered,
}

/// A field that identifies who signed in.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) enum IdentityField {
    /// The account that received the record.
    Account,
    /// The unique id of the user or role session.
    PrincipalId,
    /// The user name, as recorded.
    User,
    /// The source IP address; the name of a host is not counted.
    SourceIp,
    /// The id to count by: the same for all records of one person or role session.
    Identity,
}

/// The required number: either `gte` or `gt`.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) struct Condition {
    /// At least this many.
    #[schemars(range(min = 1, max = 1000))]
    gte: Option<u32>,
    /// More than this many.
    #[schemars(range(min = 0, max = 999))]
    gt: Option<u32>,
    /// The field whose distinct values are counted; only with `value_count`.
    field: Option<IdentityField>,
}

/// A test of a rule.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test<'a> {
    /// What the test shows.
    pub(crate) name: Option<String>,
    /// A CloudTrail record or an EventBridge event, for a rule with a pattern for records.
    #[serde(borrow)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(crate) event: Option<&'a RawValue>,
    /// Records or events in order, for any other rule. An event without `eventTime` is one second
    /// after the previous one; an event without `eventID` gets one.
    #[serde(borrow)]
    #[schemars(with = "Option<Vec<Element>>")]
    pub(crate) events: Option<&'a RawValue>,
    /// Whether the rule must match the event, or any attempt that the events make.
    #[serde(rename = "match")]
    pub(crate) matches: Option<bool>,
    /// The expected number of findings of a correlation.
    pub(crate) findings: Option<u64>,
}

/// An element of `events`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "elements are read one by one; this is for the schema")]
pub(crate) enum Element {
    /// Copies of an event.
    Copies(Copies),
    /// One event.
    Event(Map<String, Value>),
}

/// Copies of an event.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Copies {
    /// The number of copies.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) times: u32,
    /// The time between the copies, such as 30s; 1s by default.
    #[schemars(regex(pattern = "^[0-9]+[smhd]$"))]
    pub(crate) every: Option<String>,
    /// The event. Each copy gets a unique `eventID`, and its number, from 1, in place of `{n}` in
    /// strings.
    pub(crate) event: Map<String, Value>,
}

/// How important a match is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Useful context.
    Informational,
    /// To review from time to time.
    Low,
    /// To review the same day.
    Medium,
    /// To review at once.
    High,
    /// To alert somebody about, day or night.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Informational => "informational",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;

    #[test]
    fn the_schema_matches_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/rules.schema.json");
        let schema = schemars::schema_for!(RuleFile<'_>);
        let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if env::var_os("BLESS").is_some() {
            fs::write(path, &schema).unwrap();
        }
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(committed == schema, "rules.schema.json is outdated: run this test with BLESS=1");
    }
}
