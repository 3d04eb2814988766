//! The goals, and whether they are met. A missed goal is reported but is no error, because the speed
//! of a machine says nothing about the code.

use super::figures::Figures;
use super::works::Work;

/// The module in wasmtime, the base of all comparisons. Names are as in the benches.
pub(crate) const OURS: &str = "sekisho in wasmtime";

/// The task, the peer, the lowest ratio of the peer's time to the module's; the group of figures, and
/// the peer's names there, of which the fastest counts.
type Faster = (&'static str, &'static str, f64, &'static str, &'static [&'static str]);
const FASTER: [Faster; 8] = [
    ("classify S", "VRL", 10.0, "classify beside peers, work S", &["vrl"]),
    ("classify S", "quamina", 2.5, "classify beside peers, work S", &["quamina"]),
    ("classify M", "VRL", 60.0, "classify beside peers, work M", &["vrl"]),
    ("classify M", "quamina", 15.0, "classify beside peers, work M", &["quamina"]),
    ("10 rules, M", "quamina", 6.0, "10 rules beside peers, work M", QUAMINA),
    ("100 rules, M", "quamina", 5.0, "100 rules beside peers, work M", QUAMINA),
    ("1000 rules, M", "quamina", 20.0, "1000 rules beside peers, work M", QUAMINA),
    ("1000 rules, M", "VRL", 300.0, "1000 rules beside peers, work M", &["vrl"]),
];
const QUAMINA: &[&str] = &["quamina", "quamina built for speed"];

/// The task, the highest ratio of its time to that of serde with a typed struct, natively; the group of
/// figures, the name there, and the work.
type Share = (&'static str, f64, &'static str, &'static str, &'static str);
const SHARES: [Share; 5] = [
    ("classify S", 0.4, "classify, work S", OURS, "S"),
    ("10 rules, S", 0.65, "match, work S", "10 rules", "S"),
    ("1000 rules, S", 0.85, "match, work S", "1000 rules", "S"),
    ("classify M", 0.09, "classify, work M", OURS, "M"),
    ("1000 rules, M", 0.2, "match, work M", "1000 rules", "M"),
];

/// The task, the base of comparison, the highest ratio of their times; the group of figures, and both
/// names there.
type Within = (&'static str, &'static str, f64, &'static str, [&'static str; 2]);
const WITHIN: [Within; 7] = [
    (
        "classify M",
        "the floor: memcpy and an empty call",
        1.6,
        "classify, work M",
        [OURS, "floor, memcpy and an empty call"],
    ),
    ("1000 rules, S", "10 rules", 1.6, "match, work S", ["1000 rules", "10 rules"]),
    ("1000 rules, M", "10 rules", 3.2, "match, work M", ["1000 rules", "10 rules"]),
    ("classify S in wasm", "the same code native", 1.25, "classify, work S", [OURS, "native"]),
    ("classify M in wasm", "the same code native", 1.25, "classify, work M", [OURS, "native"]),
    ("portable build, S", "SIMD build", 1.8, "classify, work S", ["portable build", OURS]),
    ("portable build, M", "SIMD build", 2.4, "classify, work M", ["portable build", OURS]),
];

/// A task that is done once, and the most microseconds it may take.
const ONCE: [(&str, f64); 2] = [("load a precompiled file", 120.0), ("make an instance", 40.0)];

/// The result in a row whose bench was not run.
pub(crate) const NOT_MEASURED: &str = "not measured";

/// A row of the table: the task, the base of comparison, the goal, the measurement, the result.
pub(crate) type Row = [String; 5];

/// All goals, with those that were not measured.
pub(crate) fn rows(figures: &Figures, works: &[Work]) -> Vec<Row> {
    let faster = FASTER.iter().map(|(what, peer, goal, group, names)| {
        let ratios = names.iter().filter_map(|name| ratio(figures, group, name, OURS));
        let measured = ratios.reduce(f64::min);
        let result = measured.map(|ratio| (format!("{ratio:.2} times"), ratio >= *goal));
        row(what, peer, &format!("at least {goal} times as fast"), result)
    });
    let shares = SHARES.iter().map(|(what, goal, group, name, work)| {
        let serde = figures.group(&format!("classify, work {work}"));
        let serde = serde.and_then(|group| group.get("serde_json, struct"));
        let measured = figures.group(group).and_then(|group| Some(group.get(*name)?.ratio(serde?)));
        let result = measured.map(|ratio| (format!("{ratio:.2} times"), ratio <= *goal));
        row(what, "serde typed struct", &format!("at most {goal} times as long"), result)
    });
    let within = WITHIN.iter().map(|(what, base, goal, group, [name, base_name])| {
        let measured = ratio(figures, group, name, base_name);
        let result = measured.map(|ratio| (format!("{ratio:.2} times"), ratio <= *goal));
        row(what, base, &format!("at most {goal} times as long"), result)
    });
    let once = ONCE.iter().map(|(what, goal)| {
        let figure = figures.group("start").and_then(|group| group.get(*what));
        let measured = figure.map(|figure| figure.median() / 1e3);
        let result = measured.map(|time| (format!("{time:.1} µs"), time < *goal));
        row(what, "-", &format!("under {goal} µs"), result)
    });
    shares.chain(faster).chain(within).chain(once).chain(works.iter().map(memory)).collect()
}

fn ratio(figures: &Figures, group: &str, name: &str, base: &str) -> Option<f64> {
    let group = figures.group(group)?;
    Some(group.get(name)?.ratio(group.get(base)?))
}

fn memory(work: &Work) -> Row {
    let (settled, more) = (work.settled_records, work.more_records);
    row(
        &format!("memory over {more} records more, {}", work.name),
        &format!("after {settled} records"),
        "not one page more",
        Some((format!("{} pages", work.more_pages), work.more_pages == 0)),
    )
}

/// `measured` is the measurement and whether it meets the goal; `None` if the bench was not run.
fn row(what: &str, base: &str, goal: &str, measured: Option<(String, bool)>) -> Row {
    let (measured, met) = measured.map_or(("-".to_owned(), NOT_MEASURED), |(measured, met)| {
        (measured, if met { "met" } else { "not met" })
    });
    [what.to_owned(), base.to_owned(), goal.to_owned(), measured, met.to_owned()]
}
