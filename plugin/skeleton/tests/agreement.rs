//! What is found is what reading the text returns.

use fastrand::Rng;
use sekisho_scan::{Malformed, Reader, Value, ValueKind};
use sekisho_skeleton::{MIN_TEXT, NewLayout, Skeletons};

/// The number of random texts; few under Miri, which is slow.
const TEXTS: usize = if cfg!(miri) { 50 } else { 20_000 };

/// The values of a text in order, the containers with what is in them.
fn values(text: &[u8]) -> Result<Vec<Value<'_>>, Malformed> {
    fn read<'a>(reader: &mut Reader<'a>, found: &mut Vec<Value<'a>>) -> Result<(), Malformed> {
        let kind = reader.peek()?;
        let mut whole = reader.clone();
        found.push(whole.value()?);
        match kind {
            ValueKind::Object => {
                reader.enter()?;
                while reader.next_key()?.is_some() {
                    read(reader, found)?;
                }
            }
            ValueKind::Array => {
                reader.enter()?;
                while reader.next_element()? {
                    read(reader, found)?;
                }
            }
            _ => drop(reader.value()?),
        }
        Ok(())
    }
    let (mut reader, mut found) = (Reader::new(text), Vec::new());
    read(&mut reader, &mut found)?;
    reader.finish()?;
    Ok(found)
}

/// Offers a text twice, since every other one is left out.
fn learn(skeletons: &mut Skeletons, text: &[u8]) {
    offer(skeletons, text);
    offer(skeletons, text);
}

fn offer(skeletons: &mut Skeletons, text: &[u8]) {
    let values = values(text).expect("a well-formed text");
    let fixed: Vec<&[u8]> =
        values.iter().map(|value| value.raw).filter(|raw| FIXED.contains(raw)).collect();
    if skeletons.find(text, &mut Vec::new()).is_none() && skeletons.learns() {
        skeletons.learn(text, "unique", &fixed, &mut |layout| {
            values.iter().try_for_each(|value| layout.push(0, Some(value)))
        });
    }
}

/// Strings that belong to the skeleton. Elsewhere they are the content of a hole.
const FIXED: [&[u8]; 2] = [b"\"\"", b"\"a longer run of plain text \""];

/// Checks that a text is found with its own values or not at all, and says which.
fn agrees(skeletons: &mut Skeletons, text: &[u8]) -> bool {
    let expected = values(text);
    let mut decoded = Vec::new();
    let Some((found, &mut ())) = skeletons.find(text, &mut decoded) else { return false };
    let expected = expected.unwrap_or_else(|error| panic!("{error}: {}", text.escape_ascii()));
    for (index, value) in expected.iter().enumerate() {
        assert_eq!(found.value(index), Some(*value), "{index} of {}", text.escape_ascii());
        let (string, expected) = (found.string(index), value.text());
        let parts = |text: sekisho_scan::Text<'_>| (text.raw().to_vec(), text.is_escaped());
        assert_eq!(string.map(parts), expected.map(parts), "{index} of {}", text.escape_ascii());
    }
    assert!(found.value(expected.len()).is_none());
    true
}

/// A random text of a few keys, so that many have the same skeleton.
fn random_text(random: &mut Rng) -> String {
    fn value(random: &mut Rng, depth: u32, text: &mut String) {
        match random.u8(..if depth < 3 { 9 } else { 6 }) {
            0 => text.push_str(["null", "true", "false"][random.usize(..3)]),
            1 | 2 => text.push_str(number(random)),
            3..6 => {
                text.push('"');
                text.push_str(&content(random));
                text.push('"');
            }
            6 => {
                text.push('[');
                for index in 0..random.usize(..3) {
                    separate(index, random, text);
                    value(random, depth + 1, text);
                }
                text.push(']');
            }
            _ => object(random, depth, text),
        }
    }
    fn object(random: &mut Rng, depth: u32, text: &mut String) {
        text.push('{');
        for index in 0..random.usize(..4) {
            separate(index, random, text);
            let long = "a key that is longer than one block of the tree";
            text.push_str(&format!("\"{}\":", ["a", "ab", "unique", long][random.usize(..4)]));
            value(random, depth + 1, text);
        }
        text.push('}');
    }
    fn separate(index: usize, random: &mut Rng, text: &mut String) {
        text.push_str(if index > 0 { "," } else { "" });
        text.push_str(if random.u8(..16) == 0 { " " } else { "" });
    }
    let mut text = format!("{{\"first\":\"{:1$}\",\"then\":", "", MIN_TEXT);
    value(random, 0, &mut text);
    text + ["}", "}\n", " }"][random.usize(..3)]
}

