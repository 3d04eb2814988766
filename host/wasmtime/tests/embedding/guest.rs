//! The guest of the tests: `conforming.wat` with a fault that the test chooses.

use sekisho_host::{Error, Filter, VerdictJson};

const CONFORMING: &str = include_str!("conforming.wat");

pub(crate) const VERDICT: &[u8] = br#"{"kind":"console_login","outcome":"failure","reason":null,"principal":"root","mfa":"unknown","user_exists":"yes"}"#;
pub(crate) const MESSAGE: &str = "expected a value, found the letter e";

/// Inputs, by what the guest does with them.
pub(crate) mod input {
    pub(crate) const VERDICT: &[u8] = b"v";
    pub(crate) const NO_VERDICT: &[u8] = b"n";
    /// The verdict is the configuration.
    pub(crate) const CONFIGURATION: &[u8] = b"c";
    /// Also a configuration or a state that is refused.
    pub(crate) const ERROR: &[u8] = b"e";
    pub(crate) const ERROR_WITH_LONG_MESSAGE: &[u8] = b"t";
    pub(crate) const UNKNOWN_ERROR: &[u8] = b"x";
    /// The output is the host's clock.
    pub(crate) const CLOCK: &[u8] = b"m";
    /// Calls with an input, other than the next one, return the fault.
    pub(crate) const FAULT: &[u8] = b"i";
    /// `sekisho_input` returns the fault, because of the length.
    pub(crate) const FAULT_IN_INPUT: &[u8] = &[b'v'; 1999];
    pub(crate) const FAULT_IN_OUTPUT: &[u8] = b"o";
    pub(crate) const FAULT_IN_LAST_ERROR: &[u8] = b"l";
    pub(crate) const FAULT_IN_DESCRIBE: &[u8] = b"d";
    pub(crate) const FAULT_IN_FLUSH: &[u8] = b"f";
    pub(crate) const FAULT_IN_SAVE: &[u8] = b"s";
    pub(crate) const FAULT_IN_RESET: &[u8] = b"r";
    /// A tick at this time returns the fault.
    pub(crate) const FAULT_IN_TICK_MS: i64 = 0x69;
}

/// The stateful exports and their types.
pub(crate) const STATEFUL: [(&str, &str); 6] = [
    ("sekisho_observe", "(i32, i32, i64) -> i32"),
    ("sekisho_tick", "(i64) -> i32"),
    ("sekisho_flush", "() -> i32"),
    ("sekisho_save", "() -> i32"),
    ("sekisho_restore", "(i32, i32) -> i32"),
    ("sekisho_reset", "() -> ()"),
];

/// A configuration that is a verdict, too.
pub(crate) fn configuration(name: &str) -> Vec<u8> {
    let verdict = str::from_utf8(VERDICT).expect("JSON").trim_end_matches('}');
    format!(r#"{verdict},"rules":["{name}"]}}"#).into_bytes()
}

/// The record `v{}` with its verdict.
pub(crate) fn annotated() -> Vec<u8> {
    [b"v{\"signin\":", VERDICT, b"}"].concat()
}

/// The bytes of the verdict on a record.
pub(crate) fn process<'a>(
    filter: &'a mut Filter,
    record: &[u8],
) -> Result<Option<&'a [u8]>, Error> {
    Ok(filter.process(record)?.map(VerdictJson::as_bytes))
}

/// The bytes of the lines that observing a record emits.
pub(crate) fn observe<'a>(
    filter: &'a mut Filter,
    record: &[u8],
    now_ms: i64,
) -> Result<&'a [u8], Error> {
    Ok(filter.observe(record, now_ms)?.as_bytes())
}

/// The bytes of the lines that a tick emits.
pub(crate) fn tick(filter: &mut Filter, now_ms: i64) -> Result<&[u8], Error> {
    Ok(filter.tick(now_ms)?.as_bytes())
}

/// The bytes of the lines that a flush emits.
pub(crate) fn flush(filter: &mut Filter) -> Result<&[u8], Error> {
    Ok(filter.flush()?.as_bytes())
}

/// A module that conforms to the ABI.
pub(crate) fn conforming() -> Vec<u8> {
    faulty("(i32.const 0)")
}

/// A module that conforms to the ABI until an input makes it run `fault`, the body of a function with
/// one result.
pub(crate) fn faulty(fault: &str) -> Vec<u8> {
    changed("(;FAULT;)", fault)
}

/// The conforming module without the stateful exports.
pub(crate) fn stateless() -> Vec<u8> {
    let text = STATEFUL.iter().fold(CONFORMING.to_owned(), |text, (name, _)| {
        text.replace(&format!(r#"(export "{name}")"#), "")
    });
    wat::parse_str(text.replace("(;FAULT;)", "(i32.const 0)")).expect("valid text")
}

/// The conforming module with one piece of its text replaced.
pub(crate) fn changed(from: &str, to: &str) -> Vec<u8> {
    assert_eq!(CONFORMING.matches(from).count(), 1, "{from}");
    let text = CONFORMING.replace(from, to).replace("(;FAULT;)", "(i32.const 0)");
    wat::parse_str(text).expect("valid text")
}

/// The conforming module with `from` replaced by `to` after `place`.
pub(crate) fn changed_in(place: &str, from: &str, to: &str) -> Vec<u8> {
    let (before, after) = CONFORMING.split_once(place).expect("the place");
    let text = format!("{before}{place}{}", after.replacen(from, to, 1));
    wat::parse_str(text.replace("(;FAULT;)", "(i32.const 0)")).expect("valid text")
}
