//! Texts that are JSON or almost JSON, each determined by a number.

use fastrand::Rng;
use sekisho_scan::MAX_DEPTH;

use crate::corpora::generated;
use crate::mutations::{flip, soup, white_space};

/// The generator of texts.
pub(crate) struct Texts {
    records: Vec<Vec<u8>>,
}

impl Texts {
    pub(crate) fn new() -> Self {
        Texts { records: generated(21, 100) }
    }

    /// The text with this number: a value, pieces of JSON or a record, usually with a fault or two.
    pub(crate) fn text(&self, number: u64) -> Vec<u8> {
        let random = &mut Rng::with_seed(number);
        let mut text = Vec::new();
        match random.u8(..32) {
            0 => text.extend(&self.records[random.usize(..self.records.len())]),
            1..8 => text = soup(random),
            _ => write_value(random, &mut text),
        }
        for _ in 0..random.usize(..3) {
            change(random, &mut text);
        }
        if random.u8(..) == 0 {
            nest(random, &mut text);
        }
        text
    }
}

/// Changes, inserts or removes a byte, or truncates the text.
fn change(random: &mut Rng, text: &mut Vec<u8>) {
    if text.is_empty() {
        return;
    }
    let index = random.usize(..text.len());
    match random.u8(..8) {
        0 => text.truncate(index),
        1..3 => drop(text.remove(index)),
        3..5 => text.insert(index, text[random.usize(..text.len())]),
        _ => *text = flip(text, random),
    }
}

/// Wraps the text in arrays, close to the depth limit.
fn nest(random: &mut Rng, text: &mut Vec<u8>) {
    let depth = MAX_DEPTH as usize - random.usize(..8);
    text.splice(..0, vec![b'['; depth]);
    text.extend(vec![b']'; depth]);
}

fn write_value(random: &mut Rng, text: &mut Vec<u8>) {
    const SCALARS: [&str; 10] = [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "12",
        "-1.5e+3",
        "0.10E-2",
        "1e999",
        "123456789012345678901234567890",
    ];
    match random.u8(..8) {
        0..2 => write_members(random, text, b'[', b']'),
        2..4 => write_members(random, text, b'{', b'}'),
        4 => text.extend(SCALARS[random.usize(..SCALARS.len())].bytes()),
        _ => write_string(random, text),
    }
}

/// An array or an object. On average it contains less than one container, so recursion ends.
fn write_members(random: &mut Rng, text: &mut Vec<u8>, open: u8, close: u8) {
    text.push(open);
    for index in 0..random.usize(..4) {
        if index > 0 {
            text.push(b',');
        }
        spaces(random, text);
        if open == b'{' {
            write_string(random, text);
            spaces(random, text);
            text.push(b':');
            spaces(random, text);
        }
        write_value(random, text);
        spaces(random, text);
    }
    text.push(close);
}

/// Usually none, as in records.
fn spaces(random: &mut Rng, text: &mut Vec<u8>) {
    if random.u8(..8) == 0 {
        white_space(random, text);
    }
}

/// A string of plain runs with escapes and other characters between them. The runs begin and end at
/// every position of a SIMD vector.
fn write_string(random: &mut Rng, text: &mut Vec<u8>) {
    const BETWEEN: [&str; 14] = [
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\ud800",
        "\\udc00",
        "é",
        "€",
        "😀",
        "\x7f",
        "!",
        "#",
    ];
    text.push(b'"');
    for index in 0..random.usize(..4) {
        if index > 0 {
            text.extend(BETWEEN[random.usize(..BETWEEN.len())].bytes());
        }
        text.resize(text.len() + random.usize(..24), b'a');
    }
    text.push(b'"');
}
