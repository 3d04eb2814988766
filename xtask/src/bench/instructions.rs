//! `bench --instructions`: the instructions that a record takes natively, counted by callgrind.

use std::fs;

use super::results::table;
use crate::command::{Failed, Program, cargo, root};

/// The records that `benches/count.rs` counts.
const RECORDS: u64 = 1000;

/// What is counted: the work with its wrapping, the path, the number of rules, and the budget. The
/// paths are those of `benches/count.rs`: `with forms` is the build with forms without one.
struct Case {
    work: &'static str,
    path: &'static str,
    rules: usize,
    budget: Budget,
}

/// The most instructions that a case may take.
#[derive(Clone, Copy)]
enum Budget {
    None,
    Instructions(u64),
    /// So many times what the case with this work and path takes without rules, in percent.
    Of(&'static str, &'static str, u64),
}

use Budget::{Instructions, Of};

const CASES: [Case; 25] = [
    Case { work: "S", path: "serde", rules: 0, budget: Budget::None },
    Case { work: "S", path: "floor", rules: 0, budget: Budget::None },
    Case { work: "S", path: "native", rules: 0, budget: Budget::None },
    Case { work: "S", path: "wasm", rules: 0, budget: Instructions(3500) },
    Case { work: "S", path: "wasm", rules: 10, budget: Instructions(5500) },
    Case { work: "S", path: "wasm", rules: 1000, budget: Instructions(7000) },
    Case { work: "S", path: "portable", rules: 0, budget: Budget::None },
    Case { work: "S", path: "observe", rules: 0, budget: Of("S", "wasm", 200) },
    Case { work: "S detail", path: "wasm", rules: 0, budget: Of("S", "wasm", 130) },
    Case { work: "S message", path: "wasm", rules: 0, budget: Of("S", "wasm", 180) },
    Case { work: "S data.aws", path: "wasm", rules: 0, budget: Of("S", "wasm", 200) },
    Case { work: "S", path: "with forms", rules: 0, budget: Budget::None },
    Case { work: "S", path: "ecs", rules: 0, budget: Of("S", "with forms", 200) },
    Case { work: "S", path: "ocsf", rules: 0, budget: Of("S", "with forms", 200) },
    Case { work: "M", path: "serde", rules: 0, budget: Budget::None },
    Case { work: "M", path: "native", rules: 0, budget: Budget::None },
    Case { work: "M", path: "wasm", rules: 0, budget: Instructions(1100) },
    Case { work: "M", path: "wasm", rules: 1000, budget: Instructions(3000) },
    Case { work: "M", path: "portable", rules: 0, budget: Budget::None },
    Case { work: "M detail", path: "wasm", rules: 0, budget: Of("M", "wasm", 130) },
    Case { work: "M message", path: "wasm", rules: 0, budget: Of("M", "wasm", 180) },
    Case { work: "M data.aws", path: "wasm", rules: 0, budget: Of("M", "wasm", 200) },
    Case { work: "M others", path: "with forms", rules: 0, budget: Budget::None },
    Case { work: "M others", path: "ecs", rules: 0, budget: Of("M others", "with forms", 100) },
    Case { work: "M others", path: "ocsf", rules: 0, budget: Of("M others", "with forms", 100) },
];

/// Counts each case and prints it beside its budget.
pub(crate) fn run() -> Result<(), Failed> {
    Program::new("valgrind").arg("--version").read()?;
    let mut counts = Vec::new();
    for case in &CASES {
        let count = count(case)?;
        eprintln!("{}, {}, {} rules: {count}", case.work, case.path, case.rules);
        counts.push(count);
    }
    let rows = CASES.iter().zip(&counts).map(|(case, count)| row(case, *count, &counts));
    let head = ["work", "path", "rules", "instructions", "budget", "of native serde"];
    println!("{}", table(2, head, rows));
    Ok(())
}

fn row(case: &Case, count: u64, counts: &[u64]) -> [String; 6] {
    let of = |work: &str, path: &str| {
        let is_case = |case: &Case| case.work == work && case.path == path && case.rules == 0;
        CASES.iter().position(is_case).map_or(0, |index| counts[index])
    };
    let budget = match case.budget {
        Budget::None => String::new(),
        Instructions(budget) => budget.to_string(),
        Of(work, path, percent) => (of(work, path) * percent / 100).to_string(),
    };
    let serde = of(&case.work[..1], "serde");
    let share = format!("{:.2}", count as f64 / serde as f64);
    let (work, path) = (case.work.to_owned(), case.path.to_owned());
    [work, path, case.rules.to_string(), count.to_string(), budget, share]
}

/// The instructions for a record of a case.
fn count(case: &Case) -> Result<u64, Failed> {
    let folder = root().join("target/instructions");
    fs::create_dir_all(&folder).map_err(|error| Failed::File(folder.clone(), error))?;
    let (file, cache) = (folder.join("callgrind.out"), folder.join("cache"));
    let output = format!("--callgrind-out-file={}", file.display());
    let runner =
        format!("valgrind --quiet --tool=callgrind {output} --toggle-collect=*count*counted*");
    let rules = case.rules.to_string();
    cargo(["bench", "--quiet", "--bench", "count", "--", case.work, case.path, &rules])
        .arg(&cache)
        .env(&format!("CARGO_TARGET_{}_RUNNER", target()?), runner)
        .run()?;
    let profile = fs::read_to_string(&file).map_err(|error| Failed::File(file.clone(), error))?;
    let total = profile.lines().find_map(|line| line.strip_prefix("totals: "));
    let total: Option<u64> = total.and_then(|total| total.trim().parse().ok());
    total
        .map(|total| total / RECORDS)
        .ok_or_else(|| Failed::Other(format!("{} has no total; callgrind failed", file.display())))
}

/// The target of this machine, as it is in the names of cargo's variables.
fn target() -> Result<String, Failed> {
    let version = Program::new("rustc").arg("-vV").read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or_else(|| Failed::Other("rustc -vV names no host".into()))?;
    Ok(host.to_uppercase().replace('-', "_"))
}
