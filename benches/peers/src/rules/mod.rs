//! The second task: which rules match? The rules are those of `benches/rules.rs`, in the language of
//! each tool.

mod languages;
mod set;

use quamina::{MatcherBuildMode, Quamina};
use sekisho_measure::{OURS, Work, filter};
use serde_json::Value;
use sigma_rust::event_from_json;
use tau_engine::Optimisations;

use crate::measure::{Candidate, Run, measure};
use crate::program::{Program, event};
use set::Rule;

/// The numbers of rules.
pub(crate) const SIZES: [usize; 3] = [10, 100, 1000];

/// Compares the matching rules of all candidates, then measures. Hardly any rule matches a record of
/// the workload, so they are also compared on records that are made to match.
pub(crate) fn run(work: &Work, size: usize) {
    let configuration = sekisho_generator::rules(size);
    let rules = set::rules(&configuration);
    let mut records = work.records.clone();
    records.extend(rules.iter().map(Rule::probe));
    let mut candidates = candidates(&configuration, &rules, &records);
    let match_all = |run: &mut Run<'_, Vec<usize>>| {
        (0..records.len()).map(|index| sorted(run(index))).collect()
    };
    let expected: Vec<Vec<usize>> = match_all(&mut candidates[0].run);
    for (rule, matching) in expected[work.records.len()..].iter().enumerate() {
        assert!(matching.contains(&rule), "rule {rule} matches the record made for it");
    }
    for candidate in &mut candidates[1..] {
        let name = candidate.name;
        assert_eq!(match_all(&mut candidate.run), expected, "{name} differs from the module");
    }
    let matches: usize = expected.iter().map(Vec::len).sum();
    println!("{size} rules: all agree, {matches} matches in {} records", records.len());
    measure(&format!("{size} rules beside peers"), work, candidates);
}

fn candidates<'a>(
    configuration: &str,
    rules: &[Rule],
    records: &'a [Vec<u8>],
) -> Vec<Candidate<'a, Vec<usize>>> {
    vec![
        Candidate { name: OURS, run: ours(configuration, records) },
        Candidate { name: "quamina", run: quamina(rules, records, MatcherBuildMode::default()) },
        Candidate {
            name: "quamina built for speed",
            run: quamina(rules, records, MatcherBuildMode::BuiltForSpeed),
        },
        Candidate { name: "vrl", run: vrl(rules, records) },
        Candidate { name: "tau-engine", run: tau_engine(rules, records) },
        Candidate { name: "sigma-rust", run: sigma_rust(rules, records) },
    ]
}

fn sorted(mut matching: Vec<usize>) -> Vec<usize> {
    matching.sort_unstable();
    matching
}

fn ours<'a>(configuration: &str, records: &'a [Vec<u8>]) -> Run<'a, Vec<usize>> {
    let mut filter = filter(sekisho_module::SIMD, configuration);
    Box::new(move |index| {
        let verdict = filter.process(&records[index]).expect("a record");
        verdict.map_or_else(Vec::new, |verdict| matching(verdict.as_bytes()))
    })
}

/// The rules in a verdict. Most verdicts have none and need not be parsed.
fn matching(verdict: &[u8]) -> Vec<usize> {
    const KEY: &[u8] = br#""rules":["#;
    let Some(start) = verdict.windows(KEY.len()).position(|window| window == KEY) else {
        return Vec::new();
    };
    let ids = verdict[start + KEY.len()..].split(|byte| *byte == b'"').skip(1).step_by(2);
    ids.map_while(|id| std::str::from_utf8(id).ok()?.strip_prefix("rule-")?.parse().ok()).collect()
}

fn quamina<'a>(
    rules: &[Rule],
    records: &'a [Vec<u8>],
    mode: MatcherBuildMode,
) -> Run<'a, Vec<usize>> {
    let mut quamina = Quamina::new();
    quamina.set_matcher_build_mode(mode);
    for rule in rules {
        let pattern = languages::pattern(rule).to_string();
        quamina.add_pattern(rule.number, &pattern).expect("a valid pattern");
    }
    Box::new(move |index| quamina.matches_for_event(&records[index]).expect("JSON"))
}

fn vrl<'a>(rules: &[Rule], records: &'a [Vec<u8>]) -> Run<'a, Vec<usize>> {
    let mut program = Program::new(&languages::vrl(rules));
    let messages: Vec<_> = records.iter().map(|record| record.clone().into()).collect();
    Box::new(move |index| {
        let matching = program.run(event(&messages[index]));
        let matching = matching.as_array().expect("the numbers of the rules").iter();
        matching.map(|number| number.as_integer().expect("a number") as usize).collect()
    })
}

fn tau_engine<'a>(rules: &[Rule], records: &'a [Vec<u8>]) -> Run<'a, Vec<usize>> {
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

fn sigma_rust<'a>(rules: &[Rule], records: &'a [Vec<u8>]) -> Run<'a, Vec<usize>> {
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
