//! A pattern and an event, one per line: the rules must agree with the oracle.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_rules::{Pattern, RuleSet, Scratch};

fuzz_target!(|input: &str| {
    let Some((text, event)) = input.split_once('\n') else { return };
    let Ok(pattern) = Pattern::parse(text.as_bytes()) else { return };
    let mut scratch = Scratch::new();
    let rules = RuleSet::compile(&[pattern]);
    if let Ok(ids) = rules.matches(event.as_bytes(), &mut scratch) {
        assert_eq!(!ids.is_empty(), sekisho_oracle::matches(text, event));
    }
});
