//! What a file of rules holds. The JSON Schema in `rules.schema.json` is made of these types.
//!
//! Rules and tests are kept as JSON and read one by one, so that what is wrong with one does not
//! hide what is wrong with the next.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
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
    /// against the EventBridge event, any other against the record; `signin` is the verdict.
    #[serde(borrow)]
    #[schemars(with = "Map<String, Value>")]
    pub(crate) pattern: &'a RawValue,
    /// Events that the rule must match, or must not.
    #[serde(borrow, default)]
    #[schemars(with = "Vec<Test<'a>>")]
    pub(crate) tests: Vec<&'a RawValue>,
}

/// An event, and whether the rule matches it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test<'a> {
    /// What the test shows.
    pub(crate) name: Option<String>,
    /// A CloudTrail record or an EventBridge event.
    #[serde(borrow)]
    #[schemars(with = "Map<String, Value>")]
    pub(crate) event: &'a RawValue,
    /// Whether the rule must match it.
    #[serde(rename = "match")]
    pub(crate) matches: bool,
}

/// How much a match matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
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
