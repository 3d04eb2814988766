//! `bench`: criterion's medians, side by side.

use std::fs;
use std::path::Path;

use comfy_table::{CellAlignment, Table, presets};
use serde_json::Value;

use crate::command::{Failed, cargo, root};

/// Runs the benchmarks, then prints what each took for a record, and how that compares to the
/// floor of the same work, or to the fastest where there is none.
pub(crate) fn run() -> Result<(), Failed> {
    cargo(["bench", "--bench", "per_event", "--bench", "rules", "--bench", "attempts"]).run()?;
    for work in ["S", "M", "rules S", "rules M", "attempts"] {
        let folder = root().join("target/criterion").join(work);
        println!("\nWork {work}\n{}", table(&folder)?);
    }
    Ok(())
}

fn table(folder: &Path) -> Result<Table, Failed> {
    let mut figures = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| Failed::File(folder.to_owned(), error))?;
    for entry in entries.flatten() {
        let results = entry.path().join("new");
        if results.join("estimates.json").exists() {
            figures.push(Figure::read(&results)?);
        }
    }
    figures.sort_by(|one, other| one.nanoseconds.total_cmp(&other.nanoseconds));
    let floor = figures.iter().find(|figure| figure.name.contains("floor")).or(figures.first());
    let floor = floor.map_or(f64::NAN, |figure| figure.nanoseconds);
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    table.set_header(["benchmark", "ns a record", "MB a second", "ratio"]);
    for figure in &figures {
        let Figure { name, nanoseconds, bytes } = figure;
        table.add_row([
            name.clone(),
            format!("{nanoseconds:.0}"),
            format!("{:.0}", bytes * 1e3 / nanoseconds),
            format!("{:.2}", nanoseconds / floor),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    Ok(table)
}

/// What criterion found for one benchmark.
struct Figure {
    name: String,
    /// The median time of a record.
    nanoseconds: f64,
    /// The mean length of a record.
    bytes: f64,
}

impl Figure {
    fn read(folder: &Path) -> Result<Self, Failed> {
        let estimates = json(&folder.join("estimates.json"))?;
        let benchmark = json(&folder.join("benchmark.json"))?;
        let throughput = &benchmark["throughput"]["ElementsAndBytes"];
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let records = number(&throughput["elements"]);
        Ok(Figure {
            name: benchmark["function_id"].as_str().unwrap_or("?").to_owned(),
            nanoseconds: number(&estimates["median"]["point_estimate"]) / records,
            bytes: number(&throughput["bytes"]) / records,
        })
    }
}

fn json(path: &Path) -> Result<Value, Failed> {
    let text = fs::read(path).map_err(|error| Failed::File(path.to_owned(), error))?;
    serde_json::from_slice(&text).map_err(|error| Failed::File(path.to_owned(), error.into()))
}
