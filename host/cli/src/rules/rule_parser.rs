//! Parses rules.

use sekisho::{Correlation, MAX_RULE_ID};
use sekisho_rules::Pattern;
use serde_json::value::RawValue;

use super::document::Document;
use super::file;
use super::ids::Ids;
use super::rule::{Definition, Rule};
use super::test_parser::parse_test;

/// Parses a rule, and adds its id and its references to `ids`. Errors are reported to the document;
/// the result is `None` if the rule has no definition.
pub(super) fn parse_rule<'a>(
    document: &mut Document<'a>,
    part: &'a str,
    ids: &mut Ids,
) -> Option<Rule> {
    let file::Rule { id, severity, description, tags, references, pattern, correlation, tests } =
        document.object(part)?;
    if !is_valid_id(&id) {
        let message =
            format!("expected 1 to {MAX_RULE_ID} bytes without white space as `id` of a rule");
        document.error(part, message);
    }
    if description.trim().is_empty() {
        document.error(part, "expected text as `description`, found none");
    }
    for (key, texts) in [("tags", &tags), ("references", &references)] {
        if texts.iter().any(|text| text.trim().is_empty()) {
            document.error(part, format!("expected text as each of the `{key}`, found none"));
        }
    }
    let duplicate = ids.define(&id, document.location(part));
    document.diagnostics.extend(duplicate);
    let definition = match (pattern, correlation) {
        (Some(pattern), None) => parse_pattern(document, pattern),
        (None, Some(correlation)) => parse_correlation(document, correlation, ids),
        (Some(_), Some(_)) => {
            document.error(
                part,
                "expected a `pattern` or a `correlation`, found both: make two rules of them",
            );
            return None;
        }
        (None, None) => {
            document.error(part, "expected a `pattern` or a `correlation`, found neither");
            return None;
        }
    };
    let test = |test: &'a RawValue| parse_test(document, test.get(), &definition);
    let tests = tests.into_iter().filter_map(test).collect();
    let location = document.location(part);
    Some(Rule { id, severity, description, tags, definition, tests, is_enabled: true, location })
}

fn is_valid_id(id: &str) -> bool {
    (1..=MAX_RULE_ID).contains(&id.len())
        && !id.contains(|character: char| character.is_whitespace() || character.is_control())
}

fn parse_pattern(document: &mut Document<'_>, pattern: &RawValue) -> Definition {
    let part = pattern.get();
    match Pattern::parse(part.as_bytes()) {
        Ok(parsed) if parsed.references("attempt") => {
            let other =
                ["detail", "detail-type", "signin"].iter().find(|key| parsed.references(key));
            if let Some(key) = other {
                let message = format!(
                    "expected only `attempt` in a pattern for attempts, found `{key}`: make two rules"
                );
                document.error(part, message);
            }
            return Definition::Attempt(pattern.to_owned());
        }
        Ok(_) => {}
        Err(error) => document.error_at(part, error.offset, error.kind.to_string()),
    }
    Definition::Record(pattern.to_owned())
}

fn parse_correlation(
    document: &mut Document<'_>,
    correlation: &RawValue,
    ids: &mut Ids,
) -> Definition {
    let part = correlation.get();
    match Correlation::parse(part.as_bytes()) {
        Ok(parsed) => {
            for (id, offset) in parsed.rules() {
                ids.reference(id, document.location_at(part, offset));
            }
        }
        Err(error) => document.configuration_error(part, error),
    }
    Definition::Correlation(correlation.to_owned())
}
