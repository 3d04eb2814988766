//! Configures the module with rules.

use sekisho::Classifier;
use sekisho_host::{Error, Filter};
use serde::Serialize;
use serde_json::value::RawValue;

use super::file::Severity;
use super::rule::{Definition, Rule, Rules};
use crate::failure::Failure;
use crate::options::Form;

/// The configuration of a module.
#[derive(Default, Serialize)]
struct Configuration<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<Form>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<ConfiguredRule<'a>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    silence: Vec<&'a RawValue>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tune: &'a [Box<RawValue>],
}

#[derive(Serialize)]
struct ConfiguredRule<'a> {
    id: &'a str,
    severity: Severity,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation: Option<&'a RawValue>,
}

/// The JSON that configures a module, or the engine, with these rules, and with the paths of records.
pub(crate) fn configuration(rules: Option<&Rules>, record: Option<&[String]>) -> Vec<u8> {
    configuration_for(rules, record, None)
}

/// The same, for results in another form.
pub(crate) fn configuration_for(
    rules: Option<&Rules>,
    record: Option<&[String]>,
    form: Option<Form>,
) -> Vec<u8> {
    let configured = |rule| {
        let Rule { id, severity, tags, definition, .. }: &Rule = rule;
        // Only events in a form have them.
        let tags = if form.is_some() { tags } else { &[][..] };
        let (pattern, correlation): (Option<&RawValue>, _) = match definition {
            Definition::Record(pattern) | Definition::Attempt(pattern) => (Some(pattern), None),
            Definition::Correlation(correlation) => (None, Some(&**correlation)),
        };
        ConfiguredRule { id, severity: *severity, tags, pattern, correlation }
    };
    let configuration = rules.map_or_else(Configuration::default, |rules| Configuration {
        field: rules.field.as_deref(),
        record: None,
        form: None,
        rules: Some(rules.rules.iter().map(configured).collect()),
        silence: rules.silence.iter().map(|entry| &*entry.json).collect(),
        tune: &rules.tune,
    });
    let configuration = Configuration { record, form, ..configuration };
    serde_json::to_vec(&configuration).expect("writing to memory does not fail")
}

/// Configures an instance of the module with these rules, and with the paths of records. If there are
/// neither, it keeps its own.
///
/// # Errors
/// [`Failure::Usage`], if the module refuses the rules; [`Failure::Module`], if it fails.
pub(crate) fn configure(
    filter: &mut Filter,
    rules: Option<&Rules>,
    record: Option<&[String]>,
) -> Result<(), Failure> {
    configure_for(filter, rules, record, None)
}

/// The same, for results in another form.
///
/// # Errors
/// Those of [`configure`].
pub(crate) fn configure_for(
    filter: &mut Filter,
    rules: Option<&Rules>,
    record: Option<&[String]>,
    form: Option<Form>,
) -> Result<(), Failure> {
    if rules.is_none() && record.is_none() && form.is_none() {
        return Ok(());
    }
    filter.configure(&configuration_for(rules, record, form)).map_err(|error| match error {
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

/// A classifier without rules that looks for records at these paths.
///
/// # Errors
/// [`Failure::Usage`], if the paths are invalid.
pub(crate) fn classifier(record: Option<&[String]>) -> Result<Classifier, Failure> {
    let configuration = sekisho::Configuration::parse(&configuration(None, record));
    configuration.map(Classifier::with_configuration).map_err(|error| Failure::Usage {
        message: format!("`--record`: {error}"),
        advice: "name the keys that lead to a record, as in `--record data.aws`",
    })
}
