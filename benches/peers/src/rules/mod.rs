//! Many rules, in everybody's language: the same ones every time, those that
//! `benches/rules.rs` measures.

mod languages;
mod set;

use quamina::{MatcherBuildMode, Quamina};
use sekisho_measure::{OURS, Work, filter};
use serde_json::Value;
use sigma_rust::event_from_json;
use tau_engine::Optimisations;

use crate::measure::{Contender, measure};
use crate::program::{Program, event};
use set::Rule;

/// How many rules there are, from run to run.
pub(crate) const SIZES: [usize; 3] = [10, 100, 1000];

/// Asks everybody which rules match, compares the answers, then measures. Hardly any rule matches a
/// record of the work, so the answers are compared on records made for the rules too.
pub(crate) fn run(work: &Work, size: usize) {
    let configuration = sekisho_generator::rules(size);
    let rules = set::rules(&configuration);
    let mut records = work.records.clone();
    records.extend(rules.iter().map(Rule::probe));
    let mut contenders = contenders(&configuration, &rules, &records);
    let answers = |ask: &mut Ask<'_>| (0..records.len()).map(|at| sorted(ask(at))).collect();
    let expected: Vec<Vec<usize>> = answers(&mut contenders[0].ask);
    for (rule, matching) in expected[work.records.len()..].iter().enumerate() {
        assert!(matching.contains(&rule), "rule {rule} matches the record made for it");
    }
    for contender in &mut contenders[1..] {
        let name = contender.name;
        assert_eq!(answers(&mut contender.ask), expected, "{name} matches what the module does");
    }
    let matches: usize = expected.iter().map(Vec::len).sum();
    println!("{size} rules: all agree, {matches} matches in {} records", records.len());
    measure(&format!("{size} rules beside peers"), work, contenders);
}

/// Tells the rules that match the record of an index.
type Ask<'a> = Box<dyn FnMut(usize) -> Vec<usize> + 'a>;

fn contenders<'a>(
    configuration: &str,
    rules: &[Rule],
    records: &'a [Vec<u8>],
) -> Vec<Contender<'a, Vec<usize>>> {
    vec![
        Contender { name: OURS, ask: ours(configuration, records) },
        Contender { name: "quamina", ask: quamina(rules, records, MatcherBuildMode::default()) },
        Contender {
            name: "quamina built for speed",
            ask: quamina(rules, records, MatcherBuildMode::BuiltForSpeed),
        },
        Contender { name: "vrl", ask: vrl(rules, records) },
        Contender { name: "tau-engine", ask: tau_engine(rules, records) },
        Contender { name: "sigma-rust", ask: sigma_rust(rules, records) },
    ]
}

fn sorted(mut matching: Vec<usize>) -> Vec<usize> {
    matching.sort_unstable();
    matching
}

fn ours<'a>(configuration: &str, records: &'a [Vec<u8>]) -> Ask<'a> {
    let mut filter = filter(sekisho_module::SIMD, configuration);
    Box::new(move |index| {
        let verdict = filter.process(&records[index]).expect("the record is read");
        verdict.map_or_else(Vec::new, |verdict| matching(verdict.as_bytes()))
    })
}

/// The rules that a verdict names. Most name none and need not be parsed.
fn matching(verdict: &[u8]) -> Vec<usize> {
    const KEY: &[u8] = br#""rules":["#;
    let Some(at) = verdict.windows(KEY.len()).position(|window| window == KEY) else {
        return Vec::new();
    };
    let ids = verdict[at + KEY.len()..].split(|byte| *byte == b'"').skip(1).step_by(2);
    ids.map_while(|id| std::str::from_utf8(id).ok()?.strip_prefix("rule-")?.parse().ok()).collect()
}

fn quamina<'a>(rules: &[Rule], records: &'a [Vec<u8>], mode: MatcherBuildMode) -> Ask<'a> {
    let mut quamina = Quamina::new();
    quamina.set_matcher_build_mode(mode);
    for rule in rules {
        let pattern = languages::pattern(rule).to_string();
        quamina.add_pattern(rule.number, &pattern).expect("a valid pattern");
    }
    Box::new(move |index| quamina.matches_for_event(&records[index]).expect("JSON"))
}

fn vrl<'a>(rules: &[Rule], records: &'a [Vec<u8>]) -> Ask<'a> {
    let mut program = Program::new(&languages::vrl(rules));
    let messages: Vec<_> = records.iter().map(|record| record.clone().into()).collect();
    Box::new(move |index| {
        let matching = program.run(event(&messages[index]));
        let matching = matching.as_array().expect("the numbers of the rules").iter();
        matching.map(|number| number.as_integer().expect("a number") as usize).collect()
    })
}

fn tau_engine<'a>(rules: &[Rule], records: &'a [Vec<u8>]) -> Ask<'a> {
    let compile = |rule: &Rule| {
        let compiled = tau_engine::Rule::from_str(&languages::tau_engine(rule).to_string());
        (rule.number, compiled.expect("a valid rule").optimise(Optimisations::default()))
    };
    let rules: Vec<_> = rules.iter().map(compile).collect();
    Box::new(move |index| {
        let record: Value = serde_json::from_slice(&records[index]).expect("JSON");
        let matching = rules.iter().filter(|(_, rule)| rule.matches(&record));
        matching.map(|(number, _)| *number).collect()
    })
}

fn sigma_rust<'a>(rules: &[Rule], records: &'a [Vec<u8>]) -> Ask<'a> {
    let compile = |rule: &Rule| {
        let compiled = sigma_rust::rule_from_yaml(&languages::sigma(rule).to_string());
        (rule.number, compiled.expect("a valid rule"))
    };
    let rules: Vec<_> = rules.iter().map(compile).collect();
    Box::new(move |index| {
        let record = std::str::from_utf8(&records[index]).expect("UTF-8");
        let event = event_from_json(record).expect("JSON");
        let matching = rules.iter().filter(|(_, rule)| rule.is_match(&event));
        matching.map(|(number, _)| *number).collect()
    })
}
