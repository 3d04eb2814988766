//! Patterns with wildcards.

use std::iter;

use serde_json::{Map, Value, json};

use super::random::Random;

/// An endless iterator over patterns with wildcards in lists, in `anything-but`, below `$or` and in
/// nested keys, the same for the same seed.
pub fn wildcards(seed: u64) -> impl Iterator<Item = String> {
    let mut random = Random::new(seed);
    iter::repeat_with(move || json!({"detail": object(&mut random, 0)}).to_string())
}

fn object(random: &mut Random, depth: usize) -> Value {
    let mut fields = Map::new();
    for _ in 0..random.usize(1..3) {
        let key = random.choose(&["a", "b", "m", "z", "inner"]);
        let value = match key {
            "inner" if depth < 2 => object(random, depth + 1),
            _ => (0..random.usize(1..4)).map(|_| condition(random)).collect(),
        };
        fields.insert(key.to_owned(), value);
    }
    if depth < 2 && random.one_in(2) {
        let branches = random.usize(2..4);
        let branches = (0..branches).map(|_| object(random, depth + 1)).collect();
        fields.insert("$or".to_owned(), branches);
    }
    Value::Object(fields)
}

fn condition(random: &mut Random) -> Value {
    match random.usize(0..10) {
        0 => json!(random.choose(&["x", "y"])),
        1 => json!({"prefix": "p"}),
        2 => json!({"exists": random.bool()}),
        3 => json!({"anything-but": ["q"]}),
        4 | 5 => {
            let count = random.usize(1..5);
            let list: Vec<String> = (0..count).map(|_| wildcard(random)).collect();
            json!({"anything-but": {"wildcard": list}})
        }
        _ => json!({"wildcard": wildcard(random)}),
    }
}

fn wildcard(random: &mut Random) -> String {
    const PARTS: [&str; 10] = ["a", "b", "ab", "/", "/", ":", "é", "日", "😀", r"\\"];
    let mut text = String::new();
    for _ in 0..random.usize(1..4) {
        if random.one_in(2) && !text.ends_with('*') {
            text.push('*');
        }
        text.push_str(random.choose(&PARTS));
        if random.one_in(4) {
            text.push('*');
        }
    }
    text
}
