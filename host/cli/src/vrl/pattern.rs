//! Patterns in disjunctive normal form: branches of fields, of which one must match.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The fields of a branch, by the UTF-16 code units of their paths: event-ruler checks them in the
/// order of Java's strings.
pub(super) type Branch = BTreeMap<Vec<u16>, Field>;

/// A path and the list of its values and operators.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Names, joined by dots.
    pub(super) path: String,
    /// Values and operators, as JSON.
    pub(super) list: Vec<Box<RawValue>>,
}

/// The members of an object in order, including duplicates.
pub(super) struct Members(pub(super) Vec<(String, Box<RawValue>)>);

/// The branches of a valid pattern.
///
/// # Errors
/// A key is not valid Unicode.
pub(super) fn branches(pattern: &RawValue) -> Result<Vec<Branch>, String> {
    let mut branches = vec![Branch::new()];
    multiply_out(pattern, "", &mut branches)
        .map_err(|_| "a key that is not valid Unicode".to_owned())?;
    Ok(branches)
}

fn multiply_out(
    object: &RawValue,
    path: &str,
    branches: &mut Vec<Branch>,
) -> serde_json::Result<()> {
    let Members(members) = serde_json::from_str(object.get())?;
    for (key, value) in members {
        if value.get().starts_with('{') {
            multiply_out(&value, &join(path, &key), branches)?;
            continue;
        }
        let list: Vec<Box<RawValue>> = serde_json::from_str(value.get())?;
        if key == "$or" {
            let before = std::mem::take(branches);
            for alternative in &list {
                let mut with_alternative = before.clone();
                multiply_out(alternative, path, &mut with_alternative)?;
                branches.append(&mut with_alternative);
            }
            continue;
        }
        // Of two fields with one path, the last one counts.
        let path = join(path, &key);
        for branch in &mut *branches {
            let field = Field { path: path.clone(), list: list.clone() };
            branch.insert(path.encode_utf16().collect(), field);
        }
    }
    Ok(())
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
