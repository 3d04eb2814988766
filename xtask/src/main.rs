//! Commands for developers: `cargo xtask demo`, `test`, `lint`, `dist`, `engines`, `playground`,
//! `report`, `soak`, `parity`, `bench`.
//!
//! Each command sets up what it needs by itself; nothing but rustup has to be on the machine.
//! All of them build with the release profile, so that wasmtime is compiled once.
#![forbid(unsafe_code)]

mod bench;
mod command;
mod deny;
mod dist;
mod imports;
mod lint;
mod metadata;
mod playground;
mod python;
mod setup;
mod shipped;
mod test;
mod vrl;

use std::env;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::command::{Failed, cargo, root};

/// Builds, tests and shows sekisho.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Classify the sample trail: the table and the summary that the README shows, and a report.
    Demo,
    /// Run every test: of every package, in release mode, and of the hosts for Node and Python.
    Test,
    /// Check formatting, lints, documentation, imports, licences, versions and the Dockerfile; any
    /// warning fails.
    Lint,
    /// Build everything that users install into `dist`: the WebAssembly module, portable and with
    /// SIMD, packages for Rust, Node and Python, the program, the playground.
    Dist {
        /// Build the module and the built-in rules only, which takes a minute instead of many.
        #[arg(long, conflicts_with = "verify")]
        module: bool,
        /// Build the module a second time from scratch, and fail unless the bytes are the same;
        /// compile the packages for Rust.
        #[arg(long)]
        verify: bool,
    },
    /// Run the tests of an engine that take too long for `test`.
    Engines {
        /// The engine.
        engine: Engine,
    },
    /// Build the playground and serve it on this machine; Node 20 or later builds it.
    Playground {
        /// Where to listen.
        #[arg(long, default_value_t = 4173)]
        port: u16,
    },
    /// Build the template of `sekisho report` into the sources of the program.
    Report,
    /// Kill `sekisho filter` and its receiver while lines go through both, or send many lines beside
    /// hostile clients while rules are reloaded: prints how many lines were lost or doubled. Or compare
    /// engines that have learned with one that has not.
    Soak {
        /// How many times to kill.
        #[arg(long, default_value_t = 420)]
        kills: u32,
        /// Kill nothing, but send so many lines; prints the memory and the lines a second, too.
        #[arg(long, conflicts_with = "kills")]
        lines: Option<u64>,
        /// Kill nothing, but classify so many changed records by engines that have learned records,
        /// and by one that has not.
        #[arg(long, conflicts_with_all = ["kills", "lines"])]
        inputs: Option<u64>,
    },
    /// Print what public rules find in the records of the folder SEKISHO_DATA, beside the built-in ones.
    Parity,
    /// Measure everything, beside the peers too: prints the goals and writes `benches/RESULTS.md`.
    Bench {
        /// Leave out the peers, the hosts and the stream of attempts; print only.
        #[arg(long)]
        quick: bool,
        /// Count instructions instead of time, beside their budgets; needs valgrind.
        #[arg(long, conflicts_with = "quick")]
        instructions: bool,
        /// Run the same records in the program, Python, DuckDB, ClickHouse, Tenzir and Spark instead;
        /// needs Java 17.
        #[arg(long, conflicts_with_all = ["quick", "instructions"])]
        engines: bool,
    },
}

/// An engine with tests that take long.
#[derive(Clone, Copy, ValueEnum)]
enum Engine {
    /// AArch64, with its SIMD: the tests of what the module is made of, in QEMU.
    Aarch64,
    /// VRL, the language of Vector's `remap`: each version that Vectors have.
    Vrl,
    /// Spark, with executors that are killed and streams that are stopped; needs Java 17.
    Spark,
    /// The playground, with a month of a million records.
    Playground,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("xtask: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task) -> Result<(), Failed> {
    setup::targets()?;
    match task {
        Task::Demo => demo(),
        Task::Test => test::run(),
        Task::Lint => lint::run(),
        Task::Dist { module: true, .. } => dist::build_modules(),
        Task::Dist { verify, .. } => dist::build(*verify),
        Task::Engines { engine: Engine::Aarch64 } => test::aarch64(),
        Task::Engines { engine: Engine::Vrl } => vrl::all(),
        Task::Engines { engine: Engine::Spark } => test::spark(),
        // The page has one of the modules beside it.
        Task::Engines { engine: Engine::Playground } => {
            dist::build_modules().and_then(|()| playground::test_month())
        }
        Task::Playground { port } => dist::build_modules().and_then(|()| playground::serve(*port)),
        Task::Report => playground::build_report(),
        Task::Parity => parity(),
        Task::Soak { inputs: Some(inputs), .. } => {
            soak("conformance", "skeletons::random_records", "SEKISHO_RECORDS", *inputs)
        }
        Task::Soak { lines: Some(lines), .. } => soak("program", "soak::", "SOAK_LINES", *lines),
        Task::Soak { kills, .. } => soak("program", "kills::", "SOAK_KILLS", (*kills).into()),
        Task::Bench { instructions: true, .. } => bench::count_instructions(),
        Task::Bench { engines: true, .. } => bench::measure_engines(),
        Task::Bench { quick, .. } => bench::run(*quick),
    }
}

fn parity() -> Result<(), Failed> {
    if env::var_os("SEKISHO_DATA").is_none() {
        let message = "set SEKISHO_DATA to the folder of collected records";
        return Err(Failed::Other(message.to_owned()));
    }
    cargo(["test", "--release", "--test", "program", "parity::", "--", "--nocapture"]).run()
}

/// Runs a test so much longer.
fn soak(target: &str, test: &str, variable: &str, number: u64) -> Result<(), Failed> {
    cargo(["test", "--release", "--test", target, test, "--", "--nocapture"])
        .env(variable, number.to_string())
        .run()
}

fn demo() -> Result<(), Failed> {
    eprintln!("The first build compiles wasmtime, which takes some minutes.");
    let sekisho = || cargo(["run", "--release", "--quiet", "--bin", "sekisho", "--"]);
    sekisho().args(["classify", "--format", "table", "examples/trail"]).run()?;
    let report = root().join("target/report.html");
    sekisho().args(["report", "--quiet", "examples/trail", "--output"]).arg(&report).run()?;
    println!("\nThe same as a page: {}", report.display());
    Ok(())
}
