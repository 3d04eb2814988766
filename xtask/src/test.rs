//! `test`: all tests in Rust, then those of the hosts in other languages.

use std::env;
use std::path::PathBuf;

use crate::command::{Failed, Program, cargo, is_there, root};
use crate::python::Environment;
use crate::{dist, playground};

/// What is missing where a program is not installed.
const NOT_RUN: &str = "its tests were not run";

/// Folders that are tested by pytest.
const PYTHON_HOSTS: [&str; 2] = ["host/python", "host/clickhouse"];

/// Runs everything.
pub(crate) fn run() -> Result<(), Failed> {
    cargo(["test", "--release", "--workspace"]).run()?;
    vrl()?;
    dist::build_modules()?;
    if is_there("node", NOT_RUN)? {
        let node = Program::new("node").arg("--test").within(&root().join("host/node"));
        node.env("SEKISHO_HOSTILE", hostile()?).run()?;
    }
    if is_there("npm", NOT_RUN)? && is_there(&playground::browser(), NOT_RUN)? {
        playground::build()?;
        playground::test()?;
    }
    if is_there("python3", NOT_RUN)? { python() } else { Ok(()) }
}

/// Runs what `sekisho vrl` prints in Vector's VRL. It takes minutes to build, so it is a workspace that
/// nothing else waits for.
fn vrl() -> Result<(), Failed> {
    // Both programs are built into the same folder.
    let this = env::current_exe().map_err(|error| Failed::Other(error.to_string()))?;
    let built = this.with_file_name("sekisho");
    cargo(["test", "--release", "--manifest-path", "tests/vrl/Cargo.toml"])
        .args(["--target-dir", "target/vrl"])
        .env("SEKISHO", built)
        .run()
}

/// Compiles the modules of `tests/hostile` for hosts that read no text, and returns their folder.
fn hostile() -> Result<PathBuf, Failed> {
    let compiled = root().join("target/hostile");
    cargo(["run", "--release", "--quiet", "--example", "hostile", "--"]).arg(&compiled).run()?;
    Ok(compiled)
}

/// Runs the tests of each folder in a virtual environment with its requirements.
fn python() -> Result<(), Failed> {
    for host in PYTHON_HOSTS {
        let folder = root().join(host);
        let environment = Environment::new(host)?;
        environment.install(["--requirement", "requirements.txt"], &folder)?;
        environment.program("pytest").args(["-p", "no:cacheprovider"]).within(&folder).run()?;
    }
    Ok(())
}
