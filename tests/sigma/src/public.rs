//! A public set of rules, over collected records: the files of the folder `SEKISHO_SIGMA`, the records
//! of the folder `SEKISHO_DATA`.

use std::collections::BTreeMap;
use std::io::{Read, Write, stderr};
use std::path::Path;
use std::{env, fs};

use flate2::read::MultiGzDecoder;
use rsigma_eval::Engine;
use rsigma_eval::event::JsonEvent;
use rsigma_parser::parse_sigma_yaml;
use sekisho_import::{Definition, Options, Rule, sigma};
use sekisho_rules::{Pattern, RuleSet, Scratch};
use serde_json::{Value, json};
use walkdir::WalkDir;

/// The original of an imported rule.
struct Original {
    path: String,
    engine: Engine,
}

#[test]
fn imported_rules_match_what_the_originals_match() {
    let folders = [env::var_os("SEKISHO_SIGMA"), env::var_os("SEKISHO_DATA")];
    let [Some(rules), Some(data)] = folders else {
        // Past the capture of output.
        let note = b"SKIPPED: public rules: SEKISHO_SIGMA or SEKISHO_DATA is not set\n";
        return stderr().write_all(note).unwrap();
    };
    let (originals, patterns): (Vec<Original>, Vec<Pattern>) =
        imported(Path::new(&rules)).into_iter().unzip();
    let set = RuleSet::compile(&patterns);
    let (mut scratch, mut matched) = (Scratch::new(), 0);
    for record in records(Path::new(&data)) {
        let event = json!({"detail": record}).to_string();
        let found = set.matches(event.as_bytes(), &mut scratch).expect("a record").to_vec();
        for (index, Original { path, engine }) in originals.iter().enumerate() {
            let expected = !engine.evaluate(&JsonEvent::borrow(&record)).is_empty();
            assert_eq!(found.contains(&(index as u32)), expected, "{path}\n{record}");
            matched += usize::from(expected);
        }
    }
    println!("{matched} matches");
}

/// The rules for CloudTrail in a folder that are imported. Prints how many there are.
fn imported(folder: &Path) -> Vec<(Original, Pattern)> {
    let (mut rules, mut counts) = (Vec::new(), BTreeMap::new());
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        if path.extension().is_none_or(|extension| extension != "yml") {
            continue;
        }
        let yaml = fs::read_to_string(&path).unwrap();
        if !yaml.contains("service: cloudtrail") {
            continue;
        }
        let import = |case_sensitive| -> Option<Rule> {
            sigma(&[&yaml], &Options { case_sensitive }).remove(0).rules.pop()
        };
        let result = match (import(false), import(true)) {
            (Some(rule), _) => {
                let Definition::Pattern(pattern) = &rule.definition else { continue };
                let mut engine = Engine::new();
                engine.add_collection(&parse_sigma_yaml(&yaml).unwrap()).unwrap();
                let pattern = Pattern::parse(pattern.to_string().as_bytes()).unwrap();
                rules.push((Original { path: path.display().to_string(), engine }, pattern));
                "exact"
            }
            (None, Some(_)) => "with --case-sensitive",
            (None, None) => "refused",
        };
        *counts.entry(result).or_insert(0) += 1;
    }
    println!("public rules: {counts:?}");
    rules
}

fn records(data: &Path) -> Vec<Value> {
    let mut records: Vec<Value> = Vec::new();
    for (file, key) in [("signin_events.ndjson", "event"), ("signin_reports.ndjson", "record")] {
        for line in fs::read_to_string(data.join(file)).unwrap().lines() {
            records.push(serde_json::from_str::<Value>(line).unwrap()[key].take());
        }
    }
    let background = fs::File::open(data.join("background_events.ndjson.gz")).unwrap();
    let mut text = String::new();
    MultiGzDecoder::new(background).read_to_string(&mut text).unwrap();
    records.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    records
}
