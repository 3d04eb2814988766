//! What is aimed at, and whether it is reached. A goal that is missed is told, never an error:
//! how fast a machine is says nothing about whether the code is right.

use std::fmt::Write;

use crate::classify;
use crate::measure::{Figures, Work};
use crate::rules;

/// Works that were measured, with what was found.
pub(crate) type Measured = [(Figures, Work)];

/// How many times longer than the module each peer is to take.
const CLASSIFY: [[(&str, f64); 3]; 2] = [
    [("vrl", 10.0), ("quamina", 2.5), ("serde_json, struct", 2.3)],
    [("vrl", 60.0), ("quamina", 15.0), ("serde_json, struct", 13.0)],
];
const QUAMINA_RULES: [f64; 3] = [6.0, 5.0, 20.0];
const VRL_THOUSAND_RULES: f64 = 300.0;

/// How many times longer than the floor the module may take on work M.
const ABOVE_FLOOR: f64 = 2.6;

/// The goals as a table in Markdown.
pub(crate) fn table(classified: &Measured, ruled: &Measured) -> String {
    let mut table = String::from("| goal | measured | |\n|---|--:|---|\n");
    for ((figures, work), goals) in classified.iter().zip(CLASSIFY) {
        for (peer, goal) in goals {
            slower(&mut table, work, peer, goal, figures.ratio(peer, classify::OURS));
        }
    }
    for ((figures, work), goal) in ruled.iter().zip(QUAMINA_RULES) {
        // In whichever of its two ways it is faster.
        let ratio = |peer| figures.ratio(peer, rules::OURS);
        let fastest = ratio("quamina").min(ratio("quamina built for speed"));
        slower(&mut table, work, "quamina", goal, fastest);
    }
    let (figures, work) = &ruled[ruled.len() - 1];
    slower(&mut table, work, "vrl", VRL_THOUSAND_RULES, figures.ratio("vrl", rules::OURS));
    let (figures, _) = &classified[1];
    let ratio = figures.ratio(classify::OURS, classify::FLOOR);
    let goal = format!("work M: at most {ABOVE_FLOOR} times the floor");
    row(&mut table, &goal, ratio, ratio <= ABOVE_FLOOR);
    table
}

fn slower(table: &mut String, work: &Work, peer: &str, goal: f64, ratio: f64) {
    let text = format!("work {}: {peer} takes at least {goal} times as long", work.name);
    row(table, &text, ratio, ratio >= goal);
}

fn row(table: &mut String, goal: &str, ratio: f64, met: bool) {
    let met = if met { "met" } else { "not met" };
    writeln!(table, "| {goal} | {ratio:.1} | {met} |").expect("a string takes everything");
}
