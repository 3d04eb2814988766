//! Any bytes: the engine must agree with the oracle.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut output = Vec::new();
    let result = match sekisho::Classifier::new().process(input, &mut output) {
        Ok(true) => Ok(Some(String::from_utf8(output).expect("a verdict is UTF-8"))),
        Ok(false) => Ok(None),
        Err(error) => Err(error.code()),
    };
    let expected = sekisho_oracle::process(input);
    assert_eq!(result, expected.map(|verdict| verdict.map(|verdict| verdict.to_json())));
});
