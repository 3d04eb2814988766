//! `test`: all tests in Rust, then those of the hosts in other languages.

use std::path::PathBuf;

use crate::command::{Failed, Program, cargo, is_there, root};
use crate::python::Environment;
use crate::{dist, playground, setup, vrl};

/// What is missing where a program is not installed.
const NOT_RUN: &str = "its tests were not run";

/// Folders that are tested by pytest.
const PYTHON_HOSTS: [&str; 4] = ["host/python", "host/clickhouse", "host/duckdb", "host/tenzir"];

/// The packages with code for the processor, and those that rely on it.
const AARCH64_PACKAGES: [&str; 7] = [
    "sekisho-scan",
    "sekisho-skeleton",
    "sekisho-signin",
    "sekisho-rules",
    "sekisho-identity",
    "sekisho-attempts",
    "sekisho",
];

/// The folder of tests for Spark, which needs Java.
const SPARK: &str = "host/spark";

/// Runs everything.
pub(crate) fn run() -> Result<(), Failed> {
    cargo(["test", "--release", "--workspace"]).run()?;
    sigma()?;
    vrl::newest()?;
    dist::build_modules()?;
    if is_there("node", NOT_RUN)? {
        let node = Program::new("node").arg("--test").within(&root().join("host/node"));
        node.env("SEKISHO_HOSTILE", hostile()?).run()?;
    }
    if is_there("npm", NOT_RUN)? && is_there(&playground::browser(), NOT_RUN)? {
        playground::build()?;
        playground::check_report()?;
        playground::test()?;
    }
    if is_there("python3", NOT_RUN)? { python() } else { Ok(()) }
}

/// Runs imported Sigma rules beside an engine that evaluates the originals. Nothing else waits for it.
fn sigma() -> Result<(), Failed> {
    cargo(["test", "--release", "--manifest-path", "tests/sigma/Cargo.toml"])
        .args(["--target-dir", "target/sigma"])
        .run()
}

/// Compiles the modules of `tests/hostile` for hosts that read no text, and returns their folder.
fn hostile() -> Result<PathBuf, Failed> {
    let compiled = root().join("target/hostile");
    cargo(["run", "--release", "--quiet", "--example", "hostile", "--"]).arg(&compiled).run()?;
    Ok(compiled)
}

fn python() -> Result<(), Failed> {
    for host in PYTHON_HOSTS {
        python_host(host, &[])?;
    }
    if is_there("java", NOT_RUN)? { python_host(SPARK, &[]) } else { Ok(()) }
}

/// Runs the long tests for Spark, too.
pub(crate) fn spark() -> Result<(), Failed> {
    dist::build_modules()?;
    python_host(SPARK, &["-m", "long or not long"])
}

/// Runs the tests of the packages that the module is made of, compiled for AArch64, in QEMU. The target
/// brings its own C library, so no other linker is needed.
pub(crate) fn aarch64() -> Result<(), Failed> {
    const TARGET: &str = "aarch64-unknown-linux-musl";
    setup::target(TARGET)?;
    cargo(["test", "--release", "--lib", "--tests", "--target", TARGET])
        .args(["--target-dir", "target/aarch64"])
        .args(AARCH64_PACKAGES.iter().flat_map(|package| ["--package", package]))
        // It asserts a time.
        .args(["--", "--skip", "rejects_hostile_patterns_quickly"])
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld")
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER", "qemu-aarch64")
        .run()
}

/// Runs the tests of a folder in a virtual environment with its requirements.
fn python_host(host: &str, arguments: &[&str]) -> Result<(), Failed> {
    let folder = root().join(host);
    let environment = Environment::new(host)?;
    environment.install(["--requirement", "requirements.txt"], &folder)?;
    let pytest = environment.program("pytest").args(["-p", "no:cacheprovider"]);
    pytest.args(arguments).within(&folder).run()
}
