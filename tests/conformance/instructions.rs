//! The number of instructions that the module executes per record, which does not depend on the
//! machine or its load.
//!
//! `benches/instructions.json` has the counts. A path that needs over 5 % more fails; if that is
//! intended, write the new counts with `BLESS=1`.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs};

use crate::corpora::print_uncaptured;
use crate::host::{Export, Host};
use crate::hosts::Wasmi;

/// So many records come before those that are counted: buffers have their final size, and most
/// skeletons are known.
const WARM: usize = 4000;
const RECORDS: usize = 1000;
const RULES: usize = 1000;

/// A path: its name, the configuration, the export, and how many records come before.
type PathOf<'p> = (&'p str, &'p str, Export, usize);

/// The paths of the builds with forms.
const FORMS: [PathOf<'_>; 4] = [
    ("process", "{}", Export::Process, WARM),
    ("ecs", r#"{"form":"ecs"}"#, Export::Process, WARM),
    ("ocsf", r#"{"form":"ocsf"}"#, Export::Process, WARM),
    ("identity", r#"{"identity":true}"#, Export::Process, WARM),
];

/// Instructions per record, by build and path.
type Counts = BTreeMap<String, BTreeMap<String, u64>>;

#[test]
fn no_path_is_more_expensive() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/instructions.json");
    let rules = sekisho_generator::rules(RULES);
    let paths = [
        ("process", "{}", Export::Process, WARM),
        ("first records", "{}", Export::Process, 0),
        ("1000 rules", &*rules, Export::Process, WARM),
        ("observe", "{}", Export::Observe(0), WARM),
    ];
    let counts = Counts::from([
        ("portable".to_owned(), counts(sekisho_module::PORTABLE, &paths)),
        ("simd".to_owned(), counts(sekisho_module::SIMD, &paths)),
        ("portable with forms".to_owned(), counts(sekisho_module::FORMS_PORTABLE, &FORMS)),
        ("simd with forms".to_owned(), counts(sekisho_module::FORMS_SIMD, &FORMS)),
    ]);
    // In the SIMD build, fuel is taken for copies of all lengths that a text might have: see SPEED.md.
    let portable = &counts["portable with forms"];
    let verdict = portable["S, process"];
    for (path, count) in portable.iter().filter(|(path, _)| path.starts_with("S, ")) {
        assert!(*count <= 2 * verdict, "{path}: {count}, a verdict is {verdict}");
    }
    if env::var_os("BLESS").is_some() {
        let json = serde_json::to_string_pretty(&counts).expect("numbers");
        fs::write(&file, json + "\n").expect("the file is written");
    }
    let text = fs::read_to_string(&file).expect("the counts are there");
    let before: Counts = serde_json::from_str(&text).expect("the counts are JSON");
    for (build, paths) in &counts {
        for (path, count) in paths {
            let before = before.get(build).and_then(|paths| paths.get(path));
            let before = *before.unwrap_or_else(|| panic!("{build}, {path}: run with BLESS=1"));
            print_uncaptured(&format!(
                "{build}, {path}: {count} instructions per record, {before} before"
            ));
            assert!(
                *count <= before + before / 20,
                "{build}, {path}: {count} instructions per record, {before} before; \
                 if that is intended, run with BLESS=1"
            );
        }
    }
}

/// A form costs nothing for records that are no sign-ins.
#[test]
fn other_records_cost_the_same_in_each_form() {
    let wasm = sekisho_module::FORMS_PORTABLE;
    let mut host = Wasmi::with_fuel(wasm);
    let others: Vec<_> = sekisho_generator::mixed_records(1)
        .take(RECORDS)
        .map(|record| record.json)
        .filter(|json| host.call(Export::Process, json.as_bytes()).n == 0)
        .collect();
    let used = |configuration: &str| {
        let mut host = Wasmi::with_fuel(wasm);
        assert_eq!(host.call(Export::Configure, configuration.as_bytes()).n, 0);
        let before = host.fuel_used();
        others.iter().for_each(|json| drop(host.call(Export::Process, json.as_bytes())));
        host.fuel_used() - before
    };
    let before = used("{}");
    for (form, configuration, ..) in FORMS {
        let used = used(configuration);
        // What no header excludes takes a branch more.
        assert!(used <= before + before / 1000, "{form}: {used} instructions, {before} before");
    }
}

/// Sign-ins whose skeletons never come again cost at most a tenth more than without learning: the
/// elements of a list are not learned.
#[test]
fn a_flood_of_skeletons_costs_little() {
    let records: Vec<_> = sekisho_generator::signin_records(2)
        .take(5000)
        .enumerate()
        .map(|(number, record)| {
            // Without the first fields that exclude other records, which lists are not searched for.
            let json = record.json.replacen('{', "{\"schema\":null,", 1);
            let json = json.strip_suffix('}').expect("an object");
            format!("{json},\"odd {number}\":\"{number}\"}}")
        })
        .collect();
    let used = |inputs: &[String], export| {
        let mut host = Wasmi::with_fuel(sekisho_module::PORTABLE);
        let before = host.fuel_used();
        for input in inputs {
            assert!(host.call(export, input.as_bytes()).n > 0);
        }
        host.fuel_used() - before
    };
    let lists: Vec<_> =
        records.chunks(10).map(|records| format!("[{}]", records.join(","))).collect();
    let without = used(&lists, Export::ProcessBatch(2));
    let with = used(&records, Export::Process);
    print_uncaptured(&format!("{with} instructions with learning, {without} without"));
    assert!(with < without + without / 10, "{with} instructions, {without} without learning");
}

fn counts(wasm: &[u8], paths: &[PathOf<'_>]) -> BTreeMap<String, u64> {
    let bytes = |record: sekisho_generator::Record| record.json.into_bytes();
    let signins: Vec<_> =
        sekisho_generator::signin_records(1).map(bytes).take(WARM + RECORDS).collect();
    let mixed: Vec<_> =
        sekisho_generator::mixed_records(1).map(bytes).take(WARM + RECORDS).collect();
    let mut counts = BTreeMap::new();
    for (work, records) in [("S", &signins), ("M", &mixed)] {
        for (path, configuration, export, warm) in paths.iter().copied() {
            let mut host = Wasmi::with_fuel(wasm);
            assert_eq!(host.call(Export::Configure, configuration.as_bytes()).n, 0);
            let (first, counted) = records[..warm + RECORDS].split_at(warm);
            first.iter().for_each(|record| drop(host.call(export, record)));
            let before = host.fuel_used();
            counted.iter().for_each(|record| drop(host.call(export, record)));
            let used = host.fuel_used() - before;
            counts.insert(format!("{work}, {path}"), used / counted.len() as u64);
        }
    }
    counts
}
