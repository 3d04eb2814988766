//! One path over the records of a work, for a tool that counts instructions: `cargo xtask bench
//! --instructions` runs it in callgrind, which counts in [`counted`] alone.

use std::env;
use std::hint::black_box;

use sekisho::{Classifier, Configuration};
use sekisho_host::{Filter, Module, Settings};
use sekisho_measure::{Typed, Work, floor};
use sekisho_module::{FORMS_SIMD, PORTABLE, SIMD};

/// So many records come before those that are counted.
const WARM: usize = 4000;
const RECORDS: usize = 1000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [work, path, rules, cache, ..] = &*arguments else {
        // `cargo test` and `cargo bench` call it with other arguments or none.
        return;
    };
    let records = records(work);
    let rules: usize = rules.parse().expect("a number of rules");
    let configuration = match (rules, path.as_str()) {
        (0, "ecs" | "ocsf") => format!(r#"{{"form":"{path}"}}"#),
        (0, _) => "{}".to_owned(),
        (rules, _) => sekisho_generator::rules(rules),
    };
    let (first, counted_records) = records.split_at(WARM);
    let mut read = reader(path, &configuration, cache);
    first.iter().for_each(|record| read(record));
    counted(counted_records, &mut *read);
}

/// The records of a work, in one of its wrappings or without its sign-ins.
fn records(work: &str) -> Vec<Vec<u8>> {
    const COUNT: usize = WARM + RECORDS;
    if work == "M others" {
        let mut classifier = Classifier::new();
        let mut records = Work::mixed(2 * COUNT).records;
        records.retain(|record| classifier.classify(record).expect("a record").is_none());
        records.truncate(COUNT);
        return records;
    }
    let [signins, mixed] = Work::both(COUNT);
    let mut records = if work.starts_with('S') { signins.records } else { mixed.records };
    if let Some((_, wrapping)) = work.split_once(' ') {
        for record in &mut records {
            *record = wrapped(wrapping, record);
        }
    }
    records
}

/// A record in one of its wrappings.
fn wrapped(wrapping: &str, record: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(record).expect("records are text");
    match wrapping {
        "detail" => format!(
            r#"{{"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"AWS Console Sign In via CloudTrail","source":"aws.signin","account":"111122223333","time":"2025-03-29T11:10:23Z","region":"us-east-1","resources":[],"detail":{text}}}"#
        )
        .into_bytes(),
        "message" => serde_json::json!({ "message": text }).to_string().into_bytes(),
        "data.aws" => format!(r#"{{"timestamp":"2025-03-29T11:10:23Z","data":{{"aws":{text}}}}}"#)
            .into_bytes(),
        other => panic!("no wrapping is called {other}"),
    }
}

/// Reads a record.
type Read = dyn FnMut(&[u8]);

fn reader(path: &str, configuration: &str, cache: &str) -> Box<Read> {
    let filter = |wasm: &'static [u8]| -> Filter {
        let settings = Settings::new().trust(wasm).cache(cache);
        let module = Module::with_settings(wasm, settings).expect("the module is accepted");
        let mut filter = module.filter().expect("an instance");
        filter.configure(configuration.as_bytes()).expect("the configuration is valid");
        filter
    };
    match path {
        "serde" => Box::new(|record| {
            black_box(serde_json::from_slice::<Typed>(record).expect("a record").classify());
        }),
        "floor" => {
            let mut floor = floor();
            Box::new(move |record| {
                black_box(floor.process(record).expect("a record").is_some());
            })
        }
        "native" => {
            let configuration = Configuration::parse(configuration.as_bytes()).expect("valid");
            let mut classifier = Classifier::with_configuration(configuration);
            let mut output = Vec::new();
            Box::new(move |record| {
                output.clear();
                black_box(classifier.process(record, &mut output).expect("a record"));
            })
        }
        "observe" => {
            let mut filter = filter(SIMD);
            Box::new(move |record| {
                black_box(filter.observe(record, 0).expect("a record"));
            })
        }
        "portable" | "wasm" | "with forms" | "ecs" | "ocsf" => {
            let mut filter = filter(match path {
                "portable" => PORTABLE,
                "wasm" => SIMD,
                _ => FORMS_SIMD,
            });
            Box::new(move |record| {
                black_box(filter.process(record).expect("a record").is_some());
            })
        }
        other => panic!("no path is called {other}"),
    }
}

/// What the tool counts.
#[inline(never)]
fn counted(records: &[Vec<u8>], read: &mut Read) {
    for record in records {
        read(black_box(record));
    }
}