fn number(random: &mut Rng) -> &'static str {
    ["0", "-0", "7", "12.50", "1e9", "-1.5E-3", "2E+7", "123456789012345678901234567890"]
        [random.usize(..8)]
}

fn content(random: &mut Rng) -> String {
    let pieces = ["", "x", "é", "\\u00e9", "\\\"", "\\ud83d", "😀", "a longer run of plain text "];
    (0..random.usize(..4)).map(|_| pieces[random.usize(..pieces.len())]).collect()
}

#[test]
fn random_texts_and_their_mutations() {
    let mut random = Rng::with_seed(1);
    let mut skeletons = Skeletons::default();
    let mut found = 0;
    for _ in 0..TEXTS {
        let text = random_text(&mut random).into_bytes();
        if !agrees(&mut skeletons, &text) {
            learn(&mut skeletons, &text);
        }
        found += usize::from(agrees(&mut skeletons, &text));
        for _ in 0..4 {
            let mut changed = text.clone();
            for _ in 0..=random.usize(..2) {
                let index = random.usize(..changed.len());
                changed[index] = match random.bool() {
                    true => random.u8(..),
                    false => b"{}[]\",:\\ntf0-.eEu \n\x00\x0c\x1f\x7f\x80\xff"[random.usize(..25)],
                };
            }
            agrees(&mut skeletons, &changed);
        }
    }
    assert!(found > TEXTS / 4, "{found} of {TEXTS} are found");
}

const TEXT: &str = concat!(
    r#"{"eventVersion":"1.08","userIdentity":{"type":"Root","arn":"arn:aws:iam::111122223333:root"},"#,
    r#""count":12,"unique":"signin.amazonaws.com","list":["a",{"b":-1.5e3}],"last":"#,
    r#"{"name":"anaya","a key that is longer than one block of the tree":null,"end":"x"}}"#
);

fn learned() -> Skeletons {
    let mut skeletons = Skeletons::default();
    learn(&mut skeletons, TEXT.as_bytes());
    assert_eq!(skeletons.len(), 1);
    skeletons
}

#[test]
fn texts_cut_at_every_byte_and_with_every_byte_at_the_end() {
    let known = learned();
    for length in 0..TEXT.len() {
        assert!(!agrees(&mut known.clone(), &TEXT.as_bytes()[..length]), "{length}");
    }
    for byte in 0..=u8::MAX {
        let text = [TEXT.as_bytes(), &[byte]].concat();
        assert_eq!(agrees(&mut known.clone(), &text), b" \t\n\r".contains(&byte), "{byte:#x}");
    }
}

#[test]
fn every_byte_replaced_by_every_byte() {
    let known = learned();
    for index in 0..TEXT.len() {
        for byte in 0..=if cfg!(miri) { 2 } else { u8::MAX } {
            let mut text = TEXT.as_bytes().to_vec();
            text[index] = byte;
            agrees(&mut known.clone(), &text);
        }
    }
}

#[test]
fn holes_of_any_content() {
    let mut skeletons = learned();
    let mut random = Rng::with_seed(2);
    for _ in 0..TEXTS {
        let text = TEXT
            .replacen("1.08", &content(&mut random), 1)
            .replacen("12", number(&mut random), 1)
            .replacen("-1.5e3", number(&mut random), 1)
            .replacen("anaya", &content(&mut random), 1)
            .replacen("\"x\"", &format!("\"{}\"", content(&mut random)), 1);
        assert!(agrees(&mut skeletons, text.as_bytes()), "{text}");
    }
    let huge = "long ".repeat(if cfg!(miri) { 100 } else { 16 << 20 } / 5);
    for hole in ["1.08", "signin", "anaya", "x"] {
        let text = TEXT.replacen(hole, &huge, 1);
        assert!(agrees(&mut skeletons, text.as_bytes()), "{hole}");
        assert!(!agrees(&mut skeletons, &text.as_bytes()[..text.len() - 1]));
    }
}

#[test]
fn short_texts_are_neither_learned_nor_found() {
    let mut skeletons = Skeletons::default();
    let text = |length: usize| format!("[\"{}\"]", "a".repeat(length - 4)).into_bytes();
    learn(&mut skeletons, &text(MIN_TEXT - 1));
    assert!(skeletons.is_empty());
    learn(&mut skeletons, &text(MIN_TEXT));
    assert!(!agrees(&mut skeletons, &text(MIN_TEXT - 1)));
    assert!(agrees(&mut skeletons, &text(MIN_TEXT + 1)));
}

