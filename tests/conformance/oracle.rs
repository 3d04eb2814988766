//! The engine against the oracle, which implements the same tables independently.

use fastrand::Rng;
use sekisho_generator::envelope;
use sekisho_generator::spelling::SPELLINGS;
use sekisho_generator::wrapping::WRAPPINGS;

use crate::corpora::{collected_background, collected_signins, count_from, generated, rows};
use crate::host::{CallResult, Export, Host};
use crate::hosts::{Native, Wasmtime};
use crate::mutations::{duplicate_keys, flip, respell, soup, truncations};

/// The number of generated records; `SEKISHO_RECORDS` overrides it.
const RECORDS: usize = 40_000;

/// The result of the engine, which must be that of the oracle.
fn agreed(engine: &mut impl Host, input: &[u8]) -> CallResult {
    let expected = match sekisho_oracle::process(input) {
        Ok(None) => CallResult::status(0),
        Ok(Some(verdict)) => CallResult::output(verdict.to_json().into_bytes()),
        Err(code) => CallResult::status(code),
    };
    let result = engine.call(Export::Process, input);
    assert_eq!(result, expected, "left is the engine, right the oracle, on {}", shown(input));
    result
}

fn shown(input: &[u8]) -> String {
    format!("{} bytes: {}", input.len(), input.escape_ascii())
}

#[test]
fn rows_and_their_mutations() {
    let inputs: Vec<_> = rows().into_iter().map(|row| row.input).collect();
    mutate(&inputs);
}

#[test]
fn generated_records_and_their_mutations() {
    mutate(&generated(1, 200));
}

#[test]
fn generated_records() {
    let mut native = Native::default();
    let mut module = Wasmtime::new(sekisho_module::SIMD);
    for record in generated(2, count_from("SEKISHO_RECORDS", RECORDS) / 2) {
        let result = agreed(&mut native, &record);
        assert_eq!(module.call(Export::Process, &record), result, "{}", shown(&record));
    }
}

#[test]
fn generated_records_in_every_envelope() {
    let mut engine = Native::default();
    for record in sekisho_generator::signin_records(3).take(500) {
        let bare = agreed(&mut engine, record.json.as_bytes());
        for (name, wrap) in envelope::ENVELOPES.iter().chain(&WRAPPINGS) {
            let wrapped = wrap(&record.json);
            assert_eq!(agreed(&mut engine, wrapped.as_bytes()), bare, "{name}: {wrapped}");
        }
    }
}

#[test]
fn wrapped_records_and_their_mutations() {
    let mut random = Rng::with_seed(6);
    let wrapped = sekisho_generator::signin_records(7).take(100).flat_map(|record| {
        let [(_, outer), (_, inner)] = [0, 1].map(|_| WRAPPINGS[random.usize(..WRAPPINGS.len())]);
        [inner(&record.json), outer(&inner(&record.json))].map(String::into_bytes)
    });
    mutate(&wrapped.collect::<Vec<_>>());
}

#[test]
fn generated_records_in_every_spelling() {
    let mut engine = Native::default();
    for record in sekisho_generator::signin_records(8).take(1000) {
        let bare = agreed(&mut engine, record.json.as_bytes());
        for (name, spell) in SPELLINGS {
            let row = spell(&record.json);
            let result = agreed(&mut engine, row.as_bytes());
            // Sentinel has no column for onBehalfOf.
            if name != "sentinel_row" || !record.json.contains("onBehalfOf") {
                assert_eq!(result, bare, "{name}: {row} of {}", record.json);
            }
        }
    }
}

#[test]
fn spelled_records_and_their_mutations() {
    let mut random = Rng::with_seed(9);
    let rows = sekisho_generator::signin_records(10).take(200).flat_map(|record| {
        let (_, spell) = SPELLINGS[random.usize(..SPELLINGS.len())];
        let (_, wrap) = WRAPPINGS[random.usize(..WRAPPINGS.len())];
        let row = spell(&record.json);
        [wrap(&row), row].map(String::into_bytes)
    });
    mutate(&rows.collect::<Vec<_>>());
}

#[test]
fn collected_records_and_their_mutations() {
    let Some(signins) = collected_signins() else { return };
    assert_eq!(signins.len(), 115);
    let mut engine = Native::default();
    let mut verdicts = 0;
    for record in &signins {
        verdicts += usize::from(agreed(&mut engine, record).n > 0);
    }
    // One record of the collection has its eventSource elided as `...`.
    assert_eq!(verdicts, 114);
    mutate(&signins);
}

#[test]
fn collected_other_records() {
    let Some(background) = collected_background() else { return };
    assert_eq!(background.len(), 5731);
    let mut engine = Native::default();
    for record in &background {
        agreed(&mut engine, record);
    }
    mutate(&background.into_iter().step_by(97).collect::<Vec<_>>());
}

#[test]
fn random_pieces_of_json() {
    let mut engine = Native::default();
    let mut random = Rng::with_seed(4);
    for _ in 0..300_000 {
        agreed(&mut engine, &soup(&mut random));
    }
}

/// Compares engine and oracle on changed records, and checks that a change that keeps the meaning
/// keeps the verdict.
fn mutate(inputs: &[Vec<u8>]) {
    let mut engine = Native::default();
    let mut random = Rng::with_seed(5);
    for input in inputs {
        // Some rows have hundreds of kilobytes, and trying every prefix is quadratic.
        let cuts = input.len().div_ceil(4096);
        for truncated in truncations(input).step_by(cuts.pow(2).max(1)) {
            agreed(&mut engine, truncated);
        }
        for _ in 0..100 / cuts.max(1) {
            agreed(&mut engine, &flip(input, &mut random));
        }
        let result = agreed(&mut engine, input);
        for changed in [respell(input, &mut random), duplicate_keys(input, &mut random)] {
            let Some(changed) = changed else { continue };
            let changed_result = agreed(&mut engine, &changed);
            // Another order of members can make another envelope the first one, so only verdicts
            // must stay the same.
            if result.n > 0 {
                assert_eq!(changed_result, result, "{} became {}", shown(input), shown(&changed));
            }
        }
    }
}
