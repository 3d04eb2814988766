//! `benches/RESULTS.md`.

use std::fmt::Write;

use sekisho_generator::Timestamp;

use crate::goals::Measured;
use crate::measure::{Figures, Work};
use crate::{classify, machine, rules};

const HEAD: &str = "# Results

Written by `cargo run --release --manifest-path benches/peers/Cargo.toml`; what everybody is asked stands in [peers/README.md](peers/README.md). Figures are medians of rounds, ratios are of figures of one round, and goals are told, never enforced.
";

pub(crate) fn write(classified: &Measured, ruled: &Measured, goals: &str) -> String {
    let mut text = format!("{HEAD}\n## Goals\n{goals}");
    text.push_str("\n## A failed console sign-in, and why?\n");
    works(&mut text, classified, classify::OURS);
    text.push_str("\n## Which rules match?\n");
    works(&mut text, ruled, rules::OURS);
    text.push_str("\n## Where\n");
    let date = &Timestamp::now().to_string()[..10];
    line(&mut text, &format!("- {date}, {}", machine::processor()));
    line(&mut text, &format!("- {}", machine::compiler()));
    let avx = if cfg!(target_feature = "avx2") { "with" } else { "without" };
    line(&mut text, &format!("- compiled {avx} AVX2"));
    for (name, version) in machine::versions() {
        line(&mut text, &format!("- {name} {version}"));
    }
    text
}

fn works(text: &mut String, measured: &Measured, ours: &str) {
    for (figures, work) in measured {
        line(text, &format!("\n### Work {}", work.name));
        let (records, bytes) = (work.records.len(), work.bytes());
        line(text, &format!("{records} records of {bytes} bytes\n"));
        table(text, figures, work, ours);
    }
}

/// Fastest first.
fn table(text: &mut String, figures: &Figures, work: &Work, ours: &str) {
    let mean = work.bytes() as f64 / work.records.len() as f64;
    let mut names: Vec<_> = figures.names().collect();
    names.sort_by(|one, other| figures.median(one).total_cmp(&figures.median(other)));
    line(text, "| who | ns a record | MB a second | times ours |\n|---|--:|--:|--:|");
    for name in names {
        let (nanoseconds, ratio) = (figures.median(name), figures.ratio(name, ours));
        let speed = mean * 1e3 / nanoseconds;
        line(text, &format!("| {name} | {nanoseconds:.0} | {speed:.0} | {ratio:.2} |"));
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes everything");
}
