//! Assembles the program: fixed parts, and a block for each rule between them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::block::block;
use super::eventbridge::event;
use super::paths::{Paths, View};
use super::pattern::{Branch, branches};
use super::text::string;
use crate::failure::Failure;

const START: &str = include_str!("start.vrl");
const RECORD: &str = include_str!("record.vrl");
const TABLES: &str = include_str!("tables.vrl");
const VIEWS: &str = include_str!("views.vrl");
const PLACES: &str = include_str!("places.vrl");
const CONSISTENCY: &str = include_str!("consistency.vrl");

/// The configuration of a module.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration {
    field: Option<String>,
    record: Option<Vec<String>>,
    rules: Option<Vec<Rule>>,
}

#[derive(Debug, Deserialize)]
struct Rule {
    id: String,
    severity: String,
    pattern: Option<Box<RawValue>>,
}

/// The program whose verdicts equal those of a module with this configuration.
///
/// # Errors
/// A rule has no equivalent in VRL.
pub(super) fn program(configuration: &Configuration) -> Result<String, Failure> {
    let matching = match &configuration.rules {
        Some(rules) => matching(rules)?,
        None => String::new(),
    };
    let field = string(configuration.field.as_deref().unwrap_or("signin"));
    let record = configuration.record.as_deref().map(record).unwrap_or_default();
    Ok(format!(
        "{START}{record}{TABLES}{matching}\nif verdict != null {{\n  .{field} = verdict\n}}\n"
    ))
}

/// The part of the program that looks for the record at these paths.
fn record(paths: &[String]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| string(path)).collect();
    format!("\npaths = [{}]{RECORD}\n", paths.join(", "))
}

/// The part of the program that finds the matching rules.
fn matching(rules: &[Rule]) -> Result<String, Failure> {
    let mut paths = Paths::default();
    let mut blocks = String::new();
    let mut others = Vec::new();
    for Rule { id, severity, pattern } in rules {
        let unsupported = |what| Failure::Usage {
            message: format!("the rule `{id}` has no equivalent in VRL: {what}"),
            advice: "leave the rule out, or run `sekisho filter` next to Vector",
        };
        let Some(pattern) = pattern else {
            others.push(&**id);
            continue;
        };
        let branches = branches(pattern).map_err(unsupported)?;
        if references(&branches, "attempt") {
            others.push(id);
            continue;
        }
        let is_for_event = references(&branches, "detail") || references(&branches, "detail-type");
        let view = if is_for_event { View::Event } else { View::Input };
        blocks.push_str(&format!("\n# {id} ({severity})\n# {pattern}\n"));
        for branch in &branches {
            paths.add(view, branch).map_err(unsupported)?;
            blocks.push_str(&block(id, view, branch).map_err(unsupported)?);
        }
    }
    if !others.is_empty() {
        let others = others.join(", ");
        blocks.push_str(&format!("\n# Left out, as they match attempts: {others}\n"));
    }
    Ok(format!("\n{paths}{VIEWS}{}{PLACES}{blocks}{CONSISTENCY}", event()))
}

/// Whether a field is at or below a name at the top level.
fn references(branches: &[Branch], name: &str) -> bool {
    let mut fields = branches.iter().flat_map(Branch::values);
    fields.any(|field| field.path.split('.').next() == Some(name))
}
