//! What a file of rules holds. The JSON Schema in `rules.schema.json` is made of these types.
//!
//! Rules and tests are kept as JSON and read one by one, so that what is wrong with one does not
//! hide what is wrong with the next.

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
    /// Name of the field with the verdict in annotated records; `signin` by default.
    #[serde(borrow)]
    #[schemars(with = "Option<String>", length(min = 1, max = 256))]
    pub(crate) field: Option<&'a RawValue>,
    /// The rules.
    #[serde(borrow)]
    #[schemars(with = "Vec<Rule<'a>>")]
    pub(crate) rules: Vec<&'a RawValue>,
}

/// A rule: what it looks for, and how it is told.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule<'a> {
    /// What the rule is called in output, without white space. No other rule has it.
    #[schemars(length(min = 1, max = 256), regex(pattern = r"^\S+$"))]
    pub(crate) id: String,
    /// How much a match matters.
    pub(crate) severity: Severity,
    /// What a match means, in a sentence.
    pub(crate) description: String,
    /// An Amazon EventBridge event pattern. One that names `detail` or `detail-type` is matched
    /// against the EventBridge event, one that names `attempt` against attempts to sign in, any
    /// other against the record; `signin` is the verdict on a record.
    #[serde(borrow)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(crate) pattern: Option<&'a RawValue>,
    /// In place of a pattern: what is counted of what other rules match.
    #[serde(borrow)]
    #[schemars(with = "Option<Correlation>")]
    pub(crate) correlation: Option<&'a RawValue>,
    /// Events, and what the rule must say of them.
    #[serde(borrow, default)]
    #[schemars(with = "Vec<Test<'a>>")]
    pub(crate) tests: Vec<&'a RawValue>,
}

/// What is counted, in the terms of Sigma's correlation rules.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) struct Correlation {
    /// The sort of counting.
    #[schemars(rename = "type")]
    sort: Sort,
    /// The ids of rules with a pattern; of `temporal_ordered` in their order, at least two.
    #[schemars(length(min = 1))]
    rules: Vec<String>,
    /// What is counted together has the same values of these.
    #[serde(default)]
    group_by: Vec<Field>,
    /// What is counted lies at most this far apart: 1s to 30d.
    #[schemars(regex(pattern = "^[0-9]+[smhd]$"))]
    timespan: String,
    /// How many there must be; not with `temporal_ordered`.
    condition: Option<Condition>,
}

/// The sorts of counting.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) enum Sort {
    /// So many records or attempts.
    EventCount,
    /// So many different values of a field of theirs.
    ValueCount,
    /// One of each rule, one after the other.
    TemporalOrdered,
}

/// What is known of who it was.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) enum Field {
    /// The account that received the record.
    Account,
    /// The one safe id of a person or role session.
    PrincipalId,
    /// The user's name, as the record gives it.
    User,
    /// Where from.
    SourceIp,
}

/// How many there must be: either of `gte` and `gt`.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the engine reads correlations; this is for the schema")]
pub(crate) struct Condition {
    /// So many or more.
    #[schemars(range(min = 1, max = 1000))]
    gte: Option<u32>,
    /// More than so many.
    #[schemars(range(min = 0, max = 999))]
    gt: Option<u32>,
    /// Whose values are counted; with `value_count` only.
    field: Option<Field>,
}

/// What a rule says of an event, or of several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test<'a> {
    /// What the test shows.
    pub(crate) name: Option<String>,
    /// A CloudTrail record or an EventBridge event, for a rule that matches records.
    #[serde(borrow)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub(crate) event: Option<&'a RawValue>,
    /// Records or events one after the other, for any other rule. One without `eventTime` comes a
    /// second after the one before; one without `eventID` gets one.
    #[serde(borrow)]
    #[schemars(with = "Option<Vec<Element>>")]
    pub(crate) events: Option<&'a RawValue>,
    /// Whether the rule must match the event; of several, any attempt that they make.
    #[serde(rename = "match")]
    pub(crate) matches: Option<bool>,
    /// How many findings a rule with a correlation must have.
    pub(crate) findings: Option<u64>,
}

/// An element of `events`.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "elements are read one by one; this is for the schema")]
pub(crate) enum Element {
    /// The same event several times.
    Copies(Copies),
    /// One event.
    Event(Map<String, Value>),
}

/// The same event several times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Copies {
    /// How many times.
    #[schemars(range(min = 1, max = 10_000))]
    pub(crate) times: u32,
    /// How far the copies lie apart, such as 30s; a second by default.
    #[schemars(regex(pattern = "^[0-9]+[smhd]$"))]
    pub(crate) every: Option<String>,
    /// The event. Each copy has an `eventID` of its own, and its number from 1 in place of `{n}` in
    /// texts.
    pub(crate) event: Map<String, Value>,
}

/// How much a match matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Good to know.
    Informational,
    /// Worth a look now and then.
    Low,
    /// Worth a look today.
    Medium,
    /// Worth a look now.
    High,
    /// Worth waking somebody.
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
    fn the_schema_is_that_of_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/rules.schema.json");
        let schema = schemars::schema_for!(RuleFile<'_>);
        let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if env::var_os("BLESS").is_some() {
            fs::write(path, &schema).unwrap();
        }
        let committed = fs::read_to_string(path).unwrap_or_default();
        assert!(committed == schema, "rules.schema.json is old: run the test with BLESS=1");
    }
}
