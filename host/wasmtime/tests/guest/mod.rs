//! The guest of the tests: `obeying.wat` with a lie of the test's choice.
#![allow(dead_code, reason = "each test binary uses a part of it")]

const OBEYING: &str = include_str!("obeying.wat");

pub(crate) const VERDICT: &[u8] = br#"{"kind":"console_login"}"#;
pub(crate) const SENTENCE: &str = "expected a value, found the letter e";

/// A module that keeps the ABI in everything.
pub(crate) fn obeying() -> Vec<u8> {
    lying("(i32.const 0)")
}

/// A module that keeps the ABI but where the test asks it to run `lie`, the body of a function
/// with one result.
pub(crate) fn lying(lie: &str) -> Vec<u8> {
    changed("(;LIE;)", lie)
}

/// The obeying module with one piece of its text exchanged.
pub(crate) fn changed(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(OBEYING.matches(from).count(), 1, "{from}");
    let text = OBEYING.replace(from, to).replace("(;LIE;)", "(i32.const 0)");
    wat::parse_str(text).expect("valid text")
}
