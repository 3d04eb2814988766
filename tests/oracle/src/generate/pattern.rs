//! Random patterns.

use super::condition::condition;
use super::random::Random;
use crate::json::Json;

/// A path, from the outermost key on, and its value.
pub(super) type Field = (Vec<String>, Json);

/// A pattern of a few fields, some with an `$or`.
pub(super) fn pattern(random: &mut Random, fields: &[Field], depth: usize) -> Json {
    let mut members = Vec::new();
    for _ in 0..random.usize(1..4) {
        let (path, value) = &fields[random.usize(0..fields.len())];
        let list = (0..random.usize(1..3)).map(|_| condition(random, value)).collect();
        insert(random, &mut members, path, Json::Array(list));
    }
    if depth < 2 && random.one_in(4) {
        let alternatives = random.usize(2..4);
        let alternatives = (0..alternatives).map(|_| pattern(random, fields, depth + 1)).collect();
        let index = random.usize(0..=members.len());
        members.insert(index, ("$or".to_owned(), Json::Array(alternatives)));
    }
    if depth == 0 && random.one_in(6) {
        return or_inside(random, fields).unwrap_or(Json::Object(members));
    }
    Json::Object(members)
}

/// A pattern with an `$or` below a top-level key.
fn or_inside(random: &mut Random, fields: &[Field]) -> Option<Json> {
    let key = fields.iter().find(|(path, _)| path.len() > 1)?.0[0].clone();
    let below = fields.iter().filter(|(path, _)| path.len() > 1 && path[0] == key);
    let below: Vec<Field> =
        below.map(|(path, value)| (path[1..].to_vec(), value.clone())).collect();
    let alternatives = (0..2).map(|_| pattern(random, &below, 1)).collect();
    let or = Json::Object(vec![("$or".to_owned(), Json::Array(alternatives))]);
    Some(Json::Object(vec![(key, or)]))
}

/// Inserts a list at a path, at times with dots in a key instead of nested objects.
fn insert(random: &mut Random, object: &mut Vec<(String, Json)>, path: &[String], list: Json) {
    let [key, below @ ..] = path else { return };
    if below.is_empty() || random.one_in(8) {
        object.push((path.join("."), list));
        return;
    }
    let inner = object.iter_mut().find_map(|(name, value)| match value {
        Json::Object(inner) if name == key => Some(inner),
        _ => None,
    });
    if let Some(inner) = inner {
        insert(random, inner, below, list);
    } else {
        let mut inner = Vec::new();
        insert(random, &mut inner, below, list);
        object.push((key.clone(), Json::Object(inner)));
    }
}
