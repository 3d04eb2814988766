//! Whether an event pattern matches an event: fields, `$or`, arrays.
//!
//! Written from AWS's documentation of event patterns and, where that is silent, from observed
//! results of AWS's event-ruler. The event is flattened, the pattern is multiplied out, and every
//! choice of values is tried.

mod condition;

use std::collections::BTreeMap;

use crate::json::{self, Json};
use condition::matches as condition_matches;
pub(crate) use condition::wildcard;

/// Whether a valid pattern matches an event.
///
/// # Panics
/// When the pattern is not valid, or one of the two is not well-formed.
pub fn matches(pattern: &str, event: &str) -> bool {
    let mut leaves = Leaves::default();
    leaves.flatten(&parse(event), "", &[]);
    branches(pattern).iter().any(|branch| {
        let fields: Vec<_> = branch.iter().collect();
        some_choice(&fields, &[], &leaves.found)
    })
}

/// The conjunctions that a pattern multiplies out to.
pub(crate) fn branches(pattern: &str) -> Vec<Branch> {
    let mut branches = vec![Branch::new()];
    multiply_out(&parse(pattern), "", &mut branches);
    branches
}

fn parse(text: &str) -> Json {
    let (tree, end) = json::read(text.as_bytes());
    end.unwrap_or_else(|code| panic!("error {code} in {text}"));
    tree
}

/// The alternatives for each path, written with dots. Paths are sorted as text; of two fields with
/// the same path the last one counts.
pub(crate) type Branch = BTreeMap<String, Vec<Json>>;

fn multiply_out(pattern: &Json, path: &str, branches: &mut Vec<Branch>) {
    let Json::Object(fields) = pattern else { panic!("{pattern:?} is no object") };
    for (key, value) in fields {
        match value {
            Json::Array(alternatives) if key == "$or" => {
                let original = branches.clone();
                branches.clear();
                for alternative in alternatives {
                    let mut extended = original.clone();
                    multiply_out(alternative, path, &mut extended);
                    branches.append(&mut extended);
                }
            }
            Json::Array(list) => {
                for branch in &mut *branches {
                    branch.insert(join(path, key), list.clone());
                }
            }
            _ => multiply_out(value, &join(path, key), branches),
        }
    }
}

/// A value that is no container, with its path and, for each array around it, the number of the
/// array and the index of the element. A scalar element is not inside its array.
struct Leaf {
    path: String,
    value: Json,
    elements: Vec<(usize, usize)>,
}

#[derive(Default)]
struct Leaves {
    found: Vec<Leaf>,
    arrays: usize,
}

impl Leaves {
    fn flatten(&mut self, value: &Json, path: &str, elements: &[(usize, usize)]) {
        match value {
            Json::Object(fields) => {
                for (key, value) in fields {
                    self.flatten(value, &join(path, key), elements);
                }
            }
            Json::Array(array) => {
                let number = self.arrays;
                self.arrays += 1;
                for (index, value) in array.iter().enumerate() {
                    let mut inside = elements.to_vec();
                    if matches!(value, Json::Object(_) | Json::Array(_)) {
                        inside.push((number, index));
                    }
                    self.flatten(value, path, &inside);
                }
            }
            _ => {
                let (path, value) = (path.to_owned(), value.clone());
                self.found.push(Leaf { path, value, elements: elements.to_vec() });
            }
        }
    }
}

/// Whether there is a matching value for each field, such that all values inside one array are in
/// the same element. `chosen` has the elements of the values for earlier fields.
fn some_choice(
    fields: &[(&String, &Vec<Json>)],
    chosen: &[(usize, usize)],
    leaves: &[Leaf],
) -> bool {
    let Some(((path, list), rest)) = fields.split_first() else { return true };
    let candidates: Vec<&Leaf> = leaves
        .iter()
        .filter(|leaf| leaf.path == **path && compatible(&leaf.elements, chosen))
        .collect();
    let is_absence = |condition: &Json| *condition == exists_false();
    if candidates.is_empty() && list.iter().any(is_absence) && some_choice(rest, chosen, leaves) {
        return true;
    }
    candidates.iter().any(|leaf| {
        list.iter()
            .any(|condition| !is_absence(condition) && condition_matches(condition, &leaf.value))
            && some_choice(rest, &[chosen, &leaf.elements].concat(), leaves)
    })
}

fn compatible(elements: &[(usize, usize)], chosen: &[(usize, usize)]) -> bool {
    elements
        .iter()
        .all(|(array, index)| chosen.iter().all(|(other, at)| array != other || index == at))
}

fn exists_false() -> Json {
    Json::Object(vec![("exists".to_owned(), Json::Bool(false))])
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
