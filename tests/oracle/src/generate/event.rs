//! Random events.

use super::random::Random;
use super::scalar::scalar;
use crate::json::Json;

/// An event, which has the shape of a sign-in event if `signin`.
pub(super) fn event(random: &mut Random, signin: bool) -> Json {
    if !signin {
        return object(random, 0);
    }
    let mut detail = Vec::new();
    for key in ["eventName", "sourceIPAddress", "errorMessage", "count", "readOnly"] {
        maybe(random, key, &mut detail, scalar_or_array);
    }
    maybe(random, "userIdentity", &mut detail, |random| {
        let mut identity = Vec::new();
        maybe(random, "type", &mut identity, scalar);
        maybe(random, "userName", &mut identity, scalar_or_array);
        Json::Object(identity)
    });
    for (array, keys) in [("resources", ["ARN", "type"]), ("tags", ["key", "value"])] {
        maybe(random, array, &mut detail, |random| {
            let elements = (0..random.usize(0..4)).map(|_| {
                let mut element = Vec::new();
                keys.iter().for_each(|key| {
                    maybe(random, key, &mut element, scalar_or_array);
                });
                Json::Object(element)
            });
            Json::Array(elements.collect())
        });
    }
    let mut event = Vec::new();
    maybe(random, "source", &mut event, scalar);
    maybe(random, "detail-type", &mut event, scalar);
    event.push(("detail".to_owned(), Json::Object(detail)));
    Json::Object(event)
}

/// Adds a key with a probability of three quarters, and twice at times.
fn maybe(
    random: &mut Random,
    key: &str,
    object: &mut Vec<(String, Json)>,
    mut value: impl FnMut(&mut Random) -> Json,
) {
    let times = if random.one_in(40) { 2 } else { usize::from(!random.one_in(4)) };
    object.extend((0..times).map(|_| (key.to_owned(), value(random))));
}

fn object(random: &mut Random, depth: usize) -> Json {
    let fields = (0..random.usize(1..5)).map(|_| {
        let key = random.choose(&["a", "b", "c", "d", "a.b", "b.a", "é", "a-b"]);
        (key.to_owned(), value(random, depth + 1))
    });
    Json::Object(fields.collect())
}

fn value(random: &mut Random, depth: usize) -> Json {
    match random.usize(0..if depth < 4 { 6 } else { 3 }) {
        0..=2 => scalar(random),
        3 => object(random, depth),
        _ => Json::Array((0..random.usize(0..4)).map(|_| value(random, depth + 1)).collect()),
    }
}

fn scalar_or_array(random: &mut Random) -> Json {
    if random.one_in(5) { value(random, 2) } else { scalar(random) }
}
