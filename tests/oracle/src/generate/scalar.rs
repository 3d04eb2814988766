//! Strings and numbers at the edges of the operators.

use super::random::Random;
use crate::json::Json;

pub(super) fn scalar(random: &mut Random) -> Json {
    match random.usize(0..8) {
        0 => random.choose(&[Json::Null, Json::Bool(true), Json::Bool(false)]),
        1 | 2 => number(random.choose(NUMBERS)),
        _ => string(random.choose(STRINGS)),
    }
}

pub(super) fn number(text: &str) -> Json {
    Json::Number(text.to_owned())
}

pub(super) fn string(text: &str) -> Json {
    Json::String(text.to_owned())
}

pub(super) const STRINGS: &[&str] = &[
    "",
    "a",
    "ab",
    "AB",
    "abab",
    "a*b",
    "a\\b",
    "a\"b",
    "straße",
    "STRASSE",
    "é",
    "É",
    "İ",
    "😀",
    "??",
    "null",
    "1",
    "Root",
    "ConsoleLogin",
    "Success",
    "Failure",
    "192.0.2.7",
    "192.000.2.07",
    "192.0.2.200",
    "::ffff:c000:207",
    "c000:207::1",
    "2001:db8::1",
    "2001:0DB8:0:0:0:0:0:1",
    "2001:db8:1::",
    "0.0.0.0",
    "999.0.2.7",
    "1:2:3",
];

const NUMBERS: &[&str] = &[
    "0",
    "-0.0",
    "1",
    "1.0",
    "10e-1",
    "2",
    "-1",
    "10",
    "1e1",
    "0.1",
    "9007199254740991",
    "9007199254740993",
    "9007199254740993.0",
    "1e400",
    "5e-324",
];

pub(super) const ASCENDING: &[&str] =
    &["-1e300", "-1", "-0.0", "5e-324", "0.1", "1", "2", "1e1", "9007199254740991"];

pub(super) const CIDRS: &[&str] = &[
    "192.0.2.0/24",
    "192.0.2.9/25",
    "192.0.2.7/31",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8::/127",
    "c000::/16",
    "::ffff:c000:200/24",
];
