//! Pairs of a pattern and an event that match or nearly match.

use std::iter;

use super::event::event;
use super::pattern::{Field, pattern};
use super::random::Random;
use super::text::to_text;
use crate::json::Json;

/// An endless iterator over pairs of a valid pattern and an event, the same for the same seed.
///
/// A pattern is built from the values of its event or of a similar one. Half of the events have the
/// shape of sign-in events. Some characters are escaped.
pub fn pairs(seed: u64) -> impl Iterator<Item = (String, String)> {
    let mut random = Random::new(seed);
    iter::repeat_with(move || pair(&mut random))
}

fn pair(random: &mut Random) -> (String, String) {
    let signin = random.bool();
    let matched = event(random, signin);
    let source = if random.one_in(3) { event(random, signin) } else { matched.clone() };
    let mut fields = Vec::new();
    collect(&source, &mut Vec::new(), &mut fields);
    fields.push((vec!["absent".to_owned()], Json::Null));
    let pattern = pattern(random, &fields, 0);
    (to_text(random, &pattern), to_text(random, &matched))
}

/// The scalars of an event with their paths; arrays add no key.
fn collect(value: &Json, path: &mut Vec<String>, fields: &mut Vec<Field>) {
    match value {
        Json::Object(members) => {
            for (key, value) in members {
                path.push(key.clone());
                collect(value, path, fields);
                path.pop();
            }
        }
        Json::Array(elements) => elements.iter().for_each(|value| collect(value, path, fields)),
        _ => fields.push((path.clone(), value.clone())),
    }
}
