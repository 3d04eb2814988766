//! The guest of the tests: `obeying.wat` with a lie of the test's choice.
#![allow(dead_code, reason = "each test binary uses a part of it")]

const OBEYING: &str = include_str!("obeying.wat");

pub(crate) const VERDICT: &[u8] = br#"{"kind":"console_login"}"#;
pub(crate) const SENTENCE: &str = "expected a value, found the letter e";

/// The exports that keep state, and their types.
pub(crate) const STATEFUL: [(&str, &str); 6] = [
    ("sekisho_observe", "(i32, i32, i64) -> i32"),
    ("sekisho_tick", "(i64) -> i32"),
    ("sekisho_flush", "() -> i32"),
    ("sekisho_save", "() -> i32"),
    ("sekisho_restore", "(i32, i32) -> i32"),
    ("sekisho_reset", "() -> ()"),
];

/// A module that keeps the ABI in everything.
pub(crate) fn obeying() -> Vec<u8> {
    lying("(i32.const 0)")
}

/// A module that keeps the ABI but where the test asks it to run `lie`, the body of a function
/// with one result.
pub(crate) fn lying(lie: &str) -> Vec<u8> {
    changed("(;LIE;)", lie)
}

/// The obeying module without the exports that keep state.
pub(crate) fn stateless() -> Vec<u8> {
    let text = STATEFUL.iter().fold(OBEYING.to_owned(), |text, (name, _)| {
        text.replace(&format!(r#"(export "{name}")"#), "")
    });
    wat::parse_str(text.replace("(;LIE;)", "(i32.const 0)")).expect("valid text")
}

/// The obeying module with one piece of its text exchanged.
pub(crate) fn changed(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(OBEYING.matches(from).count(), 1, "{from}");
    let text = OBEYING.replace(from, to).replace("(;LIE;)", "(i32.const 0)");
    wat::parse_str(text).expect("valid text")
}
