//! The values that the scanner finds, and their offsets.

use std::ops::ControlFlow;

use fastrand::Rng;
use sekisho_scan::{Path, Paths, Reader, Text, Value, ValueKind, Visitor, walk};

/// The number of random inputs; few under Miri, which is slow.
const INPUTS: usize = if cfg!(miri) { 50 } else { 100_000 };

/// Reads `json` as a string.
fn text(json: &[u8]) -> Text<'_> {
    let mut reader = Reader::new(json);
    reader.value().expect("well-formed").text().expect("a string")
}

#[test]
fn text_compares_through_escapes() {
    assert!(text(br#""plain""#) == "plain");
    assert!(text(br#""pl\u0061in""#) == "plain");
    assert!(text(br#""pl\u0061in""#) == text(br#""plain""#));
    assert!(text(br#""plain""#) != "plai");
    assert!(text(br#""\\u0061""#) != "a");
    assert!(text(br#""a\/b\"\b\f\n\r\t""#) == "a/b\"\u{8}\u{c}\n\r\t");
    assert!(text(br#""SUCC\u0065SS""#).eq_ignore_ascii_case("success"));
    assert!(text(br#""No us\u0065rname found""#).starts_with("No username"));
    assert!(!text(br#""No""#).starts_with("No username"));
    assert!(text(br#""x\u0041ccessDenied""#).contains("AccessDenied"));
    assert!(!text(br#""AccessDenie""#).contains("AccessDenied"));
    assert!(text(br#""""#).is_empty());
}

#[test]
fn lone_surrogates_become_replacement_characters() {
    assert!(text(br#""\ud83d\ude00""#) == "😀");
    for (json, expected) in [
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ude00""#, "\u{fffd}"),
        (r#""\ud83dx""#, "\u{fffd}x"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
        (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ud83d\n""#, "\u{fffd}\n"),
    ] {
        assert_eq!(text(json.as_bytes()).to_string(), expected, "{json}");
    }
}

#[test]
fn text_decodes_as_serde_json_does() {
    let mut random = Rng::with_seed(2);
    for _ in 0..INPUTS {
        let string: String = (0..random.usize(..20)).map(|_| random.char(..)).collect();
        let mut json = String::from("\"");
        for character in string.chars() {
            if random.bool() {
                let units = character.encode_utf16(&mut [0; 2]).to_vec();
                json.extend(units.iter().map(|unit| format!("\\u{unit:04X}")));
            } else {
                let quoted = serde_json::to_string(&character).expect("a character");
                json.push_str(&quoted[1..quoted.len() - 1]);
            }
        }
        json.push('"');
        let found = text(json.as_bytes());
        assert_eq!(serde_json::from_str::<String>(&json).expect("a string"), string);
        assert_eq!(found.to_string(), string);
        assert!(found == string.as_str());
        let mut decoded = Vec::new();
        found.unescape(&mut |piece| decoded.extend_from_slice(piece));
        assert_eq!(decoded, string.as_bytes());
        let mut written = vec![0; found.raw().len()];
        let length = found.decode(&mut written).expect("as long as the text");
        assert_eq!(written[..length], *string.as_bytes());
        let shorter = length.min(1);
        assert_eq!(found.decode(&mut written[shorter..]).is_none(), shorter == 1);
    }
}

#[test]
fn values_have_kind_bytes_and_offset() {
    let json = br#" { "a" : null, "b":[ 1 , {} ] ,"c":-0.5e1,"d":"x\"y","e":{"f":false}}"#;
    let mut reader = Reader::new(json);
    let mut found = Vec::new();
    reader.enter().expect("an object");
    while let Some(key) = reader.next_key().expect("a key") {
        let Value { kind, raw, offset, .. } = reader.value().expect("a value");
        assert_eq!(&json[offset..offset + raw.len()], raw);
        found.push((key.to_string(), kind, String::from_utf8_lossy(raw)));
    }
    reader.finish().expect("the end");
    let expected = [
        ("a", ValueKind::Null, "null"),
        ("b", ValueKind::Array, "[ 1 , {} ]"),
        ("c", ValueKind::Number, "-0.5e1"),
        ("d", ValueKind::String, r#""x\"y""#),
        ("e", ValueKind::Object, r#"{"f":false}"#),
    ];
    assert_eq!(found, expected.map(|(key, kind, raw)| (key.to_owned(), kind, raw.into())));
}

#[test]
fn leave_skips_the_rest_of_containers() {
    let mut reader = Reader::new(br#"[{"a":[1,{"b":2}],"c":3},"next"]"#);
    reader.enter().expect("an array");
    assert_eq!(reader.next_element(), Ok(true));
    reader.enter().expect("an object");
    assert!(reader.next_key().expect("a key").expect("a key") == "a");
    reader.enter().expect("an array");
    assert_eq!(reader.depth(), 3);
    reader.leave(1).expect("well-formed");
    assert_eq!(reader.next_element(), Ok(true));
    assert!(reader.value().expect("a value").text().expect("a string") == "next");
    assert_eq!(reader.next_element(), Ok(false));
    reader.finish().expect("the end");
}

/// Records the calls of a walk.
#[derive(Default)]
struct Calls(Vec<String>);

impl<'a> Visitor<'a> for Calls {
    fn value(&mut self, path: &Path, value: Value<'a>) -> ControlFlow<()> {
        self.0.push(format!(
            "{} {} at {}",
            path.slot,
            String::from_utf8_lossy(value.raw),
            value.offset
        ));
        if value.raw == b"\"stop\"" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn enter(&mut self, path: &Path) {
        self.0.push(format!("{} {{", path.slot));
    }

    fn leave(&mut self, path: &Path, object: Value<'a>) {
        self.0.push(format!("{} }} {}", path.slot, object.raw.len()));
    }
}

const PATHS: &Paths = &Paths::new(&[Path::leaf("name", 0), Path::branch("who", 1, USER)]);
const USER: &Paths = &Paths::new(&[Path::leaf("type", 2), Path::branch("in", 3, IN)]);
const IN: &Paths = &Paths::new(&[Path::leaf("id", 4)]);

fn walked(json: &[u8]) -> (ControlFlow<()>, Vec<String>) {
    let mut reader = Reader::new(json);
    reader.enter().expect("an object");
    let mut calls = Calls::default();
    let flow = walk(&mut reader, PATHS, &mut calls).expect("well-formed");
    (flow, calls.0)
}

#[test]
fn walk_reports_selected_values_in_order() {
    let json = br#"{"x":{"name":9},"who":{"y":0,"in":{"id":7},"type":"t"},"na\u006de":1,"name":2}"#;
    let (flow, calls) = walked(json);
    assert_eq!(flow, ControlFlow::Continue(()));
    let expected =
        ["1 {", "3 {", "4 7 at 40", "3 } 8", "2 \"t\" at 50", "1 } 32", "0 1 at 67", "0 2 at 76"];
    assert_eq!(calls, expected);
}

#[test]
fn walk_reports_a_branch_of_another_type_as_a_value_and_stops_on_break() {
    let (flow, calls) = walked(br#"{"who":[{"type":1}],"name":"stop","name":3, broken"#);
    assert_eq!(flow, ControlFlow::Break(()));
    assert_eq!(calls, ["1 [{\"type\":1}] at 7", "0 \"stop\" at 27"]);
}

/// Keys of all lengths, selected and skipped.
const ORDERED: &Paths = &Paths::new(&[
    Path::skipped("eventVersion"),
    Path::branch("userIdentity", 1, IDENTITY),
    Path::leaf("eventSource", 2),
    Path::skipped("id"),
    Path::leaf("theLongestKeyThatCanBeAPath1", 3),
    Path::leaf("", 4),
]);
const IDENTITY: &Paths = &Paths::new(&[Path::leaf("type", 5), Path::skipped("arn")]);

/// A random object with some of the keys, mostly in order and mostly compact.
fn object(random: &mut Rng, inside: bool) -> String {
    let keys: &[&str] = match inside {
        true => &["type", "arn", "type", "typ", "types", "t\\u0079pe"],
        false => &[
            "eventVersion",
            "userIdentity",
            "eventSource",
            "id",
            "theLongestKeyThatCanBeAPath1",
            "",
            "eventSourcf",
            "event\\u0053ource",
            "detail",
        ],
    };
    let space = |random: &mut Rng| if random.u8(..20) == 0 { " " } else { "" };
    let mut members = Vec::new();
    for key in keys {
        let key = if random.u8(..4) == 0 { keys[random.usize(..keys.len())] } else { *key };
        if random.u8(..4) == 0 {
            continue;
        }
        let value = match random.u8(..8) {
            0..2 if !inside => object(random, true),
            0..2 => "null".to_owned(),
            2 => "[{\"type\":[]},-1.5]".to_owned(),
            3 => "\"é\\n\"".to_owned(),
            4 => "false".to_owned(),
            _ => format!("\"{}\"", "x".repeat(random.usize(..40))),
        };
        let spaces = [(); 4].map(|()| space(random));
        let [a, b, c, d] = spaces;
        members.push(format!("{a}\"{key}\"{b}:{c}{value}{d}"));
    }
    format!("{{{}}}", members.join(","))
}

/// A walk without predictions: one key after the other.
fn naive_walk(reader: &mut Reader<'_>, paths: &Paths, calls: &mut Calls) {
    while let Some(key) = reader.next_key().expect("well-formed") {
        let path = paths.iter().find(|path| key == path.key);
        let is_object = reader.peek().expect("well-formed") == ValueKind::Object;
        match path {
            Some(path) if is_object && path.children.iter().next().is_some() => {
                let offset = reader.offset();
                reader.enter().expect("an object");
                calls.enter(path);
                naive_walk(reader, path.children, calls);
                calls.leave(path, Value::object(reader.since(offset), offset));
            }
            Some(path) => drop(calls.value(path, reader.value().expect("well-formed"))),
            None => drop(reader.value().expect("well-formed")),
        }
    }
}

#[test]
fn walk_agrees_with_the_naive_walk() {
    let mut random = Rng::with_seed(4);
    let mut count = 0;
    for _ in 0..INPUTS {
        let json = object(&mut random, false);
        let (mut found, mut expected) = (Calls::default(), Calls::default());
        let mut reader = Reader::new(json.as_bytes());
        reader.enter().expect("an object");
        assert_eq!(walk(&mut reader, ORDERED, &mut found), Ok(ControlFlow::Continue(())), "{json}");
        assert_eq!(reader.finish(), Ok(()), "{json}");
        let mut reader = Reader::new(json.as_bytes());
        reader.enter().expect("an object");
        naive_walk(&mut reader, ORDERED, &mut expected);
        assert_eq!(found.0, expected.0, "{json}");
        count += found.0.len();
    }
    assert!(count > 2 * INPUTS, "{count} calls");
}

#[test]
fn walk_returns_the_same_error_as_skipping() {
    const NO_PATHS: &Paths = &Paths::new(&[]);
    let mut random = Rng::with_seed(5);
    let mut errors = 0;
    for _ in 0..INPUTS {
        let mut json = object(&mut random, false).into_bytes();
        for _ in 0..random.usize(..3) {
            let place = random.usize(..json.len());
            json[place] = b"{}[]\",:\\ n0x\x1f\xc3"[random.usize(..14)];
        }
        json.truncate(random.usize(json.len() / 2..=json.len()));
        let skipped = Reader::new(&json).value().map(drop);
        assert_eq!(Reader::new(&json).skip(), skipped, "{}", json.escape_ascii());
        for paths in [ORDERED, NO_PATHS] {
            let mut reader = Reader::new(&json);
            let found = reader.enter().and_then(|()| {
                // No value is "stop", so the walk continues to the end.
                walk(&mut reader, paths, &mut Calls::default()).map(drop)
            });
            if json.first() == Some(&b'{') {
                assert_eq!(found, skipped, "{}", json.escape_ascii());
            }
        }
        errors += usize::from(skipped.is_err());
    }
    assert!(errors > INPUTS / 3, "{errors} errors");
}
