//! Parses entries of `tune`, and changes the rules.

use sekisho::{Correlation, Tuning};
use serde_json::value::RawValue;

use super::document::Document;
use super::file;
use super::rule::{Definition, Rule};

/// Parses an entry, and changes the rule that it names, one of the `rules` so far. Errors are
/// reported to the document.
pub(super) fn parse_tune<'a>(
    document: &mut Document<'a>,
    entry: &'a RawValue,
    rules: &mut [Rule],
) -> Option<Box<RawValue>> {
    let part = entry.get();
    let file::Tune { id, enabled, severity, count, timespan } = document.object(part)?;
    if let Err(error) = Tuning::parse(part.as_bytes()) {
        document.configuration_error(part, error);
        return None;
    }
    let name: String = document.value(id.get())?;
    let Some(rule) = rules.iter_mut().find(|rule| rule.id == name) else {
        let message = format!(
            "expected the id of a rule in this file or in one before it, found `{name}`: correct \
             it, or pass the file that defines it first"
        );
        document.error(id.get(), message);
        return None;
    };
    for (key, value, has) in [
        ("count", count, has_count(&rule.definition)),
        ("timespan", timespan, matches!(rule.definition, Definition::Correlation(_))),
    ] {
        if let Some(value) = value.filter(|_| !has) {
            let message = format!("expected no `{key}`, as the rule `{name}` has none");
            document.error(value.get(), message);
        }
    }
    rule.severity = severity.unwrap_or(rule.severity);
    rule.is_enabled = enabled.unwrap_or(rule.is_enabled);
    Some(entry.to_owned())
}

fn has_count(definition: &Definition) -> bool {
    let Definition::Correlation(json) = definition else { return false };
    // An invalid correlation is reported where it is.
    Correlation::parse(json.get().as_bytes()).is_ok_and(|correlation| correlation.has_count())
}
