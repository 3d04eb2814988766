//! Any bytes: the engine must answer as the oracle does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_oracle::Answer;

fuzz_target!(|input: &[u8]| {
    let mut output = Vec::new();
    let answer = match sekisho::Engine::new().process(input, &mut output) {
        Ok(true) => Ok(Some(String::from_utf8(output).expect("a verdict is UTF-8"))),
        Ok(false) => Ok(None),
        Err(error) => Err(error.code()),
    };
    let expected = match sekisho_oracle::process(input) {
        Answer::NotOurs => Ok(None),
        Answer::Verdict(verdict) => Ok(Some(verdict.to_json())),
        Answer::Error(code) => Err(code),
    };
    assert_eq!(answer, expected);
});
