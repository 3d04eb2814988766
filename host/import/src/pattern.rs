//! Event patterns from alternatives.

use std::collections::BTreeMap;
use std::ops::Range;

use sekisho_rules::Pattern;
use serde_json::{Map, Value, json};

use crate::refusal::Refusal;

/// The pattern for CloudTrail records that meet one of the alternatives.
///
/// What all alternatives have in common is said once.
pub(crate) fn pattern(
    alternatives: &[BTreeMap<String, Vec<Value>>],
    span: &Range<usize>,
) -> Result<Value, Refusal> {
    let (first, rest) =
        alternatives.split_first().ok_or_else(|| Refusal::new(span, "expected a condition"))?;
    let mut common = first.clone();
    common.retain(|path, list| rest.iter().all(|other| other.get(path) == Some(list)));
    let mut detail = object(&common, span)?;
    let mut branches = Vec::new();
    for alternative in alternatives {
        let mut own = alternative.clone();
        own.retain(|path, _| !common.contains_key(path));
        branches.push(own);
    }
    // An alternative without anything of its own includes the others.
    if branches.len() > 1 && branches.iter().all(|branch| !branch.is_empty()) {
        let branches: Result<Vec<_>, _> = branches.iter().map(|own| object(own, span)).collect();
        let branches = branches?.into_iter().map(Value::Object).collect();
        detail.insert("$or".to_owned(), branches);
    }
    let pattern = json!({"detail": detail});
    match Pattern::parse(pattern.to_string().as_bytes()) {
        Ok(_) => Ok(pattern),
        Err(error) => {
            Err(Refusal::new(span, format!("EventBridge would refuse it: {}", error.kind)))
        }
    }
}

fn object(
    fields: &BTreeMap<String, Vec<Value>>,
    span: &Range<usize>,
) -> Result<Map<String, Value>, Refusal> {
    let mut object = Map::new();
    for (path, list) in fields {
        let mut names: Vec<&str> = path.split('.').collect();
        let last = names.pop().unwrap_or_default();
        let mut inner = &mut object;
        for name in names {
            let next = inner.entry(name).or_insert_with(|| json!({}));
            inner = next.as_object_mut().ok_or_else(|| {
                Refusal::new(span, format!("conditions on `{path}` and on what contains it"))
            })?;
        }
        if inner.insert(last.to_owned(), list.clone().into()).is_some() {
            return Err(Refusal::new(span, format!("conditions on `{path}` and on what is in it")));
        }
    }
    Ok(object)
}