#[test]
fn values_of_other_bytes_are_not_learned() {
    let mut skeletons = Skeletons::default();
    let decoded = TEXT.to_owned();
    let values = values(decoded.as_bytes()).expect("a well-formed text");
    let mut add = |layout: &mut NewLayout<'_>| layout.push(0, values.first());
    assert!(skeletons.find(TEXT.as_bytes(), &mut Vec::new()).is_none());
    assert!(!skeletons.learn(TEXT.as_bytes(), "", &[], &mut add));
    // Nor is a text without a string that belongs to the skeleton.
    assert!(!skeletons.learn(TEXT.as_bytes(), "", &[values[1].raw], &mut |_| Some(())));
    assert!(skeletons.find(TEXT.as_bytes(), &mut Vec::new()).is_none());
}

/// A text in a string, with another string beside it.
fn around(text: &str, beside: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!(r#"{{"time":"2026-01-02","text":"{text}\n","count":1,"beside":"{beside}"}}"#)
}

#[test]
fn a_text_in_a_string() {
    let mut skeletons = learned();
    let mut decoded = Vec::new();
    let first = around(TEXT, "x");
    assert!(skeletons.find(first.as_bytes(), &mut decoded).is_none());
    assert!(!skeletons.is_known_around());
    let string = first.find("\"{").expect("a text");
    assert!(skeletons.learn_around(first.as_bytes(), "unique", string));
    let expected = values(TEXT.as_bytes()).expect("a well-formed text");
    for beside in ["", "y", "a longer run of plain text than one chunk, or two", "é\\n", "]{"] {
        let text = around(TEXT, beside);
        let (found, &mut ()) = skeletons.find(text.as_bytes(), &mut decoded).expect(beside);
        assert!(found.is_in_string() && found.text().trim_ascii() == TEXT.as_bytes());
        for (index, value) in expected.iter().enumerate() {
            assert_eq!(found.value(index), Some(*value), "{index}");
        }
    }
    // What may be text, too, and texts that are not known or malformed.
    for beside in ["{", "[x", "\\u007b", "\\n", "\""] {
        assert!(
            skeletons.find(around(TEXT, beside).as_bytes(), &mut decoded).is_none(),
            "{beside}"
        );
        assert!(!skeletons.is_known_around());
    }
    let other = TEXT.replace("count", "other");
    for text in [&other, "", "x", &TEXT[1..], &TEXT[..TEXT.len() - 1], &format!(" {TEXT}")] {
        let text = around(text, &"x".repeat(MIN_TEXT));
        assert!(skeletons.find(text.as_bytes(), &mut decoded).is_none(), "{text}");
        assert!(skeletons.is_known_around());
    }
    let surrogate = first.replace("anaya", r"\ud83d\ude00");
    let (found, &mut ()) =
        skeletons.find(surrogate.as_bytes(), &mut decoded).expect("the same skeleton");
    assert!(found.text().windows(4).any(|bytes| bytes == "😀".as_bytes()));
    for index in 0..first.len() {
        let mut text = first.clone().into_bytes();
        text[index] = b'\\';
        let is_well_formed = Reader::new(&text).value().is_ok();
        assert!(skeletons.find(&text, &mut decoded).is_none() || is_well_formed, "{index}");
        assert!(skeletons.find(&first.as_bytes()[..index], &mut decoded).is_none(), "{index}");
    }
}

#[test]
fn a_key_that_is_unique_may_not_be_around_a_text() {
    let mut skeletons = learned();
    let text = around(TEXT, "x").replace("time", "unique");
    assert!(!skeletons.learn_around(text.as_bytes(), "unique", text.find("\"{").unwrap()));
}

/// Strings before and after a part of a text.
#[test]
fn strings_outside_of_a_part_may_not_be_texts() {
    let text = |before: &str, inside: &str, after: &str| {
        let long = "x".repeat(MIN_TEXT);
        format!(r#"{{"a":"{before}","n":1,"b":{{"c":"{inside}","d":"{long}"}},"e":["{after}"]}}"#)
    };
    let first = text("x", "x", "x");
    let part = first.find(r#"{"c""#).unwrap()..first.find(r#","e""#).unwrap();
    let mut skeletons = Skeletons::default();
    assert!(skeletons.find(first.as_bytes(), &mut Vec::new()).is_none());
    assert!(skeletons.learn(first.as_bytes(), "", &[], &mut |layout| {
        layout.no_text_outside(&first.as_bytes()[part.clone()])
    }));
    let mut is_found = |before: &str, inside: &str, after: &str| {
        skeletons.find(text(before, inside, after).as_bytes(), &mut Vec::new()).is_some()
    };
    for string in ["", "x", "}{", "é"] {
        assert!(is_found(string, string, string), "{string}");
    }
    for string in ["{", "[1]", "\\n"] {
        assert!(is_found("x", string, "x"), "{string}");
        assert!(!is_found(string, "x", "x"), "{string}");
        assert!(!is_found("x", "x", string), "{string}");
    }
}

/// A text with a hole where another one has a fixed string is found, whichever was learned first.
#[test]
fn fixed_strings_and_holes_at_one_place() {
    let texts = |string: &str| {
        let text = |before: &str, after: &str| {
            format!("{{\"{before}\":\"{string}\",\"{after}\":\"{:1$}\"}}", "", MIN_TEXT)
        };
        [text("a", "b"), text("a", "c"), text("a key that is longer than a block", "b")]
    };
    let (fixed, hole) = (texts("a longer run of plain text "), texts("anaya"));
    for is_hole_first in [true, false] {
        let mut skeletons = Skeletons::default();
        let (first, second) = if is_hole_first { (&hole, &fixed) } else { (&fixed, &hole) };
        for text in first.iter().chain(second) {
            learn(&mut skeletons, text.as_bytes());
        }
        for text in hole.iter().chain(&texts("a longer run")) {
            assert!(agrees(&mut skeletons, text.as_bytes()), "{text}");
        }
        // Where the hole was learned first, the fixed string is its content.
        for text in &fixed {
            assert!(agrees(&mut skeletons, text.as_bytes()), "{text}");
        }
    }
}

/// The note of a skeleton comes with every text that has it.
#[test]
fn notes() {
    let mut skeletons = Skeletons::default();
    let (anaya, bruno) = (TEXT.to_owned(), TEXT.replacen("anaya", "bruno", 1));
    for text in [&anaya, &bruno] {
        assert!(skeletons.find(text.as_bytes(), &mut Vec::new()).is_none());
        let name = text.find("\"anaya\"").or(text.find("\"bruno\"")).expect("a name");
        let fixed = &text.as_bytes()[name..name + "\"anaya\"".len()];
        let name = [fixed[1], fixed[2]];
        assert!(skeletons.learn(text.as_bytes(), "unique", &[fixed], &mut |_| Some(name)));
    }
    for text in [anaya, bruno] {
        let text = text.replacen("12", "-3.5", 1).replacen("\"x\"", "\"another\"", 1);
        let mut decoded = Vec::new();
        let (_, note) = skeletons.find(text.as_bytes(), &mut decoded).expect("the same skeleton");
        assert!(text.contains(str::from_utf8(note).expect("a name")), "{text}");
    }
    let other = TEXT.replacen("anaya", "carol", 1);
    assert!(skeletons.find(other.as_bytes(), &mut Vec::new()).is_none());
}

/// A text whose skeleton has this name in it.
fn named(name: usize) -> Vec<u8> {
    TEXT.replacen("count", &format!("count {name}"), 1).into_bytes()
}

#[test]
fn a_flood_of_skeletons_is_bounded_and_what_comes_later_is_learned() {
    let mut skeletons = Skeletons::default();
    let mut found = |text: &[u8]| {
        offer(&mut skeletons, text);
        (skeletons.was_found(), skeletons.len())
    };
    let most = (0..100_000).map(|name| found(&named(name)).1).max();
    assert!((10..=2048).contains(&most.unwrap_or_default()), "{most:?}");
    // Other traffic is known again when the memory is cleared, at most so many texts later.
    let later = TEXT.replacen("\"count\"", "\"later\"", 1);
    let misses = (0..80_000).filter(|_| !found(later.as_bytes()).0).count();
    assert!(misses < 70_000, "{misses}");
    assert!(found(later.as_bytes()).0);
}

#[test]
fn texts_that_share_4000_bytes_and_then_differ() {
    let mut skeletons = Skeletons::default();
    let shared: String = (0..200).map(|key| format!("\"shared key {key:06}\":null,")).collect();
    let text = |name: &str| format!("{{{shared}\"{name}\":\"{name}\"}}").into_bytes();
    for name in ["a", "b", "c", "d"] {
        learn(&mut skeletons, &text(name));
    }
    for name in ["a", "b", "c", "d", "e"] {
        agrees(&mut skeletons, &text(name));
    }
    assert!(agrees(&mut skeletons, &text("a")));
    assert!(!agrees(&mut skeletons, &text("e")));
}
