//! Fields, `$or`, arrays: whether a pattern matches an event.

use std::collections::BTreeMap;

use crate::condition::meets;
use crate::json::Json;

/// Whether a valid pattern matches an event.
///
/// # Panics
/// When the pattern is not valid, or one of the two is not well-formed.
pub fn matches(pattern: &str, event: &str) -> bool {
    let mut branches = vec![Branch::new()];
    multiply_out(&Json::read(pattern), "", &mut branches);
    let mut leaves = Leaves::default();
    leaves.flatten(&Json::read(event), "", &[]);
    branches.iter().any(|branch| {
        let fields: Vec<_> = branch.iter().collect();
        some_choice(&fields, &[], &leaves.found)
    })
}

/// For each path, written with dots, the list of what a value may be. Paths are in the order of
/// their texts; of two fields of one path, the one that is read last counts.
type Branch = BTreeMap<String, Vec<Json>>;

fn multiply_out(pattern: &Json, path: &str, branches: &mut Vec<Branch>) {
    let Json::Object(fields) = pattern else { panic!("{pattern:?} is no object") };
    for (key, value) in fields {
        match value {
            Json::Array(alternatives) if key == "$or" => {
                let before = branches.clone();
                branches.clear();
                for alternative in alternatives {
                    let mut with_it = before.clone();
                    multiply_out(alternative, path, &mut with_it);
                    branches.append(&mut with_it);
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

/// A value that is no container, its path, and for each array around it the number of the array
/// and the index of the element. A value that is itself an element does not count as inside.
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

/// Whether the fields can be met one after the other by values that are all in the same element
/// of any array they share with what was `chosen` before.
fn some_choice(
    fields: &[(&String, &Vec<Json>)],
    chosen: &[(usize, usize)],
    leaves: &[Leaf],
) -> bool {
    let Some(((path, list), rest)) = fields.split_first() else { return true };
    let in_reach: Vec<&Leaf> = leaves
        .iter()
        .filter(|leaf| leaf.path == **path && go_together(&leaf.elements, chosen))
        .collect();
    let is_absence = |condition: &Json| *condition == exists_false();
    if in_reach.is_empty() && list.iter().any(is_absence) && some_choice(rest, chosen, leaves) {
        return true;
    }
    in_reach.iter().any(|leaf| {
        list.iter().any(|condition| !is_absence(condition) && meets(condition, &leaf.value))
            && some_choice(rest, &[chosen, &leaf.elements].concat(), leaves)
    })
}

fn go_together(elements: &[(usize, usize)], chosen: &[(usize, usize)]) -> bool {
    elements
        .iter()
        .all(|(array, index)| chosen.iter().all(|(other, at)| array != other || index == at))
}

fn exists_false() -> Json {
    Json::Object(vec![("exists".to_owned(), Json::Literal("false".to_owned()))])
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
