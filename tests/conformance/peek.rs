//! What the first bytes of a record decide, the whole record decides, with the same counters.

use fastrand::Rng;
use sekisho::{Classifier, Configuration, Peek};
use sekisho_generator::wrapping::WRAPPINGS;

use crate::corpora::{collected_background, collected_signins, generated, rows};
use crate::host::{CallResult, Export, Host};
use crate::hosts::Wasmi;
use crate::mutations::{duplicate_keys, flip, respell, soup};

const RULES: &str =
    r#"{"rules":[{"id":"login","pattern":{"eventName":["ConsoleLogin","GetObject"]}}]}"#;

/// A classifier that looks at the first bytes of each input, and one that never does.
struct Pair {
    peeking: Classifier,
    whole: Classifier,
    decided: usize,
}

impl Pair {
    fn new(configuration: &str) -> Self {
        let [peeking, whole] = [(); 2].map(|()| {
            let configuration = Configuration::parse(configuration.as_bytes());
            Classifier::with_configuration(configuration.expect("a configuration"))
        });
        Pair { peeking, whole, decided: 0 }
    }

    /// Looks at the first `length` bytes.
    fn check(&mut self, input: &[u8], length: usize) {
        let shown = || format!("{length} bytes of {}", input.escape_ascii());
        let [mut output, mut expected] = [(); 2].map(|()| Vec::new());
        let result = match self.peeking.peek(&input[..length]) {
            Peek::NoVerdict => {
                self.decided += 1;
                Ok(false)
            }
            Peek::Unknown { .. } => self.peeking.process(input, &mut output),
        };
        assert_eq!(result, self.whole.process(input, &mut expected), "{}", shown());
        assert_eq!(output, expected, "{}", shown());
        assert_eq!(self.peeking.counters(), self.whole.counters(), "{}", shown());
    }
}

/// Checks inputs, their mutations, and other ends of their first bytes.
fn check(inputs: &[Vec<u8>]) {
    let mut random = Rng::with_seed(31);
    for configuration in ["{}", r#"{"record":["data.aws"]}"#, RULES] {
        let mut pair = Pair::new(configuration);
        for input in inputs {
            for length in [0, input.len() / 4, input.len().min(1024), input.len()] {
                pair.check(input, length);
            }
            for _ in 0..4 {
                let length = random.usize(..=input.len());
                pair.check(input, length);
                let other_end = [&input[..length], &soup(&mut random)].concat();
                pair.check(&other_end, length);
                pair.check(&flip(input, &mut random), length);
            }
            for changed in [respell(input, &mut random), duplicate_keys(input, &mut random)] {
                let Some(changed) = changed else { continue };
                pair.check(&changed, random.usize(..=changed.len()));
            }
        }
        assert!(configuration != RULES || pair.decided == 0, "any record may match a rule");
    }
}

#[test]
fn of_rows() {
    check(&rows().into_iter().map(|row| row.input).collect::<Vec<_>>());
}

#[test]
fn of_generated_records() {
    let records = generated(32, 300);
    let wrapped = records.iter().step_by(7).flat_map(|record| {
        let text = String::from_utf8(record.clone()).expect("text");
        WRAPPINGS.map(|(_, wrap)| wrap(&text).into_bytes())
    });
    check(&wrapped.collect::<Vec<_>>());
    check(&records);
}

#[test]
fn of_collected_records() {
    let (Some(signins), Some(background)) = (collected_signins(), collected_background()) else {
        return;
    };
    check(&signins);
    check(&background.into_iter().step_by(11).collect::<Vec<_>>());
}

#[test]
fn the_first_kilobyte_decides_most_of_a_trail() {
    let mut classifier = Classifier::new();
    let decided = sekisho_generator::mixed_records(33).take(1000).filter(|record| {
        let start = &record.json.as_bytes()[..record.json.len().min(1024)];
        classifier.peek(start) == Peek::NoVerdict
    });
    let decided = decided.count();
    assert!(decided > 950, "{decided} of 1000");
}

#[test]
fn the_export_says_when_to_ask_again() {
    let mut module = Wasmi::new(sekisho_module::PORTABLE);
    let other = br#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"#;
    assert_eq!(module.peek(other), 0);
    assert_eq!(module.peek(&other[..40]), 1);
    assert_eq!(module.peek(br#"{"version":"0","detail":{"#), 64);
    assert_eq!(module.peek(b""), 64);
    assert_eq!(module.call(Export::Configure, RULES.as_bytes()), CallResult::status(0));
    assert_eq!(module.peek(other), i32::MAX);
    assert_eq!(module.call(Export::Configure, b"{}"), CallResult::status(0));
    assert_eq!(module.peek(other), 0);
}
