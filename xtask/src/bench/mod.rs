//! `bench`: runs the benches, then reports which goals are met.

mod engines;
mod figures;
mod goals;
mod instructions;
mod machine;
mod results;
mod works;

use std::fs;

use crate::command::{Failed, cargo, root};
pub(crate) use engines::run as measure_engines;
use figures::Figures;
pub(crate) use instructions::run as count_instructions;
use works::Work;

/// The benches that take three minutes together.
const QUICK: [&str; 3] = ["per_event", "rules", "start"];
const FULL: [&str; 5] = ["per_event", "rules", "start", "hosts", "attempts"];

/// Prints the goals and all figures. Without `quick` the peers are measured too, and what is
/// printed becomes `benches/RESULTS.md`.
pub(crate) fn run(quick: bool) -> Result<(), Failed> {
    // Criterion leaves older figures in place, which would look like new ones.
    let folder = root().join("target/figures");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| Failed::File(folder.clone(), error))?;
    }
    let benches = if quick { &QUICK[..] } else { &FULL };
    let benches = benches.iter().flat_map(|bench| ["--bench", bench]);
    cargo(["bench"]).args(benches).env("CRITERION_HOME", &folder).run()?;
    if !quick {
        cargo(["bench", "--manifest-path", "benches/peers/Cargo.toml"])
            .env("CRITERION_HOME", &folder)
            .run()?;
    }
    let (works, figures) = (Work::all()?, Figures::read(&folder)?);
    let goals = goals::rows(&figures, &works);
    let page = results::page(&figures, &goals, &works, &machine::lines()?);
    println!("\n{page}");
    if quick {
        println!("`cargo xtask bench` measures the rest, with the peers.");
        return Ok(());
    }
    let file = root().join("benches/RESULTS.md");
    fs::write(&file, page).map_err(|error| Failed::File(file, error))?;
    // Fails if no bench has a name that is in the goals.
    match goals.iter().find(|goal| goal.contains(&goals::NOT_MEASURED.to_owned())) {
        Some(goal) => Err(Failed::Other(format!("not measured: {}", goal.join(", ")))),
        None => Ok(()),
    }
}
