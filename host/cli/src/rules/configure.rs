//! Rules on their way into the module.

use sekisho_host::{Error, Filter};
use serde::Serialize;
use serde_json::value::RawValue;

use super::file::Severity;
use super::load::{Asks, Rule, Rules};
use crate::failure::Failure;

/// The configuration of the module.
#[derive(Serialize)]
struct Configuration<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    rules: Vec<ConfiguredRule<'a>>,
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

/// Rules as the JSON that configures a module, or the engine.
pub(crate) fn configuration(rules: &Rules) -> Vec<u8> {
    let configured = |rule| {
        let Rule { id, severity, asks, .. }: &Rule = rule;
        let (pattern, correlation): (Option<&RawValue>, _) = match asks {
            Asks::Record(pattern) | Asks::Attempt(pattern) => (Some(pattern), None),
            Asks::Count(correlation) => (None, Some(&**correlation)),
        };
        ConfiguredRule { id, severity: *severity, pattern, correlation }
    };
    let configuration = Configuration {
        field: rules.field.as_deref(),
        rules: rules.rules.iter().map(configured).collect(),
    };
    serde_json::to_vec(&configuration).expect("strings and JSON go into memory")
}

/// Gives rules to an instance of the module.
///
/// # Errors
/// [`Failure::Usage`], if the module refuses them; [`Failure::Module`], if it breaks over them.
pub(crate) fn configure(filter: &mut Filter, rules: &Rules) -> Result<(), Failure> {
    filter.configure(&configuration(rules)).map_err(|error| match error {
        Error::Refused(refusal) => Failure::Usage {
            message: format!("the module refuses the rules: {refusal}"),
            advice: "`sekisho rules check` says more about rules",
        },
        error => Failure::Module {
            message: format!("the module fails over the rules: {error}"),
            advice: "fewer or simpler rules may help",
        },
    })
}
