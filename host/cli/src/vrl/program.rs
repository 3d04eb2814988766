//! The program: what is always the same, and between it a block for each rule.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::block::block;
use super::eventbridge::event;
use super::paths::{Paths, View};
use super::pattern::{Branch, branches};
use super::text::string;
use crate::failure::Failure;

const TABLES: &str = include_str!("tables.vrl");
const VIEWS: &str = include_str!("views.vrl");
const PLACES: &str = include_str!("places.vrl");
const CONSISTENCY: &str = include_str!("consistency.vrl");

/// What a module would be configured with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Configuration {
    field: Option<String>,
    rules: Option<Vec<Rule>>,
}

#[derive(Debug, Deserialize)]
struct Rule {
    id: String,
    severity: String,
    pattern: Option<Box<RawValue>>,
}

/// Writes the program that says what a module with this configuration says.
///
/// # Errors
/// VRL cannot say one of the rules.
pub(super) fn program(configuration: &Configuration) -> Result<String, Failure> {
    let matching = match &configuration.rules {
        Some(rules) => matching(rules)?,
        None => String::new(),
    };
    let field = string(configuration.field.as_deref().unwrap_or("signin"));
    Ok(format!("{TABLES}{matching}\nif verdict != null {{\n  .{field} = verdict\n}}\n"))
}

/// The part that finds the rules that match.
fn matching(rules: &[Rule]) -> Result<String, Failure> {
    let mut paths = Paths::default();
    let mut blocks = String::new();
    let mut others = Vec::new();
    for Rule { id, severity, pattern } in rules {
        let refused = |what| Failure::Usage {
            message: format!("VRL cannot say what the rule `{id}` asks for: {what}"),
            advice: "leave the rule out, or let `sekisho filter` run beside Vector",
        };
        let Some(pattern) = pattern else {
            others.push(&**id);
            continue;
        };
        let branches = branches(pattern).map_err(refused)?;
        if names(&branches, "attempt") {
            others.push(id);
            continue;
        }
        let names_event = names(&branches, "detail") || names(&branches, "detail-type");
        let view = if names_event { View::Event } else { View::Input };
        blocks.push_str(&format!("\n# {id} ({severity})\n# {pattern}\n"));
        for branch in &branches {
            paths.add(view, branch).map_err(refused)?;
            blocks.push_str(&block(id, view, branch).map_err(refused)?);
        }
    }
    if !others.is_empty() {
        let others = others.join(", ");
        blocks.push_str(&format!("\n# Not here, as they ask for attempts: {others}\n"));
    }
    Ok(format!("\n{paths}{VIEWS}{}{PLACES}{blocks}{CONSISTENCY}", event()))
}

/// Whether something is asked for at or below a name at the top.
fn names(branches: &[Branch], name: &str) -> bool {
    let mut fields = branches.iter().flat_map(Branch::values);
    fields.any(|field| field.path.split('.').next() == Some(name))
}
