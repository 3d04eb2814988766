//! The ids of rules, and the references to them.

use std::collections::{HashMap, HashSet};

use super::diagnostic::{Diagnostic, Location};
use super::rule::{Definition, Rule};

/// The ids in all files.
#[derive(Default)]
pub(super) struct Ids {
    /// Where each id is defined.
    definitions: HashMap<String, Location>,
    /// The ids that are referenced.
    references: Vec<Reference>,
}

struct Reference {
    id: String,
    location: Location,
    /// Whether the rule must have a pattern.
    to_pattern: bool,
}

impl Ids {
    /// Adds the id of a rule. Returns a diagnostic if another rule has it.
    pub(super) fn define(&mut self, id: &str, location: Location) -> Option<Diagnostic> {
        let first = self.definitions.get(id).cloned();
        if first.is_none() {
            self.definitions.insert(id.to_owned(), location);
            return None;
        }
        let message = format!("expected a unique `id`, found a second rule `{id}`: rename it");
        Some(Diagnostic { message, location: Some(location), related: first })
    }

    /// Adds an id that a correlation references. It may be defined in any file.
    pub(super) fn reference(&mut self, id: &str, location: Location) {
        self.references.push(Reference { id: id.to_owned(), location, to_pattern: true });
    }

    /// Adds an id that an entry of `silence` references. It may be that of any rule in any file.
    pub(super) fn reference_any(&mut self, id: &str, location: Location) {
        self.references.push(Reference { id: id.to_owned(), location, to_pattern: false });
    }

    /// Checks that every reference is the id of a rule, and of one with a pattern where it must be.
    pub(super) fn check(&self, rules: &[Rule]) -> Vec<Diagnostic> {
        let correlations =
            rules.iter().filter(|rule| matches!(rule.definition, Definition::Correlation(_)));
        let correlations: HashSet<_> = correlations.map(|rule| &rule.id).collect();
        let check = |Reference { id, location, to_pattern }: &Reference| {
            let message = match self.definitions.contains_key(id) {
                true if !to_pattern || !correlations.contains(id) => return None,
                true => {
                    format!("expected the id of a rule with a pattern, found correlation `{id}`")
                }
                false => format!(
                    "expected the id of a rule, found `{id}`: correct it, or pass the file that \
                     defines it too"
                ),
            };
            Some(Diagnostic::new(message, Some(location.clone())))
        };
        self.references.iter().filter_map(check).collect()
    }
}
