//! Configures the module with rules.

use sekisho_host::{Error, Filter};
use serde::Serialize;
use serde_json::value::RawValue;

use super::file::Severity;
use super::rule::{Definition, Rule, Rules};
use crate::failure::Failure;

/// The configuration of a module.
#[derive(Serialize)]
struct Configuration<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    rules: Vec<ConfiguredRule<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    silence: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tune: &'a [Box<RawValue>],
}

#[derive(Serialize)]
struct ConfiguredRule<'a> {
    id: &'a str,
    severity: Severity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<&'a RawValue>,
}

/// The JSON that configures a module, or the engine, with these rules.
pub(crate) fn configuration(rules: &Rules) -> Vec<u8> {
    let configured = |rule| {
        let Rule { id, severity, definition, .. }: &Rule = rule;
        let (pattern, correlation): (Option<&RawValue>, _) = match definition {
            Definition::Record(pattern) | Definition::Attempt(pattern) => (Some(pattern), None),
            Definition::Correlation(correlation) => (None, Some(&**correlation)),
        };
        ConfiguredRule { id, severity: *severity, pattern, correlation }
    };
    let configuration = Configuration {
        field: rules.field.as_deref(),
        rules: rules.rules.iter().map(configured).collect(),
        silence: rules.silence.iter().map(|entry| &*entry.json).collect(),
        tune: &rules.tune,
    };
    serde_json::to_vec(&configuration).expect("writing to memory does not fail")
}

/// Configures an instance of the module with these rules.
///
/// # Errors
/// [`Failure::Usage`], if the module refuses the rules; [`Failure::Module`], if it fails.
pub(crate) fn configure(filter: &mut Filter, rules: &Rules) -> Result<(), Failure> {
    filter.configure(&configuration(rules)).map_err(|error| match error {
        Error::Refused(refusal) => Failure::Usage {
            message: format!("the module refuses the rules: {refusal}"),
            advice: "run `sekisho rules check` with the same rules to see what is wrong",
        },
        error => Failure::Module {
            message: format!("the module failed on the rules: {error}"),
            advice: "try fewer or simpler rules",
        },
    })
}
