//! The results as a page of Markdown.

use comfy_table::{CellAlignment, Table, presets};

use super::figures::{Figure, Figures, Group};
use super::goals::{OURS, Row};
use super::works::Work;

const HEAD: &str = "# Results

Written by `cargo xtask bench`; [peers/README.md](peers/README.md) has the method and the tasks. Figures are medians of rounds, ratios compare figures of the same round, and goals are reported, not enforced. A time is for one record; under `configure` and `start` it is for one operation.
";

/// Chapters and their groups of figures.
const CHAPTERS: [(&str, &[&str]); 7] = [
    ("A record", &["classify, work S", "classify, work M"]),
    (
        "A failed console sign-in, and why?",
        &["classify beside peers, work S", "classify beside peers, work M"],
    ),
    ("A record with rules", &["match, work S", "match, work M", "configure"]),
    (
        "Which rules match?",
        &[
            "10 rules beside peers, work M",
            "100 rules beside peers, work M",
            "1000 rules beside peers, work M",
        ],
    ),
    (
        "Hosts",
        &[
            "hosts, work S",
            "hosts, work M",
            "hosts with 1000 rules, work S",
            "hosts with 1000 rules, work M",
        ],
    ),
    ("Start", &["start"]),
    ("A stream of attempts", &["attempts"]),
];

/// The page. Groups that were not measured are left out.
pub(crate) fn page(figures: &Figures, goals: &[Row], works: &[Work], machine: &[String]) -> String {
    let mut page = format!("{HEAD}\n## Goals\n");
    page += &table(3, ["what", "beside", "goal", "measured", ""], goals.to_vec());
    page += "\n## Works\n";
    let row = |work: &Work| {
        let share = work.signins as f64 * 100.0 / work.records as f64;
        let signins = format!("{} ({share:.0} %)", work.signins);
        [work.name.clone(), work.records.to_string(), work.bytes.to_string(), signins]
    };
    page += &table(1, ["work", "records", "bytes", "sign-ins"], works.iter().map(row));
    for (chapter, names) in CHAPTERS {
        let groups = names.iter().filter_map(|name| Some((name, figures.group(name)?)));
        let tables: String =
            groups.map(|(name, group)| format!("\n### {name}\n{}", fastest_first(group))).collect();
        if !tables.is_empty() {
            page += &format!("\n## {chapter}\n{tables}");
        }
    }
    page += "\n## Where\n";
    page.extend(machine.iter().map(|line| format!("- {line}\n")));
    page
}

fn fastest_first(group: &Group) -> String {
    let mut figures: Vec<_> = group.iter().collect();
    figures.sort_by(|(_, one), (_, other)| one.median().total_cmp(&other.median()));
    // Relative to the module, where the group has it.
    let (base, ratio) = match group.get(OURS) {
        Some(ours) => (ours, "times ours"),
        None => (figures[0].1, "times the fastest"),
    };
    let Some(bytes) = base.bytes else {
        let row = |(name, figure): (&String, &Figure)| [name.clone(), time(figure.median())];
        return table(1, ["what", "time"], figures.into_iter().map(row));
    };
    let row = |(name, figure): (&String, &Figure)| {
        let nanoseconds = figure.median();
        let speed = format!("{:.0}", bytes * 1e3 / nanoseconds);
        [name.clone(), time(nanoseconds), speed, format!("{:.2}", figure.ratio(base))]
    };
    table(1, ["who", "time", "MB a second", ratio], figures.into_iter().map(row))
}

/// In a unit that leaves at least three digits from a microsecond up.
fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ..1e4 => format!("{nanoseconds:.0} ns"),
        ..1e7 => format!("{:.1} µs", nanoseconds / 1e3),
        _ => format!("{:.1} ms", nanoseconds / 1e6),
    }
}

/// The first columns are text, the others numbers.
pub(super) fn table<const N: usize>(
    texts: usize,
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header).add_rows(rows);
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{table}\n")
}
