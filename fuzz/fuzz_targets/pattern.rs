//! Any bytes as a pattern: it compiles, or the error has an offset inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_rules::{Pattern, RuleSet};

fuzz_target!(|input: &[u8]| match Pattern::parse(input) {
    Ok(pattern) => drop(RuleSet::compile(&[pattern])),
    Err(error) => assert!(error.offset <= input.len() && !error.to_string().is_empty()),
});
